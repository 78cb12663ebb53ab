/*
 * The safetensors format: an 8-byte little-endian length, a JSON header of that length with the
 * type, shape and place of each named tensor, then the elements, little-endian and without gaps.
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
    const char *dtype; /* as the header spells it: "F32", "F64", "I64", ... */
    size_t dimensions, shape[LW_TENSOR_MAX_DIMENSIONS];
    size_t count;               /* elements; 1 for a scalar, of no dimensions */
    const unsigned char *bytes; /* as stored */
    size_t byte_count;
} lw_stored_tensor;

typedef struct lw_safetensors lw_safetensors;

/*
 * Reads a whole file and checks all of it: header, types, shapes, and that the tensors cover the
 * data without gap or overlap. LW_EIO; LW_ENOMEM; LW_EFORMAT with the byte or the tensor.
 */
lw_status lw_safetensors_open(lw_safetensors **file, const char *path);

/* NULL is allowed. Everything that was got from the file goes with it. */
void lw_safetensors_close(lw_safetensors *file);

/* The path it was opened under, for messages. */
const char *lw_safetensors_path(const lw_safetensors *file);

size_t lw_safetensors_count(const lw_safetensors *file);

/* In the order of their bytes; index below the count. */
const lw_stored_tensor *lw_safetensors_tensor(const lw_safetensors *file, size_t index);

/* NULL if there is none of that name. */
const lw_stored_tensor *lw_safetensors_find(const lw_safetensors *file, const char *name);

/* A text of `__metadata__`; NULL if there is none. */
const char *lw_safetensors_metadata(const lw_safetensors *file, const char *key);

/*
 * Copies a tensor of type F32, F64, F16, BF16 or I64, converted and rounded where need be; values keep
 * their NaN and Inf. LW_EFORMAT for another type. LW_EDATA, with the element, for one of F64 or I64 that
 * is finite and float32 cannot hold.
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

/* Number of its elements. */
static inline size_t lw_tensor_source_count(const lw_tensor_source *tensor)
{
    return tensor->shape[0] * (tensor->dimensions == 2 ? tensor->shape[1] : 1);
}

/* Writes a file whole or not at all, its data aligned to 8 bytes. Names and texts are UTF-8, names
 * unique. LW_EIO; LW_ENOMEM. */
lw_status lw_safetensors_write(const char *path, const lw_tensor_source *tensors,
                               size_t tensor_count, const lw_metadata *metadata,
                               size_t metadata_count);

#endif
