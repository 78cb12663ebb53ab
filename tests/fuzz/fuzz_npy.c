/* NumPy files: inputs, then targets; an empty second file stands for none. */
#include "fuzz.h"

#include <lanewise/nn.h>
#include <string.h>

/* Writes the data set as NumPy files and compares what is read from them. */
static void check_again(const lw_dataset *data, int has_target)
{
    char x[FUZZ_PATH_BYTES], y[FUZZ_PATH_BYTES];
    strcpy(x, fuzz_path("x.npy"));
    strcpy(y, fuzz_path("y.npy"));
    lw_status status = lw_npy_write_f32(x, data->x, data->rows, data->inputs);
    if (status == LW_OK && data->target.values)
        status = lw_npy_write_f32(y, data->target.values, data->rows, data->outputs);
    if (status == LW_OK && data->target.labels)
        status = lw_npy_write_i32(y, data->target.labels, data->rows, 0);
    FUZZ_CHECK(status == LW_OK, "loaded, but not written: %s", lw_last_error());
    lw_dataset again;
    FUZZ_CHECK(lw_dataset_load_npy(&again, x, has_target ? y : NULL, NULL) == LW_OK,
               "not again: %s", lw_last_error());
    fuzz_same_data(data, &again);
    lw_dataset_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    /* A label of one byte becomes four; in addition the text of a header and a zero byte. */
    enum { TIMES = 5, CONSTANT = 256 };
    const lw_dataset untouched = FUZZ_UNTOUCHED;
    const lw_shard shard = fuzz_shard(bytes, size);
    const fuzz_files files = fuzz_split(bytes, size);
    const char *x = fuzz_file(0, files.first, files.first_size);
    const char *y = files.second_size > 0 ? fuzz_file(1, files.second, files.second_size) : NULL;
    lw_dataset data = untouched, part = untouched;
    fuzz_heap_begin(TIMES * size + CONSTANT);
    const lw_status status = lw_dataset_load_npy(&data, x, y, NULL);
    fuzz_record_data(status, &data);
    fuzz_check_status(status, 1U << LW_EFORMAT | 1U << LW_ESHAPE | 1U << LW_EDATA, x, y);
    fuzz_heap_limit(SIZE_MAX);
    const lw_status of_part = lw_dataset_load_npy(&part, x, y, &shard);
    fuzz_check_status(of_part, 1U << LW_EFORMAT | 1U << LW_ESHAPE | 1U << LW_EDATA, x, y);
    fuzz_check_part(of_part, &part, &shard, status == LW_OK ? &data : NULL);
    if (status == LW_OK) {
        FUZZ_CHECK(lw_dataset_check(&data) == LW_OK, "loaded, but %s", lw_last_error());
        FUZZ_CHECK((data.target.values || data.target.labels) == (y != NULL), "the wrong target");
        check_again(&data, y != NULL);
        lw_dataset_free(&data);
    } else {
        FUZZ_CHECK(memcmp(&data, &untouched, sizeof data) == 0, "changed by a failure");
    }
    fuzz_heap_end();
    return 0;
}
