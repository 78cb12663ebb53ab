/* Replaces safetensors.c and safetensors_write.c in a build without Jansson, their JSON library. No
 * file can be opened, so functions on open files are never called. */
#include "safetensors.h"

static lw_status unsupported(const char *path)
{
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: this build cannot read or write model files: it was built without Jansson",
                   path);
}

lw_status lw_safetensors_open(lw_safetensors **file, const char *path)
{
    (void)file;
    return unsupported(path);
}

void lw_safetensors_close(lw_safetensors *file)
{
    (void)file;
}

const char *lw_safetensors_path(const lw_safetensors *file)
{
    (void)file;
    return "";
}

size_t lw_safetensors_count(const lw_safetensors *file)
{
    (void)file;
    return 0;
}

const lw_stored_tensor *lw_safetensors_tensor(const lw_safetensors *file, size_t index)
{
    (void)file;
    (void)index;
    return NULL;
}

const lw_stored_tensor *lw_safetensors_find(const lw_safetensors *file, const char *name)
{
    (void)file;
    (void)name;
    return NULL;
}

const char *lw_safetensors_metadata(const lw_safetensors *file, const char *key)
{
    (void)file;
    (void)key;
    return NULL;
}

lw_status lw_safetensors_copy_f32(const lw_safetensors *file, const lw_stored_tensor *tensor,
                                  float *out)
{
    (void)tensor;
    (void)out;
    return unsupported(lw_safetensors_path(file));
}

lw_status lw_safetensors_copy_f64(const lw_safetensors *file, const lw_stored_tensor *tensor,
                                  double *out)
{
    (void)tensor;
    (void)out;
    return unsupported(lw_safetensors_path(file));
}

lw_status lw_safetensors_write(const char *path, const lw_tensor_source *tensors,
                               size_t tensor_count, const lw_metadata *metadata,
                               size_t metadata_count)
{
    (void)tensors;
    (void)tensor_count;
    (void)metadata;
    (void)metadata_count;
    return unsupported(path);
}
