/*
 * The safetensors format: an 8-byte little-endian length, a JSON header of that length with the
 * type, shape and offsets of each named tensor, then the elements, little-endian and without gaps.
 */
#ifndef LANEWISE_SAFETENSORS_H
#define LANEWISE_SAFETENSORS_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Reading ------------------------------------------------------------------------------ */

enum { LW_TENSOR_MAX_DIMENSIONS = 8 };

typedef struct lw_stored_tensor {
    const char *name;
    const char *dtype; /* as in the header: "F32", "F64", "I64", ... */
    size_t dimensions, shape[LW_TENSOR_MAX_DIMENSIONS];
    size_t count;               /* elements; 1 for a scalar, which has 0 dimensions */
    const unsigned char *bytes; /* as stored */
    size_t byte_count;
} lw_stored_tensor;

typedef struct lw_safetensors lw_safetensors;

/*
 * Reads a whole file and checks its header, types and shapes, and that the tensors cover the data
 * without gap or overlap. Returns LW_EIO, LW_ENOMEM, or LW_EFORMAT with the byte or the tensor.
 */
lw_status lw_safetensors_open(lw_safetensors **file, const char *path);

/* Closes the file and frees all tensors and strings returned for it. file may be NULL. */
void lw_safetensors_close(lw_safetensors *file);

/* The path of the file, for messages. */
const char *lw_safetensors_path(const lw_safetensors *file);

size_t lw_safetensors_count(const lw_safetensors *file);

/* The tensors in the order of their data; index < lw_safetensors_count(file). */
const lw_stored_tensor *lw_safetensors_tensor(const lw_safetensors *file, size_t index);

/* Returns NULL if there is no tensor of that name. */
const lw_stored_tensor *lw_safetensors_find(const lw_safetensors *file, const char *name);

/* Returns an entry of `__metadata__`, or NULL if there is none. */
const char *lw_safetensors_metadata(const lw_safetensors *file, const char *key);

/*
 * Copies a tensor of type F32, F64, F16, BF16 or I64, converted and rounded as needed. NaN and
 * infinity are copied. Returns LW_EFORMAT for another type, and LW_EDATA, with the element, for a
 * finite value out of range of float32.
 */
lw_status lw_safetensors_copy_f32(const lw_safetensors *file, const lw_stored_tensor *tensor,
                                  float *out);
lw_status lw_safetensors_copy_f64(const lw_safetensors *file, const lw_stored_tensor *tensor,
                                  double *out);

/* ---- Writing ------------------------------------------------------------------------------ */

/* A float32 tensor of 1 or 2 dimensions, row-major. */
typedef struct lw_tensor_source {
    const char *name;
    size_t dimensions, shape[2];
    const float *values;
} lw_tensor_source;

typedef struct lw_metadata {
    const char *key, *value;
} lw_metadata;

/* The number of elements. */
static inline size_t lw_tensor_source_count(const lw_tensor_source *tensor)
{
    return tensor->shape[0] * (tensor->dimensions == 2 ? tensor->shape[1] : 1);
}

/* Writes a file atomically, with data aligned to 8 bytes. Names and metadata are UTF-8, names
 * unique. Returns LW_EIO or LW_ENOMEM; the file is then unchanged. */
lw_status lw_safetensors_write(const char *path, const lw_tensor_source *tensors,
                               size_t tensor_count, const lw_metadata *metadata,
                               size_t metadata_count);

#endif
