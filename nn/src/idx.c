#include "dataset.h"
#include "input_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/*
 * IDX: two zero bytes, the element type, the number of dimensions, each dimension as a big-endian
 * 32-bit number, then the elements, last dimension fastest.
 */
enum {
    TYPE_UNSIGNED_BYTE = 8,
    FIXED_BYTES = 4,
    DIMENSION_BYTES = 4,
    MAGIC_BYTES = 2,
    CHUNK_BYTES = 1 << 16,
    CHUNK_MAX_BYTES = 1 << 30
};

static const unsigned char gzip_magic[MAGIC_BYTES] = {0x1f, 0x8b};

typedef struct idx_file {
    const char *path;
    unsigned char *bytes; /* the whole file, unpacked */
    size_t size, capacity;
    size_t rows, row_bytes;        /* first dimension, product of the others */
    const unsigned char *elements; /* inside bytes */
} idx_file;

/* Room for more of the unpacked file. It grows with what is really there, so that a damaged header cannot ask for
 * memory. */
static lw_status grow(idx_file *idx, size_t capacity)
{
    unsigned char *bytes = realloc(idx->bytes, capacity);
    if (!bytes)
        return lw_fail(LW_ENOMEM, "%s: no memory for %zu bytes", idx->path, capacity);
    idx->bytes = bytes;
    idx->capacity = capacity;
    return LW_OK;
}

static lw_status unpack_error(const idx_file *idx, const z_stream *stream, int code)
{
    if (code == Z_MEM_ERROR)
        return lw_fail(LW_ENOMEM, "%s: no memory to unpack it", idx->path);
    return lw_fail(LW_EFORMAT, "%s: damaged gzip data at byte %zu of its contents: %s", idx->path,
                   idx->size, stream->msg ? stream->msg : zError(code));
}

/* The packed bytes of input after those in chunk, to which more are added until the file ends; a gzip file may
 * have several members. */
static lw_status inflate_members(lw_input_file *input, idx_file *idx, z_stream *stream,
                                 unsigned char chunk[CHUNK_BYTES])
{
    int code = Z_OK;
    for (;;) {
        lw_status status = LW_OK;
        const uint64_t left = input->size - input->position;
        if (stream->avail_in == 0 && left == 0)
            return code == Z_STREAM_END
                       ? LW_OK
                       : lw_fail(LW_EFORMAT, "%s: its gzip data end at byte %" PRIu64, idx->path,
                                 input->size);
        if (stream->avail_in == 0) {
            stream->next_in = chunk;
            stream->avail_in = left < CHUNK_BYTES ? (unsigned)left : CHUNK_BYTES;
            status = lw_input_read(input, chunk, stream->avail_in);
        }
        if (status == LW_OK && idx->size == idx->capacity)
            status = grow(idx, 2 * idx->capacity);
        if (status != LW_OK)
            return status;
        if (code == Z_STREAM_END)
            inflateReset(stream);
        const size_t room = idx->capacity - idx->size;
        const unsigned offered = room < CHUNK_MAX_BYTES ? (unsigned)room : CHUNK_MAX_BYTES;
        stream->next_out = idx->bytes + idx->size;
        stream->avail_out = offered;
        code = inflate(stream, Z_NO_FLUSH);
        idx->size += offered - stream->avail_out;
        if (code != Z_OK && code != Z_STREAM_END)
            return unpack_error(idx, stream, code);
    }
}

/* What follows the two magic bytes, which are read. */
static lw_status unpack(lw_input_file *input, idx_file *idx, const unsigned char first[MAGIC_BYTES])
{
    enum { GZIP_WINDOW = 15 + 16 }; /* the largest, and gzip's header around the data */
    unsigned char chunk[CHUNK_BYTES];
    z_stream stream = {0};
    const int code = inflateInit2(&stream, GZIP_WINDOW);
    if (code != Z_OK)
        return unpack_error(idx, &stream, code);
    memcpy(chunk, first, MAGIC_BYTES);
    stream.next_in = chunk;
    stream.avail_in = MAGIC_BYTES;
    lw_status status = grow(idx, CHUNK_BYTES);
    if (status == LW_OK)
        status = inflate_members(input, idx, &stream, chunk);
    inflateEnd(&stream);
    return status;
}

/* The whole file, unpacked if it begins as gzip does. */
static lw_status read_contents(lw_input_file *input, idx_file *idx)
{
    unsigned char first[MAGIC_BYTES];
    if (input->size < MAGIC_BYTES) {
        idx->size = (size_t)input->size; /* in which there is no header */
        return LW_OK;
    }
    lw_status status = lw_input_read(input, first, MAGIC_BYTES);
    if (status != LW_OK || memcmp(first, gzip_magic, MAGIC_BYTES) == 0)
        return status == LW_OK ? unpack(input, idx, first) : status;
    if (input->size > SIZE_MAX)
        return lw_fail(LW_ENOMEM, "%s: no memory for its bytes", idx->path);
    status = grow(idx, (size_t)input->size);
    if (status != LW_OK)
        return status;
    memcpy(idx->bytes, first, MAGIC_BYTES);
    idx->size = idx->capacity;
    return lw_input_read(input, idx->bytes + MAGIC_BYTES, idx->size - MAGIC_BYTES);
}

static size_t load_dimension(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static lw_status parse_header(idx_file *idx)
{
    if (idx->size < FIXED_BYTES)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, inside the IDX header", idx->path,
                       idx->size);
    if (idx->bytes[0] != 0 || idx->bytes[1] != 0)
        return lw_fail(LW_EFORMAT, "%s: not an IDX file: byte 0 is not 0, 0", idx->path);
    if (idx->bytes[2] != TYPE_UNSIGNED_BYTE)
        return lw_fail(LW_EFORMAT,
                       "%s: element type 0x%02x at byte 2; only unsigned bytes (0x08) "
                       "are read",
                       idx->path, idx->bytes[2]);

    const size_t dimensions = idx->bytes[3];
    const size_t header = FIXED_BYTES + DIMENSION_BYTES * dimensions;
    if (dimensions == 0)
        return lw_fail(LW_EFORMAT, "%s: no dimensions at byte 3", idx->path);
    if (idx->size < header)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, inside the IDX header of %zu bytes",
                       idx->path, idx->size, header);

    size_t elements = 1;
    idx->row_bytes = 1;
    for (size_t i = 0; i < dimensions; i++) {
        const size_t at = FIXED_BYTES + DIMENSION_BYTES * i;
        const size_t dimension = load_dimension(idx->bytes + at);
        if (dimension == 0)
            return lw_fail(LW_EDATA, "%s: dimension %zu at byte %zu is 0", idx->path, i, at);
        if (__builtin_mul_overflow(elements, dimension, &elements) || elements > SIZE_MAX - header)
            return lw_fail(LW_EFORMAT, "%s: the dimensions up to byte %zu overflow", idx->path, at);
        if (i == 0)
            idx->rows = dimension;
        else
            idx->row_bytes *= dimension;
    }
    if (idx->size < header + elements)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, but its header promises %zu bytes",
                       idx->path, idx->size, header + elements);
    if (idx->size > header + elements)
        return lw_fail(LW_EFORMAT, "%s: has more bytes after its last element at byte %zu",
                       idx->path, header + elements);
    idx->elements = idx->bytes + header;
    return LW_OK;
}

/* Reads a whole file. idx->bytes is the caller's to free, also after a failure. */
static lw_status read_idx(idx_file *idx, const char *path)
{
    *idx = (idx_file){.path = path};
    lw_input_file input;
    lw_status status = lw_input_open(&input, path);
    if (status != LW_OK)
        return status;
    status = read_contents(&input, idx);
    lw_input_close(&input);
    return status == LW_OK ? parse_header(idx) : status;
}

static lw_status make_dataset(lw_dataset *data, const idx_file *images, const idx_file *labels)
{
    lw_dataset_arrays arrays;
    const lw_status status =
        lw_dataset_allocate(data, &arrays, images->rows, images->row_bytes, 1, LW_TARGET_LABELS);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < images->rows * images->row_bytes; i++)
        arrays.x[i] = (float)images->elements[i] / 255.0f;
    for (size_t i = 0; i < images->rows; i++)
        arrays.labels[i] = labels->elements[i];
    lw_dataset_count_classes(data);
    return LW_OK;
}

lw_status lw_dataset_load_idx(lw_dataset *data, const char *images, const char *labels)
{
    if (!data || !images || !labels)
        return lw_fail(LW_EINVAL, "%s is NULL", !data ? "data" : !images ? "images" : "labels");

    idx_file image_file, label_file = {0};
    lw_status status = read_idx(&image_file, images);
    if (status == LW_OK)
        status = read_idx(&label_file, labels);
    if (status == LW_OK && label_file.row_bytes != 1)
        status = lw_fail(LW_ESHAPE, "%s: has %zu bytes for each row; labels need one", labels,
                         label_file.row_bytes);
    else if (status == LW_OK && image_file.rows != label_file.rows)
        status = lw_fail(LW_ESHAPE, "%s: has %zu rows, but %s has %zu labels", images,
                         image_file.rows, labels, label_file.rows);
    if (status == LW_OK)
        status = make_dataset(data, &image_file, &label_file);
    free(image_file.bytes);
    free(label_file.bytes);
    return status;
}
