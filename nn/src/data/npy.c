/* Data sets from .npy files, and .npy files from arrays. */
#include "base/arithmetic.h"
#include "base/float16.h"
#include "base/little_endian.h"
#include "base/memory.h"
#include "base/write_le32.h"
#include "dataset.h"
#include "npy_header.h"
#include "npz.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ELEMENTS = 4096, ELEMENT_MAX_BYTES = 8 };

/* ---- Reading ------------------------------------------------------------------------------ */

typedef struct npy_file {
    lw_input_file input; /* at the first element */
    lw_npy_header header;
    size_t rows, columns, count;
    size_t first_row, shard_rows; /* the rows to read */
} npy_file;

static lw_status check_size(npy_file *npy)
{
    const char *path = npy->input.path;
    uint64_t bytes;
    if (__builtin_mul_overflow(npy->rows, npy->columns, &npy->count) ||
        __builtin_mul_overflow(npy->count, npy->header.type->bytes, &bytes))
        return lw_fail(LW_EFORMAT, "%s: a shape of %zu x %zu overflows", path, npy->rows,
                       npy->columns);
    if (npy->count == 0)
        return lw_fail(LW_EDATA, "%s: an empty array of %zu x %zu", path, npy->rows, npy->columns);
    const uint64_t there = npy->input.size - npy->input.position;
    if (there < bytes)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %" PRIu64 ", but its header promises %" PRIu64,
                       path, npy->input.size, npy->input.position + bytes);
    if (there > bytes)
        return lw_fail(LW_EFORMAT, "%s: has more bytes after its last element at byte %" PRIu64,
                       path, npy->input.position + bytes);
    return LW_OK;
}

/* Opens a file and reads its header; a vector is one column, and further dimensions are columns,
 * the last fastest. The caller closes npy->input, also
 * after a failure. */
static lw_status open_npy(const char *function, npy_file *npy, const char *path,
                          const lw_shard *shard)
{
    *npy = (npy_file){0};
    lw_status status = lw_npz_open(&npy->input, path);
    if (status == LW_OK)
        status = lw_npy_read_header(&npy->input, &npy->header);
    if (status != LW_OK)
        return status;
    npy->rows = npy->header.shape[0];
    npy->columns = 1;
    for (size_t i = 1; i < npy->header.dimensions; i++)
        if (__builtin_mul_overflow(npy->columns, npy->header.shape[i], &npy->columns))
            return lw_fail(LW_EFORMAT, "%s: the dimensions overflow", path);
    status = check_size(npy);
    return status == LW_OK
               ? lw_shard_rows(function, shard, npy->rows, &npy->first_row, &npy->shard_rows)
               : status;
}

/* The column, the last dimension fastest, of a column in Fortran order, the second fastest. */
static size_t c_column(const npy_file *npy, size_t column)
{
    size_t in_c_order = 0;
    for (size_t i = 1; i < npy->header.dimensions; i++) {
        const size_t size = npy->header.shape[i];
        in_c_order = in_c_order * size + column % size;
        column /= size;
    }
    return in_c_order;
}

/* The row-major index of the element at a position in the file. */
static size_t row_major(const npy_file *npy, size_t position)
{
    if (!npy->header.fortran)
        return position;
    return position % npy->rows * npy->columns + c_column(npy, position / npy->rows);
}

/* The little-endian bytes of an element. */
static uint64_t element_bits(const lw_npy_type *type, const unsigned char *bytes)
{
    unsigned char reversed[ELEMENT_MAX_BYTES] = {0};
    if (*type->descr != '>')
        return lw_load_le(bytes, type->bytes);
    for (size_t i = 0; i < type->bytes; i++)
        reversed[i] = bytes[type->bytes - 1 - i];
    return lw_load_le(reversed, type->bytes);
}

static double element_value(const lw_npy_type *type, const unsigned char *bytes)
{
    const uint64_t bits = element_bits(type, bytes);
    unsigned char le[ELEMENT_MAX_BYTES] = {0};
    if (type->kind == LW_NPY_UNSIGNED || type->bytes == 0)
        return (double)bits;
    const unsigned unused = 64 - 8 * (unsigned)type->bytes;
    if (type->kind == LW_NPY_SIGNED) /* arithmetic shift: extends the sign */
        return (double)((int64_t)(bits << unused) >> unused);
    if (type->bytes == 2)
        return lw_float16((unsigned)bits);
    lw_store_le(le, type->bytes, bits);
    return type->bytes == 4 ? (double)lw_load_le_f32(le) : lw_load_le_f64(le);
}

/* Converts and stores the element at a row-major index of all rows. Returns LW_EDATA if its value
 * is invalid. */
typedef lw_status (*store_element)(const npy_file *npy, const unsigned char *bytes, size_t index,
                                   void *out);

/* Reads the elements at positions first..first+count-1 of the file. */
static lw_status read_run(npy_file *npy, size_t first, size_t count, store_element store, void *out)
{
    unsigned char bytes[CHUNK_ELEMENTS * ELEMENT_MAX_BYTES];
    const size_t width = npy->header.type->bytes, end = first + count;
    for (size_t position = first; position < end;) {
        const size_t chunk = lw_min_size(end - position, CHUNK_ELEMENTS);
        lw_status status = lw_input_read(&npy->input, bytes, chunk * width);
        for (size_t i = 0; i < chunk && status == LW_OK; i++, position++)
            status = store(npy, bytes + i * width, row_major(npy, position), out);
        if (status != LW_OK)
            return status;
    }
    return LW_OK;
}

/* Reads the elements of the shard's rows: one run, or one per column in Fortran order. */
static lw_status read_elements(npy_file *npy, store_element store, void *out)
{
    const int by_columns = npy->header.fortran && npy->shard_rows < npy->rows;
    const size_t runs = by_columns ? npy->columns : 1, row = by_columns ? 1 : npy->columns;
    const size_t width = npy->header.type->bytes;
    size_t read = 0; /* elements read or skipped so far */
    for (size_t run = 0; run < runs; run++) {
        const size_t first = run * npy->rows + npy->first_row * row;
        lw_status status = lw_input_skip(&npy->input, (uint64_t)(first - read) * width);
        if (status == LW_OK)
            status = read_run(npy, first, npy->shard_rows * row, store, out);
        if (status != LW_OK)
            return status;
        read = first + npy->shard_rows * row;
    }
    return LW_OK;
}

static lw_status store_float(const npy_file *npy, const unsigned char *bytes, size_t index,
                             void *out)
{
    const double value = element_value(npy->header.type, bytes);
    /* The comparison is false for NaN too. */
    if (!(fabs(value) <= (double)FLT_MAX))
        return lw_fail(LW_EDATA, "%s: row %zu, column %zu: %g is not a finite float32",
                       npy->input.path, index / npy->columns, index % npy->columns, value);
    ((float *)out)[index - npy->first_row * npy->columns] = (float)value;
    return LW_OK;
}

/* Whole-number targets: the values of the shard's rows, and what all rows have in common. */
typedef struct integer_store {
    float *values;
    double smallest, largest;
    double *column; /* a single column: the shard's rows exactly */
    int32_t *hot;   /* several columns: of each row the column of the 1, or -1 */
    int is_one_hot;
} integer_store;

static lw_status store_integer(const npy_file *npy, const unsigned char *bytes, size_t index,
                               void *out)
{
    integer_store *stored = out;
    const size_t row = index / npy->columns, column = index % npy->columns;
    const double value = element_value(npy->header.type, bytes);
    stored->smallest = fmin(stored->smallest, value);
    stored->largest = fmax(stored->largest, value);
    if (row >= npy->first_row && row - npy->first_row < npy->shard_rows) {
        const size_t at = index - npy->first_row * npy->columns;
        stored->values[at] = (float)value;
        if (stored->column)
            stored->column[at] = value;
    }
    if (!stored->hot || value == 0.0)
        return LW_OK;
    if (value != 1.0 || stored->hot[row] >= 0)
        stored->is_one_hot = 0;
    stored->hot[row] = (int32_t)column;
    return LW_OK;
}

static lw_status open_integers(const npy_file *y, integer_store *stored)
{
    const int is_single = y->columns == 1, is_list = !is_single && y->columns < INT32_MAX;
    if (is_single)
        stored->column = calloc(y->shard_rows + 1, sizeof *stored->column);
    if (is_list)
        stored->hot = malloc(y->rows * sizeof *stored->hot);
    if ((is_single && !stored->column) || (is_list && !stored->hot))
        return lw_no_memory(y->input.path, "the targets");
    for (size_t i = 0; i < y->rows && stored->hot; i++)
        stored->hot[i] = -1;
    stored->is_one_hot = stored->hot != NULL;
    return LW_OK;
}

/* Decides whether the targets are labels and puts these in the place of the values. */
static void make_labels(const npy_file *y, integer_store *stored, lw_dataset *made)
{
    int32_t *labels = (int32_t *)(void *)stored->values;
    const int are_labels = stored->column && stored->smallest >= 0.0 && stored->largest < INT32_MAX;
    for (size_t i = 0; i < y->rows && stored->hot; i++)
        stored->is_one_hot &= stored->hot[i] >= 0;
    if (!are_labels && (!stored->hot || !stored->is_one_hot))
        return;
    for (size_t i = 0; i < y->shard_rows; i++)
        labels[i] = stored->column ? (int32_t)stored->column[i] : stored->hot[y->first_row + i];
    made->target = (lw_target){.labels = labels};
    made->outputs = are_labels ? (size_t)stored->largest + 1 : y->columns;
}

/* Reads whole-number targets. A column of class numbers, from 0 and below 2^31 - 1, or one-hot rows
 * become labels; others stay values. */
static lw_status read_integers(npy_file *y, lw_dataset *made, float *values)
{
    integer_store stored = {.values = values};
    lw_status status = open_integers(y, &stored);
    if (status == LW_OK)
        status = read_run(y, 0, y->count, store_integer, &stored);
    if (status == LW_OK)
        make_labels(y, &stored, made);
    free(stored.column);
    free(stored.hot);
    return status;
}

static lw_status check_fit(const npy_file *x, const npy_file *y)
{
    if (y && x->rows != y->rows)
        return lw_fail(LW_ESHAPE, "%s has %zu rows, but %s has %zu", x->input.path, x->rows,
                       y->input.path, y->rows);
    return LW_OK;
}

/* y may be NULL. */
static lw_status make_dataset(lw_dataset *data, npy_file *x, npy_file *y)
{
    lw_status status = check_fit(x, y);
    if (status != LW_OK)
        return status;
    lw_dataset made;
    lw_dataset_arrays arrays;
    status = lw_dataset_allocate(x->input.path, &made, &arrays, x->shard_rows, x->columns,
                                 y ? y->columns : 1, y ? LW_TARGET_VALUES : LW_TARGET_NONE);
    if (status != LW_OK)
        return status;
    made.scale = 1.0f;
    made.has_bytes = strcmp(x->header.type->descr, "|u1") == 0;
    status = read_elements(x, store_float, arrays.x);
    if (status == LW_OK && y && y->header.type->kind == LW_NPY_FLOAT)
        status = read_elements(y, store_float, arrays.values);
    else if (status == LW_OK && y)
        status = read_integers(y, &made, arrays.values);
    if (status == LW_OK)
        *data = made;
    else
        lw_dataset_free(&made);
    return status;
}

lw_status lw_dataset_load_npy(lw_dataset *data, const char *x, const char *y, const lw_shard *shard)
{
    if (!data || !x)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", __func__, data ? "x" : "data");

    npy_file x_file, y_file = {0};
    lw_status status = open_npy(__func__, &x_file, x, shard);
    if (status == LW_OK && y)
        status = open_npy(__func__, &y_file, y, shard);
    if (status == LW_OK)
        status = make_dataset(data, &x_file, y ? &y_file : NULL);
    lw_input_close(&x_file.input);
    lw_input_close(&y_file.input);
    return status;
}

/* ---- Writing ------------------------------------------------------------------------------ */

static lw_status write_npy(const char *function, const char *path, const char *descr, const void *x,
                           size_t rows, size_t cols)
{
    const size_t shape[] = {rows, cols};
    const size_t width = cols ? cols : 1;
    if (!path || (!x && rows > 0))
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function, path ? "x" : "path");
    char name[32];
    snprintf(name, sizeof name, "%s: x", function);
    lw_status status = lw_check_rows(name, rows, width);
    if (status != LW_OK)
        return status;

    lw_output_file *file;
    status = lw_output_file_open(&file, path);
    if (status != LW_OK)
        return status;
    unsigned char header[LW_NPY_HEADER_BYTES];
    lw_npy_make_header(header, descr, cols ? 2 : 1, shape);
    status = lw_output_file_write(file, header, sizeof header);
    if (status == LW_OK)
        status = lw_write_le32(file, x, rows * width);
    return lw_output_file_close(file, status);
}

lw_status lw_npy_write_f32(const char *path, const float *x, size_t rows, size_t cols)
{
    return write_npy(__func__, path, "<f4", x, rows, cols);
}

lw_status lw_npy_write_i32(const char *path, const int32_t *x, size_t rows, size_t cols)
{
    return write_npy(__func__, path, "<i4", x, rows, cols);
}
