#include "dataset.h"

#include <errno.h>
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
    CHUNK_BYTES = 1 << 16,
    CHUNK_MAX_BYTES = 1 << 30
};

typedef struct idx_file {
    const char *path;
    unsigned char *bytes; /* the whole file, unpacked */
    size_t size, capacity;
    size_t rows, row_bytes;        /* first dimension, product of the others */
    const unsigned char *elements; /* inside bytes */
} idx_file;

static lw_status read_error(gzFile stream, const idx_file *idx)
{
    int code;
    const char *message = gzerror(stream, &code);
    if (code == Z_ERRNO)
        return lw_fail(LW_EIO, "%s: cannot read at byte %zu: %s", idx->path, idx->size,
                       strerror(errno));
    return lw_fail(code == Z_MEM_ERROR ? LW_ENOMEM : LW_EFORMAT,
                   "%s: damaged gzip data at byte %zu of its contents: %s", idx->path, idx->size,
                   message);
}

/* Appends what is left of stream. The buffer grows with what is really there, so that a damaged
 * header cannot ask for memory. */
static lw_status read_stream(gzFile stream, idx_file *idx)
{
    for (;;) {
        if (idx->size == idx->capacity) {
            const size_t capacity = idx->capacity ? 2 * idx->capacity : CHUNK_BYTES;
            unsigned char *bytes = realloc(idx->bytes, capacity);
            if (!bytes)
                return lw_fail(LW_ENOMEM, "%s: no memory for %zu bytes", idx->path, capacity);
            idx->bytes = bytes;
            idx->capacity = capacity;
        }
        size_t room = idx->capacity - idx->size;
        if (room > CHUNK_MAX_BYTES)
            room = CHUNK_MAX_BYTES;
        const int got = gzread(stream, idx->bytes + idx->size, (unsigned)room);
        if (got > 0)
            idx->size += (size_t)got;
        if (got < (int)room) {
            /* A file cut inside its gzip data reads as a short, not a failed, read. */
            int code;
            gzerror(stream, &code);
            return code == Z_OK || code == Z_STREAM_END ? LW_OK : read_error(stream, idx);
        }
    }
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
    errno = 0;
    gzFile stream = gzopen(path, "rb");
    if (!stream)
        /* Without memory zlib leaves errno alone or, where malloc does, says ENOMEM. */
        return lw_fail(errno == 0 || errno == ENOMEM ? LW_ENOMEM : LW_EIO, "%s: cannot open: %s",
                       path, errno ? strerror(errno) : "no memory");
    lw_status status = read_stream(stream, idx);
    gzclose_r(stream);
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
