/* Writing safetensors files. */
#include "base/json_text.h"
#include "base/little_endian.h"
#include "base/memory.h"
#include "base/write_le32.h"
#include "safetensors.h"

#include <jansson.h>
#include <stdlib.h>

enum { LENGTH_BYTES = 8, ALIGNMENT = 8 };

/* json_object_set_new and json_pack accept the NULL of a failed allocation and fail. */
static int add_tensor(json_t *header, const lw_tensor_source *tensor, size_t begin, size_t end)
{
    json_t *shape = json_array();
    int failed = 0;
    for (size_t i = 0; i < tensor->dimensions; i++)
        failed |= json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i]));
    json_t *entry = json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", shape,
                              "data_offsets", (json_int_t)begin, (json_int_t)end);
    return failed | json_object_set_new(header, tensor->name, entry);
}

static char *make_header(const lw_tensor_source *tensors, size_t tensor_count,
                         const lw_metadata *metadata, size_t metadata_count, size_t *length)
{
    json_t *header = json_object(), *texts = json_object();
    int failed = 0;
    for (size_t i = 0; i < metadata_count; i++)
        failed |= json_object_set_new(texts, metadata[i].key, json_string(metadata[i].value));
    failed |= json_object_set_new(header, "__metadata__", texts);
    size_t begin = 0;
    for (size_t i = 0; i < tensor_count; i++) {
        const size_t end = begin + lw_tensor_source_count(&tensors[i]) * sizeof(float);
        failed |= add_tensor(header, &tensors[i], begin, end);
        begin = end;
    }
    char *text = failed ? NULL : lw_json_write(header, 0, length);
    json_decref(header);
    return text;
}

static lw_status write_header(lw_output_file *file, const char *header, size_t length)
{
    static const char spaces[ALIGNMENT] = "        ";
    const size_t padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
    unsigned char prefix[LENGTH_BYTES];
    lw_store_le(prefix, LENGTH_BYTES, length + padding);

    lw_status status = lw_output_file_write(file, prefix, sizeof prefix);
    if (status == LW_OK)
        status = lw_output_file_write(file, header, length);
    if (status == LW_OK)
        status = lw_output_file_write(file, spaces, padding);
    return status;
}

lw_status lw_safetensors_write(const char *path, const lw_tensor_source *tensors,
                               size_t tensor_count, const lw_metadata *metadata,
                               size_t metadata_count)
{
    size_t length;
    char *header = make_header(tensors, tensor_count, metadata, metadata_count, &length);
    if (!header)
        return lw_no_memory(path, "its header");
    lw_output_file *file;
    lw_status status = lw_output_file_open(&file, path);
    if (status == LW_OK) {
        status = write_header(file, header, length);
        for (size_t i = 0; i < tensor_count && status == LW_OK; i++)
            status = lw_write_le32(file, tensors[i].values, lw_tensor_source_count(&tensors[i]));
        status = lw_output_file_close(file, status);
    }
    free(header);
    return status;
}
