/* CSV files: four bytes of options, then the file. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_BYTES = 4, USES_MAX = 2 };

/* Names that a column may have, by name or by number. */
static const char *const names[] = {
    "y", "a", "0", "1", "2", "x", "", "b", "00", "18446744073709551616", "3", "a = b", "y\"", "4",
};
enum { NAMES = sizeof names / sizeof *names };

static const char separators[] = {'\0', ',', ';', '\t', ' ', '|', 'a', '\xff', '"', '\n', '.', '-'};

typedef struct drawn_options {
    lw_csv_options csv;
    const char *one_hot[USES_MAX], *standardized[USES_MAX];
} drawn_options;

static const char *name_of(unsigned number)
{
    return names[number % NAMES];
}

static void draw(drawn_options *drawn, const uint8_t bytes[OPTION_BYTES])
{
    const unsigned flags = bytes[0], uses = bytes[3];
    drawn->csv = (lw_csv_options){
        .size = sizeof drawn->csv,
        .target = flags & 1 ? name_of(bytes[2]) : NULL,
        .no_header = flags >> 1 & 1,
        .labels = flags >> 2 & 1,
        .standardize = flags >> 3 & 1,
        .one_hot = drawn->one_hot,
        .one_hot_count = (flags >> 4 & 3) % (USES_MAX + 1),
        .standardized = drawn->standardized,
        .standardized_count = (flags >> 6 & 3) % (USES_MAX + 1),
        .separator = separators[bytes[1] % sizeof separators],
    };
    for (unsigned i = 0; i < USES_MAX; i++) {
        drawn->one_hot[i] = name_of(uses + i);
        drawn->standardized[i] = name_of(uses / NAMES + 3 * i);
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

/* Writes a data set as a CSV file with the target behind the inputs, and reads that. */
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
    /* Longer than all others, thus the only one of that name. */
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

/* A field of the file takes at least two bytes. One-hot columns are as many as there are rows, with a name each,
 * which repeats that of the column. */
static size_t limit(const lw_csv_options *options, size_t size)
{
    enum { CHUNK_BYTES = 1 << 16, TIMES = 200, CONSTANT = CHUNK_BYTES + 8192 };
    return TIMES * size + CONSTANT + (options->one_hot_count > 0 ? 4 * size * size : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const lw_dataset untouched = FUZZ_UNTOUCHED;
    drawn_options drawn;
    if (size < OPTION_BYTES)
        return 0;
    draw(&drawn, bytes);
    const char *path = fuzz_file(0, bytes + OPTION_BYTES, size - OPTION_BYTES);
    lw_dataset data = untouched, part = untouched;
    fuzz_heap_begin(limit(&drawn.csv, size));
    const lw_status status = lw_dataset_load_csv(&data, path, &drawn.csv);
    /* Wrong options are found out before there is a file to be named. */
    const int refused = status == LW_EINVAL && strncmp(lw_last_error(), "options", 7) == 0;
    if (!refused)
        fuzz_check_status(status, 1U << LW_EINVAL | 1U << LW_EFORMAT | 1U << LW_EDATA, path, NULL);
    fuzz_heap_limit(SIZE_MAX);
    drawn.csv.shard = fuzz_shard(bytes, size);
    const lw_status of_part = lw_dataset_load_csv(&part, path, &drawn.csv);
    FUZZ_CHECK(of_part == status, "a shard, but %s", lw_last_error()); /* all is read for it */
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
