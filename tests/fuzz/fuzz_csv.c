/* CSV files: four bytes of options (csv_options.h), then the file. */
#include "csv_options.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct drawn_options {
    lw_csv_options csv;
    const char *one_hot[CSV_USES_MAX], *standardized[CSV_USES_MAX];
} drawn_options;

static const char *name_of(unsigned number)
{
    return csv_names[number % CSV_NAMES];
}

static void draw(drawn_options *drawn, const uint8_t bytes[CSV_OPTION_BYTES])
{
    const unsigned flags = bytes[0], uses = bytes[3];
    drawn->csv = (lw_csv_options){
        .size = sizeof drawn->csv,
        .target = flags & CSV_TARGET ? name_of(bytes[2]) : NULL,
        .no_header = (flags & CSV_NO_HEADER) != 0,
        .labels = (flags & CSV_LABELS) != 0,
        .standardize = (flags & CSV_STANDARDIZE) != 0,
        .one_hot = drawn->one_hot,
        .one_hot_count = (flags >> CSV_ONE_HOT_SHIFT & 3) % (CSV_USES_MAX + 1),
        .standardized = drawn->standardized,
        .standardized_count = (flags >> CSV_STANDARDIZED_SHIFT & 3) % (CSV_USES_MAX + 1),
        .separator = csv_separators[bytes[1] % sizeof csv_separators],
    };
    for (unsigned i = 0; i < CSV_USES_MAX; i++) {
        drawn->one_hot[i] = name_of(uses + i);
        drawn->standardized[i] = name_of(uses / CSV_NAMES + 3 * i);
    }
}

static void check_names(const lw_dataset *data)
{
    FUZZ_CHECK(data->input_names, "no names of inputs");
    for (size_t i = 0; i < data->inputs; i++)
        FUZZ_CHECK(data->input_names[i], "input %zu has no name", i);
    for (size_t i = 0; data->class_names && i < data->outputs; i++)
        FUZZ_CHECK(data->class_names[i] && *data->class_names[i], "class %zu has no name", i);
}

static void write_quoted(FILE *file, const char *before, const char *text)
{
    fprintf(file, "%s\"", before);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

static void write_target(FILE *file, const lw_dataset *data, size_t row)
{
    if (data->target.values)
        fprintf(file, ",%.9g", (double)data->target.values[row]);
    else if (data->class_names)
        write_quoted(file, ",", data->class_names[data->target.labels[row]]);
    else if (data->target.labels)
        fprintf(file, ",%d", (int)data->target.labels[row]);
}

/* Writes a data set as a CSV file, with the target as the last column, and compares what is read
 * from it. */
static void check_again(const lw_dataset *data)
{
    const char *path = fuzz_path("again.csv");
    const int has_target = data->target.values || data->target.labels;
    size_t longest = 0;
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file, "cannot write %s", path);
    for (size_t i = 0; i < data->inputs; i++) {
        const size_t length = strlen(data->input_names[i]);
        longest = length > longest ? length : longest;
        write_quoted(file, i > 0 ? "," : "", data->input_names[i]);
    }
    /* Longer than all other names, therefore unique. */
    char *target = malloc(longest + 2);
    FUZZ_CHECK(target, "no memory");
    memset(target, 't', longest + 1);
    target[longest + 1] = '\0';
    if (has_target)
        fprintf(file, ",%s", target);
    for (size_t i = 0; i < data->rows; i++) {
        for (size_t j = 0; j < data->inputs; j++)
            fprintf(file, "%c%.9g", j > 0 ? ',' : '\n', (double)data->x[i * data->inputs + j]);
        write_target(file, data, i);
    }
    fclose(file);

    const lw_csv_options options = {.size = sizeof options,
                                    .target = has_target ? target : NULL,
                                    .labels = data->target.labels != NULL};
    lw_dataset again;
    FUZZ_CHECK(lw_dataset_load_csv(&again, path, &options) == LW_OK, "not again: %s",
               lw_last_error());
    fuzz_same_data(data, &again);
    for (size_t i = 0; i < data->inputs; i++)
        FUZZ_CHECK(strcmp(data->input_names[i], again.input_names[i]) == 0, "input %zu is '%s'", i,
                   again.input_names[i]);
    FUZZ_CHECK(!data->class_names == !again.class_names, "classes with and without names");
    for (size_t i = 0; data->class_names && i < data->outputs; i++)
        FUZZ_CHECK(strcmp(data->class_names[i], again.class_names[i]) == 0, "class %zu is '%s'", i,
                   again.class_names[i]);
    lw_dataset_free(&again);
    free(target);
}

/* Allowed memory. A field takes at least two bytes of the file. A one-hot column becomes at most
 * one input per row, each with a name that contains the name of the column. */
static size_t limit(const lw_csv_options *options, size_t size)
{
    enum { CHUNK_BYTES = 1 << 16, TIMES = 200, CONSTANT = 2 * CHUNK_BYTES + 8192 };
    return TIMES * size + CONSTANT + (options->one_hot_count > 0 ? 4 * size * size : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const lw_dataset untouched = FUZZ_UNTOUCHED;
    drawn_options drawn;
    if (size < CSV_OPTION_BYTES)
        return 0;
    draw(&drawn, bytes);
    const char *path = fuzz_file(0, bytes + CSV_OPTION_BYTES, size - CSV_OPTION_BYTES);
    lw_dataset data = untouched, part = untouched;
    fuzz_heap_begin(limit(&drawn.csv, size));
    const lw_status status = lw_dataset_load_csv(&data, path, &drawn.csv);
    fuzz_record_data(status, &data);
    /* Options are checked before the file is opened; those messages name no file. */
    const int refused = status == LW_EINVAL && strncmp(lw_last_error(), "options", 7) == 0;
    if (!refused)
        fuzz_check_status(status, 1U << LW_EINVAL | 1U << LW_EFORMAT | 1U << LW_EDATA, path, NULL);
    fuzz_heap_limit(SIZE_MAX);
    drawn.csv.shard = fuzz_shard(bytes, size);
    const lw_status of_part = lw_dataset_load_csv(&part, path, &drawn.csv);
    FUZZ_CHECK(of_part == status, "a shard, but %s",
               lw_last_error()); /* a shard is read by reading the whole */
    fuzz_check_part(of_part, &part, &drawn.csv.shard, status == LW_OK ? &data : NULL);
    if (status == LW_OK) {
        FUZZ_CHECK(lw_dataset_check(&data) == LW_OK, "loaded, but %s", lw_last_error());
        check_names(&data);
        if (drawn.csv.one_hot_count == 0)
            check_again(&data);
        lw_dataset_free(&data);
    } else {
        FUZZ_CHECK(memcmp(&data, &untouched, sizeof data) == 0, "changed by a failure");
    }
    fuzz_heap_end();
    return 0;
}
