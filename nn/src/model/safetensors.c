/* Reading safetensors files. */
#include "safetensors.h"
#include "base/float16.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "base/little_endian.h"
#include "base/memory.h"

#include <float.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* HEADER_MAX_BYTES is the limit of the format: a corrupt length cannot request more memory. */
enum { LENGTH_BYTES = 8, HEADER_MAX_BYTES = 100000000 };

static const char metadata_key[] = "__metadata__";

struct lw_safetensors {
    char *path;
    unsigned char *bytes; /* header without its length, then data */
    size_t header_size, data_size;
    json_t *header;            /* owns names and strings          */
    lw_stored_tensor *tensors; /* in the order of their data      */
    size_t tensor_count;
    const lw_stored_tensor **by_name; /* the same tensors sorted by name */
};

/* ---- The header --------------------------------------------------------------------------- */

static lw_status tensor_error(const lw_safetensors *file, const char *tensor, const char *what)
{
    return lw_fail(LW_EFORMAT, "%s: tensor '%s': %s", file->path, tensor, what);
}

/* Returns the bytes of an element; 0 for an unknown type. */
static size_t dtype_bytes(const char *dtype)
{
    static const struct {
        const char *name;
        size_t bytes;
    } types[] = {
        {"F32", 4}, {"F64", 8},  {"I64", 8},     {"I32", 4},     {"I16", 2},
        {"I8", 1},  {"U64", 8},  {"U32", 4},     {"U16", 2},     {"U8", 1},
        {"F16", 2}, {"BF16", 2}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"BOOL", 1},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(dtype, types[i].name) == 0)
            return types[i].bytes;
    return 0;
}

/* Returns 1 and the value if json is an integer in the range of size_t. */
static int get_size(const json_t *json, size_t *size)
{
    const json_int_t value = json_integer_value(json);
    if (!json_is_integer(json) || value < 0 || (uint64_t)value > SIZE_MAX)
        return 0;
    *size = (size_t)value;
    return 1;
}

static lw_status parse_shape(const lw_safetensors *file, const json_t *shape,
                             lw_stored_tensor *tensor)
{
    tensor->dimensions = json_array_size(shape);
    tensor->count = 1;
    if (!json_is_array(shape) || tensor->dimensions > LW_TENSOR_MAX_DIMENSIONS)
        return tensor_error(file, tensor->name, "shape is not a list of at most 8 sizes");
    int empty = 0;
    for (size_t i = 0; i < tensor->dimensions; i++) {
        size_t *size = &tensor->shape[i];
        if (!get_size(json_array_get(shape, i), size))
            return tensor_error(file, tensor->name, "shape has an element that is not a size");
        empty |= *size == 0;
        if (*size > 0 && __builtin_mul_overflow(tensor->count, *size, &tensor->count))
            return tensor_error(file, tensor->name, "shape overflows");
    }
    if (empty)
        tensor->count = 0;
    return LW_OK;
}

static lw_status parse_tensor(const lw_safetensors *file, const char *name, const json_t *json,
                              lw_stored_tensor *tensor)
{
    *tensor = (lw_stored_tensor){.name = name,
                                 .dtype = json_string_value(json_object_get(json, "dtype"))};
    if (!tensor->dtype)
        return tensor_error(file, name, "dtype is missing");
    const size_t width = dtype_bytes(tensor->dtype);
    if (width == 0)
        return lw_fail(LW_EFORMAT, "%s: tensor '%s': unknown dtype '%s'", file->path, name,
                       tensor->dtype);
    const lw_status status = parse_shape(file, json_object_get(json, "shape"), tensor);
    if (status != LW_OK)
        return status;

    size_t begin, end, bytes;
    const json_t *offsets = json_object_get(json, "data_offsets");
    if (json_array_size(offsets) != 2 || !get_size(json_array_get(offsets, 0), &begin) ||
        !get_size(json_array_get(offsets, 1), &end))
        return tensor_error(file, name, "data_offsets is not a pair of sizes");
    if (begin > end || end > file->data_size)
        return lw_fail(LW_EFORMAT,
                       "%s: tensor '%s': data_offsets %zu to %zu, but there are %zu bytes of data",
                       file->path, name, begin, end, file->data_size);
    if (__builtin_mul_overflow(tensor->count, width, &bytes) || bytes != end - begin)
        return lw_fail(
            LW_EFORMAT,
            "%s: tensor '%s': data_offsets cover %zu bytes, which do not match its shape",
            file->path, name, end - begin);
    tensor->bytes = file->bytes + file->header_size + begin;
    tensor->byte_count = bytes;
    return LW_OK;
}

static lw_status check_metadata(const lw_safetensors *file, json_t *metadata)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return lw_fail(LW_EFORMAT, "%s: %s is not an object", file->path, metadata_key);
    json_object_foreach(metadata, key, value) if (!json_is_string(value)) return lw_fail(
        LW_EFORMAT, "%s: %s: '%s' is not a string", file->path, metadata_key, key);
    return LW_OK;
}

/* Orders tensors by first byte, empty tensors before others at the same byte. */
static int compare_offsets(const void *a, const void *b)
{
    const lw_stored_tensor *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? -1 : 1;
    return (left->byte_count > right->byte_count) - (left->byte_count < right->byte_count);
}

/* Checks that the tensors cover the data without gap or overlap. */
static lw_status check_coverage(lw_safetensors *file)
{
    const unsigned char *data = file->bytes + file->header_size, *next = data;
    qsort(file->tensors, file->tensor_count, sizeof *file->tensors, compare_offsets);
    for (size_t i = 0; i < file->tensor_count; i++) {
        const lw_stored_tensor *tensor = &file->tensors[i];
        if (tensor->bytes != next)
            return lw_fail(LW_EFORMAT,
                           "%s: tensor '%s' begins at byte %zu of the data, but the previous "
                           "tensor ends at byte %zu",
                           file->path, tensor->name, (size_t)(tensor->bytes - data),
                           (size_t)(next - data));
        next += tensor->byte_count;
    }
    if (next != data + file->data_size)
        return lw_fail(LW_EFORMAT, "%s: %zu bytes of data belong to no tensor", file->path,
                       (size_t)(data + file->data_size - next));
    return LW_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(const lw_stored_tensor *const *)a)->name,
                  (*(const lw_stored_tensor *const *)b)->name);
}

/* Sorts the tensors by name for lw_safetensors_find. */
static lw_status sort_names(lw_safetensors *file)
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
    file->by_name = calloc(file->tensor_count + 1, sizeof *file->by_name);
    if (!file->by_name)
        return lw_no_memory(file->path, "its contents");
    for (size_t i = 0; i < file->tensor_count; i++)
        file->by_name[i] = &file->tensors[i];
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the same */
    qsort(file->by_name, file->tensor_count, sizeof *file->by_name, compare_names);
    return LW_OK;
}

static lw_status parse_header(lw_safetensors *file)
{
    const lw_status parsed = lw_json_parse(file->path, LENGTH_BYTES, (const char *)file->bytes,
                                           file->header_size, &file->header);
    if (parsed != LW_OK)
        return parsed;
    if (file->bytes[0] != '{')
        return lw_fail(LW_EFORMAT, "%s: header at byte %d: '{' expected", file->path, LENGTH_BYTES);

    /* One element more than needed: calloc of nothing may return NULL. */
    file->tensors = calloc(json_object_size(file->header) + 1, sizeof *file->tensors);
    if (!file->tensors)
        return lw_no_memory(file->path, "its contents");
    const char *name;
    json_t *value;
    json_object_foreach(file->header, name, value)
    {
        lw_status status;
        if (strcmp(name, metadata_key) == 0)
            status = check_metadata(file, value);
        else
            status = parse_tensor(file, name, value, &file->tensors[file->tensor_count++]);
        if (status != LW_OK)
            return status;
    }
    const lw_status status = check_coverage(file);
    return status == LW_OK ? sort_names(file) : status;
}

/* ---- The file ----------------------------------------------------------------------------- */

static lw_status read_contents(lw_safetensors *file, lw_input_file *input)
{
    unsigned char length[LENGTH_BYTES];
    if (input->size < LENGTH_BYTES)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %" PRIu64 ", inside the length of its header",
                       file->path, input->size);
    lw_status status = lw_input_read(input, length, LENGTH_BYTES);
    if (status != LW_OK)
        return status;
    const uint64_t header_size = lw_load_le(length, LENGTH_BYTES);
    const uint64_t rest = input->size - LENGTH_BYTES;
    if (header_size > rest || header_size > HEADER_MAX_BYTES)
        return lw_fail(LW_EFORMAT,
                       "%s: the header length at byte 0 is %" PRIu64 ", but %" PRIu64
                       " bytes follow",
                       file->path, header_size, rest);
    if (header_size == 0)
        return lw_fail(LW_EFORMAT, "%s: the header length at byte 0 is 0", file->path);
    if (rest > SIZE_MAX || !(file->bytes = malloc((size_t)rest)))
        return lw_no_memory(file->path, "its contents");
    file->header_size = (size_t)header_size;
    file->data_size = (size_t)(rest - header_size);
    return lw_input_read(input, file->bytes, (size_t)rest);
}

lw_status lw_safetensors_open(lw_safetensors **file, const char *path)
{
    lw_input_file input;
    lw_status status = lw_input_open(&input, path);
    if (status != LW_OK)
        return status;
    lw_safetensors *opened = calloc(1, sizeof *opened);
    if (opened)
        opened->path = malloc(strlen(path) + 1);
    if (opened && opened->path) {
        memcpy(opened->path, path, strlen(path) + 1);
        status = read_contents(opened, &input);
    } else {
        status = lw_no_memory(path, "its contents");
    }
    lw_input_close(&input);
    if (status == LW_OK)
        status = parse_header(opened);
    if (status == LW_OK)
        *file = opened;
    else
        lw_safetensors_close(opened);
    return status;
}

void lw_safetensors_close(lw_safetensors *file)
{
    if (!file)
        return;
    json_decref(file->header);
    free(file->tensors);
    free(file->by_name);
    free(file->bytes);
    free(file->path);
    free(file);
}

const char *lw_safetensors_path(const lw_safetensors *file)
{
    return file->path;
}

size_t lw_safetensors_count(const lw_safetensors *file)
{
    return file->tensor_count;
}

const lw_stored_tensor *lw_safetensors_tensor(const lw_safetensors *file, size_t index)
{
    return &file->tensors[index];
}

const lw_stored_tensor *lw_safetensors_find(const lw_safetensors *file, const char *name)
{
    const lw_stored_tensor searched = {.name = name}, *key = &searched;
    /* NOLINTBEGIN(bugprone-sizeof-expression): the same */
    const lw_stored_tensor **found =
        bsearch(&key, file->by_name, file->tensor_count, sizeof *file->by_name, compare_names);
    /* NOLINTEND(bugprone-sizeof-expression) */
    return found ? *found : NULL;
}

const char *lw_safetensors_metadata(const lw_safetensors *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, metadata_key), key));
}

/* ---- Elements ----------------------------------------------------------------------------- */

typedef double (*load_element)(const unsigned char *bytes);

static double load_f32(const unsigned char *bytes)
{
    return (double)lw_load_le_f32(bytes);
}

static double load_f16(const unsigned char *bytes)
{
    return lw_float16((unsigned)lw_load_le(bytes, 2));
}

/* The upper half of a float. */
static double load_bf16(const unsigned char *bytes)
{
    const unsigned char whole[] = {0, 0, bytes[0], bytes[1]};
    return load_f32(whole);
}

static double load_i64(const unsigned char *bytes)
{
    return (double)(int64_t)lw_load_le(bytes, 8);
}

static lw_status find_loader(const lw_safetensors *file, const lw_stored_tensor *tensor,
                             load_element *load)
{
    *load = NULL;
    if (strcmp(tensor->dtype, "F32") == 0)
        *load = load_f32;
    else if (strcmp(tensor->dtype, "F64") == 0)
        *load = lw_load_le_f64;
    else if (strcmp(tensor->dtype, "F16") == 0)
        *load = load_f16;
    else if (strcmp(tensor->dtype, "BF16") == 0)
        *load = load_bf16;
    else if (strcmp(tensor->dtype, "I64") == 0)
        *load = load_i64;
    if (*load)
        return LW_OK;
    return lw_fail(LW_EFORMAT,
                   "%s: tensor '%s' has type %s; F32, F64, F16, BF16 and I64 are supported",
                   file->path, tensor->name, tensor->dtype);
}

lw_status lw_safetensors_copy_f64(const lw_safetensors *file, const lw_stored_tensor *tensor,
                                  double *out)
{
    load_element load;
    const lw_status status = find_loader(file, tensor, &load);
    if (status != LW_OK)
        return status;
    const size_t width = dtype_bytes(tensor->dtype);
    for (size_t i = 0; i < tensor->count; i++)
        out[i] = load(tensor->bytes + i * width);
    return LW_OK;
}

lw_status lw_safetensors_copy_f32(const lw_safetensors *file, const lw_stored_tensor *tensor,
                                  float *out)
{
    load_element load;
    const lw_status status = find_loader(file, tensor, &load);
    if (status != LW_OK)
        return status;
    const size_t width = dtype_bytes(tensor->dtype);
    for (size_t i = 0; i < tensor->count; i++) {
        const double value = load(tensor->bytes + i * width);
        if (isfinite(value) && fabs(value) > (double)FLT_MAX)
            return lw_fail(LW_EDATA, "%s: tensor '%s', element %zu: %g is out of range of float32",
                           file->path, tensor->name, i, value);
    }
    for (size_t i = 0; i < tensor->count; i++)
        out[i] = (float)load(tensor->bytes + i * width);
    return LW_OK;
}
