/* Data sets from IDX files, the format of MNIST. */
#include "base/arithmetic.h"
#include "base/little_endian.h"
#include "base/memory.h"
#include "dataset.h"
#include "gzip_input.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/*
 * IDX: two zero bytes, the element type, the number of dimensions, each dimension as a big-endian
 * 32-bit number, then the elements, last dimension fastest.
 */
enum { FIXED_BYTES = 4, DIMENSION_BYTES = 4, CHUNK_BYTES = 1 << 16, ELEMENT_MAX_BYTES = 8 };
enum { UNSIGNED_BYTE = 0x08, SIGNED_BYTE, SHORT = 0x0b, INT, FLOAT, DOUBLE };

/* Bytes of an element; 0: no such type. */
static size_t width_of(unsigned type)
{
    static const unsigned char widths[] = {
        [UNSIGNED_BYTE] = 1, [SIGNED_BYTE] = 1, [SHORT] = 2, [INT] = 4, [FLOAT] = 4, [DOUBLE] = 8};
    return type < sizeof widths ? widths[type] : 0;
}

typedef struct idx_file {
    const char *path;
    lw_gzip_input input;
    unsigned char *bytes; /* the header, then the rows kept */
    size_t size, capacity;
    size_t skipped; /* bytes between the header and the rows kept */
    unsigned type;
    size_t rows, row_bytes; /* first dimension, product of the others times the element's width */
    size_t header, promise; /* bytes of the header, and of the whole file according to it */
} idx_file;

/* Reads until `size` bytes are buffered or the file ends. The buffer grows with the bytes read, so
 * a damaged header cannot cause a large allocation. */
static lw_status read_up_to(idx_file *idx, size_t size)
{
    while (idx->size < size) {
        if (idx->size == idx->capacity) {
            size_t capacity = idx->capacity < CHUNK_BYTES ? CHUNK_BYTES : 2 * idx->capacity;
            capacity = lw_min_size(capacity, size);
            unsigned char *bytes = realloc(idx->bytes, capacity);
            if (!bytes)
                return lw_fail(LW_ENOMEM, "%s: no memory for %zu bytes", idx->path, capacity);
            idx->bytes = bytes;
            idx->capacity = capacity;
        }
        const size_t free_bytes = idx->capacity - idx->size;
        size_t got;
        const lw_status status =
            lw_gzip_read(&idx->input, idx->bytes + idx->size, free_bytes, &got);
        if (status != LW_OK)
            return status;
        idx->size += got;
        if (got < free_bytes)
            return LW_OK;
    }
    return LW_OK;
}

static size_t load_dimension(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static lw_status parse_dimensions(idx_file *idx, size_t dimensions)
{
    size_t elements = width_of(idx->type);
    idx->row_bytes = elements;
    for (size_t i = 0; i < dimensions; i++) {
        const size_t at = FIXED_BYTES + DIMENSION_BYTES * i;
        const size_t dimension = load_dimension(idx->bytes + at);
        if (dimension == 0)
            return lw_fail(LW_EDATA, "%s: dimension %zu at byte %zu is 0", idx->path, i, at);
        if (__builtin_mul_overflow(elements, dimension, &elements) ||
            elements > SIZE_MAX - idx->header)
            return lw_fail(LW_EFORMAT, "%s: the dimensions up to byte %zu overflow", idx->path, at);
        if (i == 0)
            idx->rows = dimension;
        else
            idx->row_bytes *= dimension;
    }
    idx->promise = idx->header + elements;
    return LW_OK;
}

static lw_status read_header(idx_file *idx)
{
    lw_status status = read_up_to(idx, FIXED_BYTES);
    if (status != LW_OK)
        return status;
    if (idx->size < FIXED_BYTES)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, inside the IDX header", idx->path,
                       idx->size);
    if (idx->bytes[0] != 0 || idx->bytes[1] != 0)
        return lw_fail(LW_EFORMAT, "%s: not an IDX file: byte 0 is not 0, 0", idx->path);
    idx->type = idx->bytes[2];
    if (width_of(idx->type) == 0)
        return lw_fail(LW_EFORMAT, "%s: no element type is 0x%02x, as at byte 2", idx->path,
                       idx->type);

    const size_t dimensions = idx->bytes[3];
    idx->header = FIXED_BYTES + DIMENSION_BYTES * dimensions;
    if (dimensions == 0)
        return lw_fail(LW_EFORMAT, "%s: no dimensions at byte 3", idx->path);
    status = read_up_to(idx, idx->header);
    if (status != LW_OK)
        return status;
    if (idx->size < idx->header)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, inside the IDX header of %zu bytes",
                       idx->path, idx->size, idx->header);
    return parse_dimensions(idx, dimensions);
}

/* Opens a file and reads its header. The caller closes idx, also after a failure. */
static lw_status open_idx(idx_file *idx, const char *path)
{
    idx->path = path;
    const lw_status status = lw_gzip_open(&idx->input, path);
    return status == LW_OK ? read_header(idx) : status;
}

/* Reads rows first..first+rows-1 and checks the size of the file. */
static lw_status read_rows(idx_file *idx, size_t first, size_t rows)
{
    const size_t before = first * idx->row_bytes, kept = rows * idx->row_bytes;
    uint64_t passed = 0, left = 0;
    lw_status status = lw_gzip_skip(&idx->input, before, &passed);
    idx->skipped = (size_t)passed;
    if (status == LW_OK)
        status = read_up_to(idx, idx->header + kept);
    if (status == LW_OK)
        status = lw_gzip_skip(&idx->input, idx->promise - idx->header - before - kept, &left);
    if (status != LW_OK)
        return status;
    const size_t end = idx->skipped + idx->size + (size_t)left;
    if (end < idx->promise)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, but its header promises %zu bytes",
                       idx->path, end, idx->promise);
    /* Reading one more byte detects trailing bytes and makes zlib verify the checksum. */
    unsigned char beyond;
    size_t got;
    status = lw_gzip_read(&idx->input, &beyond, 1, &got);
    if (status == LW_OK && got == 1)
        status = lw_fail(LW_EFORMAT, "%s: has more bytes after its last element at byte %zu",
                         idx->path, idx->promise);
    return status;
}

static void close_idx(idx_file *idx)
{
    lw_gzip_close(&idx->input);
    free(idx->bytes);
}

/* The value of an element, which is big-endian. */
static double element_value(unsigned type, const unsigned char *bytes)
{
    const size_t width = width_of(type);
    unsigned char le[ELEMENT_MAX_BYTES] = {0};
    if (width == 0)
        return 0.0;
    const unsigned unused = 64 - 8 * (unsigned)width;
    for (size_t i = 0; i < width; i++)
        le[i] = bytes[width - 1 - i];
    if (type == UNSIGNED_BYTE)
        return *le;
    if (type == FLOAT)
        return (double)lw_load_le_f32(le);
    if (type == DOUBLE)
        return lw_load_le_f64(le);
    return (double)((int64_t)(lw_load_le(le, width) << unused) >> unused); /* extends the sign */
}

static lw_status check_fit(const idx_file *images, const idx_file *labels)
{
    if (labels->row_bytes != width_of(labels->type) || labels->type >= FLOAT)
        return lw_fail(LW_ESHAPE, "%s: has %zu bytes per row; labels need one whole number",
                       labels->path, labels->row_bytes);
    if (images->rows != labels->rows)
        return lw_fail(LW_ESHAPE, "%s: has %zu rows, but %s has %zu labels", images->path,
                       images->rows, labels->path, labels->rows);
    return LW_OK;
}

/* Bytes are pixels, from 0 to 1; other numbers stay as they are. */
static lw_status copy_images(const idx_file *images, size_t first, size_t count, float *x)
{
    const size_t width = width_of(images->type),
                 columns = width > 0 ? images->row_bytes / width : 1;
    const unsigned char *from = images->bytes + images->header;
    for (size_t i = 0; i < count; i++) {
        if (images->type == UNSIGNED_BYTE) {
            x[i] = (float)from[i] / 255.0f;
            continue;
        }
        const double value = element_value(images->type, from + i * width);
        if (!(fabs(value) <= (double)FLT_MAX))
            return lw_fail(LW_EDATA, "%s: row %zu, column %zu: %g is not a finite float32",
                           images->path, first + i / columns, i % columns, value);
        x[i] = (float)value;
    }
    return LW_OK;
}

/* The labels of rows first..first+count-1; *classes follows from all rows. */
static lw_status copy_labels(const idx_file *labels, size_t first, size_t count, int32_t *copy,
                             size_t *classes)
{
    const size_t width = width_of(labels->type);
    double largest = 0.0;
    for (size_t i = 0; i < labels->rows; i++) {
        const double label =
            element_value(labels->type, labels->bytes + labels->header + i * width);
        if (label < 0.0 || label >= INT32_MAX)
            return lw_fail(LW_EDATA, "%s: row %zu: the label %.0f is not from 0 to 2147483646",
                           labels->path, i, label);
        largest = fmax(largest, label);
        if (i >= first && i - first < count)
            copy[i - first] = (int32_t)label;
    }
    *classes = (size_t)largest + 1;
    return LW_OK;
}

/* images contains the rows first..first+rows-1, labels all rows. */
static lw_status make_dataset(lw_dataset *data, const idx_file *images, const idx_file *labels,
                              size_t first, size_t rows)
{
    const size_t width = width_of(images->type);
    const size_t inputs = width > 0 ? images->row_bytes / width : 1;
    lw_dataset made;
    lw_dataset_arrays arrays;
    lw_status status =
        lw_dataset_allocate(images->path, &made, &arrays, rows, inputs, 1, LW_TARGET_LABELS);
    if (status != LW_OK)
        return status;
    made.scale = images->type == UNSIGNED_BYTE ? 1.0f / 255.0f : 1.0f;
    status = copy_images(images, first, rows * inputs, arrays.x);
    if (status == LW_OK)
        status = copy_labels(labels, first, rows, arrays.labels, &made.outputs);
    if (status == LW_OK)
        *data = made;
    else
        lw_dataset_free(&made);
    return status;
}

lw_status lw_dataset_load_idx(lw_dataset *data, const char *images, const char *labels,
                              const lw_shard *shard)
{
    if (!data || !images || !labels)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", __func__,
                       !data ? "data" : (images ? "labels" : "images"));

    /* Both headers first: files that do not match are not decompressed. */
    idx_file image_file = {0}, label_file = {0};
    size_t first, rows;
    lw_status status = open_idx(&image_file, images);
    if (status == LW_OK)
        status = open_idx(&label_file, labels);
    if (status == LW_OK)
        status = check_fit(&image_file, &label_file);
    if (status == LW_OK)
        status = lw_shard_rows(__func__, shard, image_file.rows, &first, &rows);
    if (status == LW_OK)
        status = read_rows(&image_file, first, rows);
    if (status == LW_OK)
        status = read_rows(&label_file, 0, label_file.rows);
    if (status == LW_OK)
        status = make_dataset(data, &image_file, &label_file, first, rows);
    close_idx(&image_file);
    close_idx(&label_file);
    return status;
}
