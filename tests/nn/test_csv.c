/* CSV files. */
#define _XOPEN_SOURCE 700
#include "model/safetensors.h"
#include "temp_files.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char scores[] = "name,score,rank,passed\n"
                             "0.5,380,3,yes\n"
                             "-1.25e0,660,10,no\n"
                             "\"4\",800,1,yes\n"
                             "+.5,640,10,\"may,be\"\n";

static lw_dataset load(const char *text, const lw_csv_options *options)
{
    lw_dataset data;
    ASSERT_OK(lw_dataset_load_csv(&data, temp_text("data.csv", text), options));
    ASSERT_OK(lw_dataset_check(&data));
    return data;
}

/* Expects that the inputs read from the text with these options are want, row by row. */
static void expect_inputs(const char *text, const lw_csv_options *options, size_t rows,
                          size_t inputs, const float *want)
{
    lw_dataset data = load(text, options);
    ck_assert_uint_eq(data.rows, rows);
    ck_assert_uint_eq(data.inputs, inputs);
    for (size_t i = 0; i < rows * inputs; i++)
        ck_assert_msg(data.x[i] == want[i], "element %zu is %g, not %g", i, (double)data.x[i],
                      (double)want[i]);
    lw_dataset_free(&data);
}

static void expect_rejected(lw_status expected, const char *place, const char *text,
                            const lw_csv_options *options)
{
    lw_dataset data = untouched_dataset();
    const char *path = temp_text("wrong.csv", text);
    ASSERT_FILE_REJECTED(expected, path, place, lw_dataset_load_csv(&data, path, options));
    ck_assert(is_untouched(&data));
}

/* ---- Valid files ----------------------------------------------------------------------------- */

START_TEST(csv_keeps_targets_in_file_order)
{
    static const float want[] = {1.0f, 2.0f, -3.0f, 4.0f, 5e-3f, 6.0f};
    expect_inputs("a,b,c\n1,2,-3\n4,5e-3,6.0\n", NULL, 2, 3, want);

    lw_dataset data = load("a,b,c\n1,2,-3\n4,5e-3,6.0\n",
                           &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "b"});
    ck_assert_uint_eq(data.inputs, 2);
    ck_assert_uint_eq(data.outputs, 1);
    ck_assert_float_eq(data.x[1], -3.0f);
    ck_assert_float_eq(data.target.values[0], 2.0f);
    ck_assert_float_eq(data.target.values[1], 5e-3f);
    ck_assert_ptr_null(data.target.labels);
    lw_dataset_free(&data);
}
END_TEST

START_TEST(csv_accepts_format_variants)
{
    static const char *const texts[] = {
        "a,b\n1,2\n3,4\n",                 /* plain */
        "a,b\r\n1,2\r\n3,4\r\n",           /* Windows */
        "a,b\r1,2\r3,4\r",                 /* old Macintosh */
        "a,b\n1,2\n3,4",                   /* no end of the last line */
        "\n\na,b\n1,2\n  \n3,4\n\n",       /* blank lines */
        "\357\273\277a,b\n1,2\n3,4\n",     /* byte order mark */
        " a , b \n 1,2 \n\t3 ,4\n",        /* spaces around fields */
        "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n", /* quotes */
    };
    static const float want[] = {1.0f, 3.0f};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        expect_inputs(texts[k], &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "b"}, 2,
                      1, want);
    expect_inputs("\357\273\277a,b\n1,2\n3,4\n",
                  &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "a"}, 2, 1,
                  (float[]){2.0f, 4.0f});
    expect_inputs(
        "a;b\n1;2\n3;4\n",
        &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "b", .separator = ';'}, 2, 1,
        want);
    expect_inputs(
        "a\tb\n1\t2\n3\t4\n",
        &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "b", .separator = '\t'}, 2, 1,
        want);
    expect_inputs("\"a \"\"x\"\",\n\",b\n1,2\n3,4\n",
                  &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "a \"x\",\n"}, 2, 1,
                  (float[]){2.0f, 4.0f});
}
END_TEST

START_TEST(csv_finds_columns_by_name_then_number)
{
    static const float b[] = {2.0f, 4.0f}, a[] = {1.0f, 3.0f};
    expect_inputs("a,b\n1,2\n3,4\n",
                  &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "0"}, 2, 1, b);
    expect_inputs("1,0\n1,2\n3,4\n",
                  &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "0"}, 2, 1, a);
    expect_inputs("1,2\n3,4\n",
                  &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "1", .no_header = 1},
                  2, 1, a);
}
END_TEST

START_TEST(csv_expands_one_hot_in_column_order)
{
    static const char *const columns[] = {"rank"}, *const both[] = {"passed", "rank"};
    /* In numeric order 10 comes after 3. */
    static const float ranks[] = {
        0.5f, 380, 0, 1, 0, -1.25f, 660, 0, 0, 1, 4, 800, 1, 0, 0, 0.5f, 640, 0, 0, 1,
    };
    expect_inputs(scores,
                  &(lw_csv_options){.size = sizeof(lw_csv_options),
                                    .target = "passed",
                                    .labels = 1,
                                    .one_hot = columns,
                                    .one_hot_count = 1},
                  4, 5, ranks);
    /* "may,be" < "no" < "yes" */
    static const float texts[] = {
        0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0,
    };
    lw_dataset data = load(scores, &(lw_csv_options){.size = sizeof(lw_csv_options),
                                                     .target = "score",
                                                     .one_hot = both,
                                                     .one_hot_count = 2});
    ck_assert_uint_eq(data.inputs, 7);
    for (size_t i = 0; i < 4; i++)
        ck_assert_mem_eq(data.x + i * 7 + 1, texts + i * 6, 6 * sizeof(float));
    lw_dataset_free(&data);

    /* One text makes the whole column text, so "10" comes before "9"; 1 and 1.0 are the same
     * number. */
    static const char *const k[] = {"k"};
    const lw_csv_options options = {.size = sizeof options, .one_hot = k, .one_hot_count = 1};
    expect_inputs("k\n9\n10\nx\n", &options, 3, 3, (float[]){0, 1, 0, 1, 0, 0, 0, 0, 1});
    expect_inputs("k\n1.0\n-2\n1\n", &options, 3, 2, (float[]){0, 1, 1, 0, 0, 1});
    /* A value that overflows is a text. */
    expect_inputs("k\n2e999\n1e999\n", &options, 2, 2, (float[]){0, 1, 1, 0});
}
END_TEST

START_TEST(csv_standardizes_with_the_sample_deviation)
{
    static const char text[] = "a,b,c,k\n1,10,5,0.1\n2,30,6,0.1\n3,50,7,0.1\n";
    static const char *const b[] = {"b"}, *const k[] = {"k"};
    /* A constant column becomes 0, although its mean is rounded. */
    static const float all[] = {-1, -1, 5, 0, 0, 0, 6, 0, 1, 1, 7, 0};
    lw_dataset data = load(
        text, &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "c", .standardize = 1});
    for (size_t i = 0; i < 3; i++) {
        ck_assert_float_eq(data.x[i * 3], all[i * 4]);
        ck_assert_float_eq(data.x[i * 3 + 1], all[i * 4 + 1]);
        ck_assert_float_eq(data.x[i * 3 + 2], 0.0f);
        ck_assert_float_eq(data.target.values[i], all[i * 4 + 2]);
    }
    lw_dataset_free(&data);

    expect_inputs(text,
                  &(lw_csv_options){.size = sizeof(lw_csv_options),
                                    .target = "3",
                                    .standardized = b,
                                    .standardized_count = 1},
                  3, 3, (float[]){1, -1, 5, 2, 0, 6, 3, 1, 7});
    expect_inputs(text,
                  &(lw_csv_options){.size = sizeof(lw_csv_options),
                                    .target = "c",
                                    .standardize = 1,
                                    .one_hot = k,
                                    .one_hot_count = 1},
                  3, 3, (float[]){-1, -1, 1, 0, 0, 1, 1, 1, 1});
    expect_inputs("a\n7\n", &(lw_csv_options){.size = sizeof(lw_csv_options), .standardize = 1}, 1,
                  1, (float[]){0});
}
END_TEST

START_TEST(csv_reads_long_fields)
{
    enum { LENGTH = 1 << 20 };
    static const char *const k[] = {"k"};
    char *text = malloc(LENGTH + 16);
    ck_assert_ptr_nonnull(text);
    memcpy(text, "k\n", 2);
    memset(text + 2, 'x', LENGTH);
    strcpy(text + 2 + LENGTH, "\na\n");
    expect_inputs(
        text, &(lw_csv_options){.size = sizeof(lw_csv_options), .one_hot = k, .one_hot_count = 1},
        2, 2, (float[]){0, 1, 1, 0});
    free(text);
}
END_TEST

static void expect_labels(const char *text, size_t rows, size_t classes, const int32_t *want)
{
    lw_dataset data =
        load(text, &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "y", .labels = 1});
    ck_assert_uint_eq(data.rows, rows);
    ck_assert_uint_eq(data.outputs, classes);
    ck_assert_mem_eq(data.target.labels, want, rows * sizeof *want);
    ck_assert_ptr_null(data.target.values);
    lw_dataset_free(&data);
}

START_TEST(csv_numbers_labels)
{
    expect_labels("x,y\n0,2\n0,0\n0,7.0\n0,2\n", 4, 8, (int32_t[]){2, 0, 7, 2});
    expect_labels("y,x\nred,1\nblue,2\nred,3\namber,4\n", 4, 3, (int32_t[]){0, 1, 0, 2});
}
END_TEST

static void expect_names(const char *const *names, size_t count, const char *const *want)
{
    ck_assert_ptr_nonnull(names);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(names[i], want[i]);
}

START_TEST(csv_names_inputs_and_classes)
{
    static const char *const inputs[] = {"name", "score", "rank = 1", "rank = 3", "rank = 10"};
    static const char *const classes[] = {"yes", "no", "may,be"}, *const rank[] = {"rank"};
    lw_dataset data = load(scores, &(lw_csv_options){.size = sizeof(lw_csv_options),
                                                     .target = "passed",
                                                     .labels = 1,
                                                     .one_hot = rank,
                                                     .one_hot_count = 1});
    expect_names(data.input_names, 5, inputs);
    expect_names(data.class_names, 3, classes);

    /* Splits have their own scaling; a caller's arrays are not changed. */
    lw_dataset first, second;
    ASSERT_OK(lw_dataset_split(&data, 0.5, 1, &first, &second));
    lw_dataset own = second;
    own.storage = NULL;
    lw_dataset_free(&own);
    lw_dataset_free(&data);
    expect_names(first.input_names, 5, inputs);
    expect_names(second.class_names, 3, classes);
    lw_dataset_free(&first);
    lw_dataset_free(&second);
    ck_assert_ptr_null(second.input_names);

    /* Without a header, columns are named by number; numeric labels have no class names. */
    static const char *const numbers[] = {"0", "2 = 1.0", "2 = 2"}, *const two[] = {"2"};
    data = load("5,3,1.0\n6,0,2\n7,1,1\n", &(lw_csv_options){.size = sizeof(lw_csv_options),
                                                             .target = "1",
                                                             .labels = 1,
                                                             .no_header = 1,
                                                             .one_hot = two,
                                                             .one_hot_count = 1});
    expect_names(data.input_names, 3, numbers);
    ck_assert_ptr_null(data.class_names);
    lw_dataset_free(&data);
}
END_TEST

/* Long enough that fields, rows and line ends cross every position of a read buffer. */
START_TEST(csv_reads_large_files)
{
    enum { ROWS = 30000 };
    char *text = malloc(ROWS * 16 + 16);
    ck_assert_ptr_nonnull(text);
    size_t at = (size_t)sprintf(text, "a,\"b\"\r\n");
    for (int i = 0; i < ROWS; i++)
        at += (size_t)sprintf(text + at, i % 3 ? "%d,%d\r\n" : "\"%d\",%d\r\n", i, -i);
    lw_dataset data = load(text, NULL);
    ck_assert_uint_eq(data.rows, ROWS);
    for (int i = 0; i < ROWS; i++) {
        ck_assert_float_eq(data.x[2 * i], (float)i);
        ck_assert_float_eq(data.x[2 * i + 1], (float)-i);
    }
    lw_dataset_free(&data);
    sprintf(text + at, "1,x\r\n");
    expect_rejected(LW_EDATA, "line 30002, column 'b'", text, NULL);
    free(text);
}
END_TEST

START_TEST(csv_reads_numbers_in_any_locale)
{
    static const char *const with_comma[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
                                             "fr_FR.utf8"};
    int found = 0;
    for (size_t k = 0; k < sizeof with_comma / sizeof *with_comma && !found; k++)
        found = setlocale(LC_ALL, with_comma[k]) != NULL;
    if (!found) {
        printf("skipped: csv_reads_numbers_in_any_locale: no locale with a decimal comma\n");
        return;
    }
    ck_assert_str_eq(localeconv()->decimal_point, ",");
    expect_inputs("a,b\n3.61,0.5\n", NULL, 1, 2, (float[]){3.61f, 0.5f});
    expect_rejected(LW_EDATA, "line 2, column 'a'", "a;b\n3,61;1\n",
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .separator = ';'});
}
END_TEST

/* ---- Invalid files --------------------------------------------------------------------------- */

START_TEST(csv_rejects_fields_that_are_not_numbers)
{
    static const char *const fields[] = {"text", "nan",   "NaN",   "inf",       "-Infinity", "0x10",
                                         "1e39", "-4e38", "1e999", "1.2.3",     "1 2",       "--1",
                                         "1e",   "e5",    "+",     "1\"\"\"\"", "1,5"};
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        char text[80];
        snprintf(text, sizeof text, "a,b\n1,2\n\n3,\"%s\"\n5,6\n", fields[k]);
        expect_rejected(LW_EDATA, "line 4, column 'b'", text, NULL);
        expect_rejected(LW_EDATA, "line 4, column 'b'", text,
                        &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "b"});
    }
}
END_TEST

START_TEST(csv_rejects_empty_fields)
{
    static const char *const one_hot[] = {"a"};
    expect_rejected(LW_EDATA, "line 2, column 'a': an empty", "a,b\n,2\n", NULL);
    expect_rejected(LW_EDATA, "line 3, column 'b': an empty", "a,b\n1,2\n1,\n", NULL);
    expect_rejected(LW_EDATA, "line 2, column 'a': an empty", "a,b\n\"\",2\n", NULL);
    expect_rejected(LW_EDATA, "line 2, column 'a': an empty", "a,b\n  ,2\n", NULL);
    expect_rejected(
        LW_EDATA, "line 3, column 'a': an empty", "a,b\nx,2\n,2\n",
        &(lw_csv_options){.size = sizeof(lw_csv_options), .one_hot = one_hot, .one_hot_count = 1});
    expect_rejected(LW_EDATA, "line 3, column 'a': an empty", "a,b\nx,2\n,2\n",
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "a", .labels = 1});
}
END_TEST

START_TEST(csv_rejects_ragged_rows)
{
    expect_rejected(LW_EFORMAT, "line 3 has 1 fields, but line 1 has 2", "a,b\n1,2\n3\n5,6\n",
                    NULL);
    expect_rejected(LW_EFORMAT, "line 3 has 3 fields, but line 1 has 2", "a,b\n1,2\n3,4,5\n", NULL);
    /* A quoted field may continue on the next line; errors name the line in which the row
     * begins. */
    static const char *const k[] = {"k"};
    const lw_csv_options options = {.size = sizeof options, .one_hot = k, .one_hot_count = 1};
    expect_rejected(LW_EFORMAT, "line 6 has 1 fields, but line 2 has 2",
                    "\nk,b\nx,1\n\"y\ny\",2\nz\n", &options);
    expect_rejected(LW_EFORMAT, "line 3 has 3 fields, but line 1 has 2", "k,b\nx,1\n\"y\ny\",2,3\n",
                    &options);
}
END_TEST

START_TEST(csv_rejects_damaged_text)
{
    expect_rejected(LW_EFORMAT, "line 3: a quote", "a,b\n1,2\n3,4\"5\n", NULL);
    expect_rejected(LW_EFORMAT, "line 2: a quote", "a,b\n\"1\"2,2\n", NULL);
    expect_rejected(LW_EFORMAT, "line 2: a quote", "a,b\n1,\"2\n3,4\n", NULL);
    expect_rejected(LW_EFORMAT, "line 1: a quote", "a,\"b", NULL);

    static const char zero[] = "a,b\n1,2\n3,4\0\n";
    lw_dataset data = untouched_dataset();
    const char *path = temp_file("zero.csv", zero, sizeof zero - 1);
    ASSERT_FILE_REJECTED(LW_EFORMAT, path, "line 3, column 1",
                         lw_dataset_load_csv(&data, path, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

START_TEST(csv_rejects_files_without_data)
{
    expect_rejected(LW_EDATA, "no rows", "", NULL);
    expect_rejected(LW_EDATA, "no rows", "\n \n\r\n", NULL);
    expect_rejected(LW_EDATA, "no rows", "",
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .no_header = 1});
    expect_rejected(LW_EDATA, "line 1", "a,b\n", NULL);
    expect_rejected(LW_EDATA, "line 2", "\na,b", NULL);
    expect_rejected(LW_EDATA, "the target is the only column", "a\n1\n",
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "a"});

    lw_dataset data = untouched_dataset();
    const char *missing = temp_path("missing.csv"), *directory = temp_path(".");
    ASSERT_FILE_REJECTED(LW_EIO, missing, "No such file",
                         lw_dataset_load_csv(&data, missing, NULL));
    ASSERT_FILE_REJECTED(LW_EIO, directory, "regular", lw_dataset_load_csv(&data, directory, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

START_TEST(csv_rejects_invalid_labels)
{
    const lw_csv_options options = {.size = sizeof options, .target = "y", .labels = 1};
    expect_rejected(LW_EDATA, "line 3, column 'y'", "x,y\n1,0\n1,-1\n", &options);
    expect_rejected(LW_EDATA, "line 3, column 'y'", "x,y\n1,0\n1,1.5\n", &options);
    expect_rejected(LW_EDATA, "line 2, column 'y'", "x,y\n1,2147483647\n", &options);
    expect_rejected(LW_EDATA, "line 2, column 'y'", "x,y\n1,1e30\n", &options);
    expect_rejected(LW_EDATA, "line 3, column 'y': 'NA' is a text", "x,y\n1,0\n1,NA\n", &options);
    expect_rejected(LW_EDATA, "line 4, column 'y': '7' is a number", "x,y\n1,a\n1,b\n1,7\n",
                    &options);
}
END_TEST

/* Must finish within the time limit: comparing all pairs of this many names takes 280 s. */
START_TEST(csv_names_many_columns)
{
    enum { COLUMNS = 400000, FIELD_BYTES = 8 };
    char *text = malloc(COLUMNS * 2 * FIELD_BYTES), *end = text;
    ck_assert_ptr_nonnull(text);
    for (int row = 0; row < 2; row++)
        for (int j = 0; j < COLUMNS; j++)
            end += sprintf(end, row ? "%d%c" : "c%d%c", j, j + 1 < COLUMNS ? ',' : '\n');
    lw_dataset data = load(text, NULL);
    ck_assert_uint_eq(data.inputs, COLUMNS);
    ck_assert_float_eq(data.x[COLUMNS - 1], COLUMNS - 1);
    lw_dataset_free(&data);
    free(text);
    expect_rejected(LW_EFORMAT, "columns 1 and 2 have the same name 'b'", "a,b,b,a\n1,2,3,4\n",
                    NULL);
}
END_TEST

START_TEST(csv_rejects_unknown_names)
{
    static const char *const a[] = {"a"}, *const aa[] = {"a", "a"}, *const z[] = {"z"},
                             *const null[] = {NULL};
    static const char text[] = "a,b\n1,2\n";
    expect_rejected(LW_EFORMAT, "line 1: columns 0 and 2 have the same name 'a'", "a,b,a\n1,2,3\n",
                    NULL);
    expect_rejected(LW_EINVAL, "line 1: no column 'z'", text,
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "z"});
    expect_rejected(LW_EINVAL, "line 1: no column '2'", text,
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "2"});
    expect_rejected(LW_EINVAL, "line 1: no column ''", text,
                    &(lw_csv_options){.size = sizeof(lw_csv_options), .target = ""});
    expect_rejected(
        LW_EINVAL, "line 1: no column '99999999999999999999999'", text,
        &(lw_csv_options){.size = sizeof(lw_csv_options), .target = "99999999999999999999999"});
    expect_rejected(
        LW_EINVAL, "no column 'z'", text,
        &(lw_csv_options){.size = sizeof(lw_csv_options), .one_hot = z, .one_hot_count = 1});
    expect_rejected(LW_EINVAL, "no column 'z'", text,
                    &(lw_csv_options){.size = sizeof(lw_csv_options),
                                      .standardized = z,
                                      .standardized_count = 1});
    expect_rejected(
        LW_EINVAL, "one-hot: it is the target", text,
        &(lw_csv_options){
            .size = sizeof(lw_csv_options), .target = "a", .one_hot = a, .one_hot_count = 1});
    expect_rejected(
        LW_EINVAL, "one-hot: it is one-hot already", text,
        &(lw_csv_options){.size = sizeof(lw_csv_options), .one_hot = aa, .one_hot_count = 2});
    expect_rejected(LW_EINVAL, "standardized: it is one-hot already", text,
                    &(lw_csv_options){.size = sizeof(lw_csv_options),
                                      .one_hot = a,
                                      .one_hot_count = 1,
                                      .standardized = a,
                                      .standardized_count = 1});
    expect_rejected(LW_EINVAL, "standardized: it is the target", text,
                    &(lw_csv_options){.size = sizeof(lw_csv_options),
                                      .target = "a",
                                      .standardized = a,
                                      .standardized_count = 1});

    lw_dataset data = untouched_dataset();
    const char *path = temp_text("data.csv", text);
    struct {
        const char *argument;
        lw_csv_options options;
    } wrong[] = {
        {"labels", {.labels = 1}},
        {"one_hot", {.one_hot_count = 1}},
        {"standardized", {.standardized_count = 1}},
        {"NULL", {.one_hot = null, .one_hot_count = 1}},
        {"separator", {.separator = '"'}},
        {"separator", {.separator = '\n'}},
        {"separator", {.separator = '\r'}},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        wrong[k].options.size = sizeof wrong[k].options;
        ASSERT_FAILS(LW_EINVAL, wrong[k].argument,
                     lw_dataset_load_csv(&data, path, &wrong[k].options));
    }
    ASSERT_FAILS(LW_EINVAL, "size of lw_csv_options",
                 lw_dataset_load_csv(&data, path, &(lw_csv_options){.separator = ','}));
    ASSERT_FAILS(LW_EINVAL, "path", lw_dataset_load_csv(&data, NULL, NULL));
    ASSERT_FAILS(LW_EINVAL, "data", lw_dataset_load_csv(NULL, path, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

/* ---- Recorded admissions --------------------------------------------------------------------- */

static double *recorded(const lw_safetensors *file, const char *name, size_t count)
{
    const lw_stored_tensor *tensor = lw_safetensors_find(file, name);
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_eq(tensor->count, count);
    double *values = malloc(count * sizeof *values);
    ck_assert_ptr_nonnull(values);
    ASSERT_OK(lw_safetensors_copy_f64(file, tensor, values));
    return values;
}

/* The columns are those of the recording: gre, gpa, then the four ranks. */
START_TEST(csv_prepares_the_recorded_admissions)
{
    enum { TRAIN = 360, INPUTS = 6 };
    const char *directory = getenv("LANEWISE_REFERENCE_DIR");
    if (!directory)
        directory = LANEWISE_REFERENCE_DIR;
    char csv[4096], tensors[4096];
    snprintf(csv, sizeof csv, "%s/college_admissions.csv", directory);
    snprintf(tensors, sizeof tensors, "%s/and_admissions.safetensors", directory);
    if (access(csv, R_OK) != 0 || access(tensors, R_OK) != 0) {
        printf("skipped: csv_prepares_the_recorded_admissions: no reference data; "
               "set LANEWISE_REFERENCE_DIR\n");
        return;
    }

    static const char *const one_hot[] = {"rank"};
    lw_dataset data;
    ASSERT_OK(lw_dataset_load_csv(&data, csv,
                                  &(lw_csv_options){.size = sizeof(lw_csv_options),
                                                    .target = "admit",
                                                    .standardize = 1,
                                                    .one_hot = one_hot,
                                                    .one_hot_count = 1}));
    ck_assert_uint_eq(data.rows, 400);
    ck_assert_uint_eq(data.inputs, INPUTS);

    lw_safetensors *file;
    ASSERT_OK(lw_safetensors_open(&file, tensors));
    double *x = recorded(file, "adm.x_train", TRAIN * INPUTS);
    double *y = recorded(file, "adm.y_train", TRAIN);
    double *row = recorded(file, "adm.sample", TRAIN);
    for (size_t i = 0; i < TRAIN; i++) {
        const size_t from = (size_t)row[i];
        for (size_t j = 0; j < INPUTS; j++)
            ck_assert_float_eq_tol(data.x[from * INPUTS + j], (float)x[i * INPUTS + j], 3e-7f);
        ck_assert_float_eq(data.target.values[from], (float)y[i]);
    }
    free(x);
    free(y);
    free(row);
    lw_safetensors_close(file);
    lw_dataset_free(&data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *reading = temp_files_case("reading");
    tcase_add_test(reading, csv_keeps_targets_in_file_order);
    tcase_add_test(reading, csv_accepts_format_variants);
    tcase_add_test(reading, csv_finds_columns_by_name_then_number);
    tcase_add_test(reading, csv_expands_one_hot_in_column_order);
    tcase_add_test(reading, csv_standardizes_with_the_sample_deviation);
    tcase_add_test(reading, csv_numbers_labels);
    tcase_add_test(reading, csv_names_inputs_and_classes);
    tcase_add_test(reading, csv_reads_large_files);
    tcase_add_test(reading, csv_reads_long_fields);
    tcase_add_test(reading, csv_reads_numbers_in_any_locale);
    tcase_add_test(reading, csv_prepares_the_recorded_admissions);
    suite_add_tcase(suite, reading);

    TCase *refusing = temp_files_case("refusing");
    tcase_add_test(refusing, csv_rejects_fields_that_are_not_numbers);
    tcase_add_test(refusing, csv_rejects_empty_fields);
    tcase_add_test(refusing, csv_rejects_ragged_rows);
    tcase_add_test(refusing, csv_rejects_damaged_text);
    tcase_add_test(refusing, csv_rejects_files_without_data);
    tcase_add_test(refusing, csv_rejects_invalid_labels);
    tcase_add_test(refusing, csv_names_many_columns);
    tcase_add_test(refusing, csv_rejects_unknown_names);
    suite_add_tcase(suite, refusing);
    return run_suite(suite);
}
