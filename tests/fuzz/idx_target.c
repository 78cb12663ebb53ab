#include "idx_target.h"

#include <lanewise/nn.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Bytes of an element of a type; 0: unknown. */
static size_t width_of(uint8_t type)
{
    switch (type) {
    case 0x08:
    case 0x09:
        return 1;
    case 0x0b:
        return 2;
    case 0x0c:
    case 0x0d:
        return 4;
    case 0x0e:
        return 8;
    default:
        return 0;
    }
}

/* The value of an element. */
static double value_of(uint8_t type, const uint8_t *bytes)
{
    uint64_t bits = 0;
    float single;
    double wide;
    for (size_t i = 0; i < width_of(type); i++)
        bits = bits << 8 | bytes[i];
    const uint32_t low = (uint32_t)bits;
    memcpy(&single, &low, sizeof single);
    memcpy(&wide, &bits, sizeof wide);
    return type == 0x08   ? (double)bits
           : type == 0x09 ? (int8_t)bits
           : type == 0x0b ? (int16_t)bits
           : type == 0x0c ? (int32_t)bits
           : type == 0x0d ? (double)single
                          : wide;
}

size_t idx_promise(const uint8_t *bytes, size_t size)
{
    const size_t header = size < 4 ? 0 : 4 + 4 * (size_t)bytes[3];
    if (header <= 4 || size < header || bytes[0] || bytes[1] || width_of(bytes[2]) == 0)
        return 0;
    size_t elements = width_of(bytes[2]), promise;
    for (size_t at = 4; at < header; at += 4) {
        const size_t dimension = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                                 (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (__builtin_mul_overflow(elements, dimension, &elements))
            return 0;
    }
    return elements == 0 || __builtin_add_overflow(elements, header, &promise) ? 0 : promise;
}

/* The uncompressed contents of a file: a header, whose size *header receives, and the elements. */
static uint8_t *decompress(const char *path, size_t elements, size_t *header)
{
    uint8_t fixed[4], *bytes = NULL;
    gzFile stream = gzopen(path, "rb");
    FUZZ_CHECK(stream && gzread(stream, fixed, sizeof fixed) == sizeof fixed, "%s: no header",
               path);
    *header = 4 + 4 * (size_t)fixed[3];
    const size_t size = *header + elements * width_of(fixed[2]), rest = size - sizeof fixed;
    bytes = malloc(size);
    FUZZ_CHECK(bytes && gzread(stream, bytes + sizeof fixed, (unsigned)rest) == (int)rest &&
                   gzgetc(stream) == -1,
               "%s: not of %zu bytes", path, size);
    memcpy(bytes, fixed, sizeof fixed);
    FUZZ_CHECK(idx_promise(bytes, *header) == size, "%s: does not promise %zu bytes", path, size);
    gzclose_r(stream);
    return bytes;
}

static void check_images(const lw_dataset *data, const char *path)
{
    const size_t elements = data->rows * data->inputs;
    size_t header;
    uint8_t *bytes = decompress(path, elements, &header);
    for (size_t i = 0; i < elements; i++) {
        const double value = value_of(bytes[2], bytes + header + i * width_of(bytes[2]));
        FUZZ_CHECK(data->x[i] == (bytes[2] == 0x08 ? (float)value / 255.0f : (float)value),
                   "element %zu is %g", i, (double)data->x[i]);
    }
    free(bytes);
}

static void check_labels(const lw_dataset *data, const char *path)
{
    size_t header, largest = 0;
    uint8_t *bytes = decompress(path, data->rows, &header);
    for (size_t i = 0; i < data->rows; i++) {
        const size_t label = (size_t)value_of(bytes[2], bytes + header + i * width_of(bytes[2]));
        FUZZ_CHECK((size_t)data->target.labels[i] == label, "label %zu is %d", i,
                   (int)data->target.labels[i]);
        largest = label > largest ? label : largest;
    }
    FUZZ_CHECK(data->outputs == largest + 1, "%zu classes", data->outputs);
    free(bytes);
}

void idx_run(const fuzz_files *files, size_t promise, size_t there)
{
    enum { CHUNK_BYTES = 1 << 16, ALIGNMENT_BYTES = 64 };
    const lw_dataset untouched = FUZZ_UNTOUCHED;
    const lw_shard shard = fuzz_shard(files->first, files->first_size);
    const char *images = fuzz_file(0, files->first, files->first_size);
    const char *labels = fuzz_file(1, files->second, files->second_size);
    const size_t most = promise < there ? promise : there;
    lw_dataset data = untouched, part = untouched;
    fuzz_heap_begin(5 * most + 2 * (CHUNK_BYTES + IDX_HEADER_MAX) + ALIGNMENT_BYTES);
    const lw_status status = lw_dataset_load_idx(&data, images, labels, NULL);
    fuzz_record_data(status, &data);
    fuzz_check_status(status, 1U << LW_EFORMAT | 1U << LW_ESHAPE | 1U << LW_EDATA, images, labels);
    fuzz_heap_limit(SIZE_MAX);
    const lw_status of_part = lw_dataset_load_idx(&part, images, labels, &shard);
    fuzz_check_status(of_part, 1U << LW_EFORMAT | 1U << LW_ESHAPE | 1U << LW_EDATA, images, labels);
    fuzz_check_part(of_part, &part, &shard, status == LW_OK ? &data : NULL);
    if (status == LW_OK) {
        FUZZ_CHECK(lw_dataset_check(&data) == LW_OK, "loaded, but %s", lw_last_error());
        FUZZ_CHECK(data.target.labels && !data.target.values, "not a data set of labels");
        check_images(&data, images);
        check_labels(&data, labels);
        lw_dataset_free(&data);
    } else {
        FUZZ_CHECK(memcmp(&data, &untouched, sizeof data) == 0, "changed by a failure");
    }
    fuzz_heap_end();
}
