/* Data sets: checks, selection of rows, splits; IDX files. */
#define _XOPEN_SOURCE 700 /* getrusage */
#include "gzip_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zlib.h>

/* ---- Checks, selection, splits --------------------------------------------------------------- */

enum { ROWS = 7, INPUTS = 3, OUTPUTS = 2 };

/* Row i of x is 10 i, 10 i + 1, ...; its target values are -10 i, ...; its label is i mod 2. */
static float rows_x[ROWS * INPUTS], rows_values[ROWS * OUTPUTS];
static int32_t rows_labels[ROWS];

static lw_dataset sample(int labels)
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < INPUTS; j++)
            rows_x[i * INPUTS + j] = (float)(10 * i + j);
        for (int j = 0; j < OUTPUTS; j++)
            rows_values[i * OUTPUTS + j] = (float)(-10 * i - j);
        rows_labels[i] = i % 2;
    }
    return (lw_dataset){
        .rows = ROWS,
        .inputs = INPUTS,
        .outputs = OUTPUTS,
        .x = rows_x,
        .target = {labels ? NULL : rows_values, labels ? rows_labels : NULL},
    };
}

/* Returns the row of the sample from which a row of a data set was copied. */
static size_t origin(const lw_dataset *data, size_t row)
{
    const size_t from = (size_t)(data->x[row * INPUTS] / 10.0f);
    ck_assert_uint_lt(from, ROWS);
    ck_assert_mem_eq(data->x + row * INPUTS, rows_x + from * INPUTS, INPUTS * sizeof(float));
    if (data->target.values)
        ck_assert_mem_eq(data->target.values + row * OUTPUTS, rows_values + from * OUTPUTS,
                         OUTPUTS * sizeof(float));
    if (data->target.labels)
        ck_assert_int_eq(data->target.labels[row], rows_labels[from]);
    return from;
}

START_TEST(check_accepts_valid_data)
{
    lw_dataset data = sample(0);
    ASSERT_OK(lw_dataset_check(&data));
    data = sample(1);
    ASSERT_OK(lw_dataset_check(&data));
    data.outputs = 1; /* one output with labels 0 and 1 */
    ASSERT_OK(lw_dataset_check(&data));
    data.target = (lw_target){0};
    ASSERT_OK(lw_dataset_check(&data));
}
END_TEST

START_TEST(check_names_the_element)
{
    static const float unusable[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 3; k++) {
        lw_dataset data = sample(0);
        rows_x[4 * INPUTS + 2] = unusable[k];
        ASSERT_FAILS(LW_EDATA, "x in row 4, column 2", lw_dataset_check(&data));
        data = sample(0);
        rows_values[ROWS * OUTPUTS - 1] = unusable[k];
        ASSERT_FAILS(LW_EDATA, "target in row 6, column 1", lw_dataset_check(&data));
    }
    static const int32_t wrong[] = {-1, 2, INT32_MAX, INT32_MIN};
    for (size_t k = 0; k < 4; k++) {
        lw_dataset data = sample(1);
        rows_labels[5] = wrong[k];
        ASSERT_FAILS(LW_EDATA, "row 5", lw_dataset_check(&data));
        data.outputs = 1;
        ASSERT_FAILS(LW_EDATA, "0 to 1", lw_dataset_check(&data));
    }
}
END_TEST

START_TEST(check_rejects_invalid_shapes)
{
    ASSERT_FAILS(LW_EINVAL, "data", lw_dataset_check(NULL));
    lw_dataset data = sample(0);
    data.rows = 0;
    ASSERT_FAILS(LW_EDATA, "no rows", lw_dataset_check(&data));
    data = sample(0);
    data.inputs = 0;
    ASSERT_FAILS(LW_EINVAL, "inputs", lw_dataset_check(&data));
    data = sample(0);
    data.outputs = 0;
    ASSERT_FAILS(LW_EINVAL, "outputs", lw_dataset_check(&data));
    data = sample(0);
    data.x = NULL;
    ASSERT_FAILS(LW_EINVAL, "x", lw_dataset_check(&data));
    data = sample(0);
    data.target.labels = rows_labels;
    ASSERT_FAILS(LW_EINVAL, "both", lw_dataset_check(&data));
}
END_TEST

START_TEST(select_copies_rows_in_order)
{
    static const size_t index[] = {6, 0, 3, 3};
    for (int labels = 0; labels < 2; labels++) {
        const lw_dataset data = sample(labels);
        lw_dataset chosen;
        ASSERT_OK(lw_dataset_select(&data, 4, index, &chosen));
        ck_assert_uint_eq(chosen.rows, 4);
        ck_assert_uint_eq(chosen.inputs, INPUTS);
        ck_assert_uint_eq(chosen.outputs, OUTPUTS);
        for (size_t i = 0; i < 4; i++)
            ck_assert_uint_eq(origin(&chosen, i), index[i]);
        lw_dataset_free(&chosen);
        ck_assert_ptr_null(chosen.x);
        ck_assert_uint_eq(chosen.rows, 0);
        lw_dataset_free(&chosen);
    }
}
END_TEST

START_TEST(select_rejects_missing_rows)
{
    static const size_t index[] = {1, 2, ROWS};
    const lw_dataset data = sample(1);
    lw_dataset chosen = untouched_dataset();
    ASSERT_FAILS(LW_EINVAL, "index[2]", lw_dataset_select(&data, 3, index, &chosen));
    ASSERT_FAILS(LW_EINVAL, "index is NULL", lw_dataset_select(&data, 3, NULL, &chosen));
    ASSERT_FAILS(LW_EINVAL, "data", lw_dataset_select(NULL, 2, index, &chosen));
    ASSERT_FAILS(LW_EINVAL, "selection", lw_dataset_select(&data, 2, index, NULL));
    ck_assert(is_untouched(&chosen));
}
END_TEST

START_TEST(split_uses_every_row_once)
{
    static const struct {
        double fraction;
        size_t second;
    } cases[] = {{0.0, 0}, {0.07, 0}, {0.072, 1}, {0.2, 1}, {0.5, 4}, {1.0, 7}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const lw_dataset data = sample(k % 2 == 0);
        lw_dataset first, second;
        int seen[ROWS] = {0};
        ASSERT_OK(lw_dataset_split(&data, cases[k].fraction, k, &first, &second));
        ck_assert_uint_eq(second.rows, cases[k].second);
        ck_assert_uint_eq(first.rows, ROWS - cases[k].second);
        for (size_t i = 0; i < first.rows; i++)
            seen[origin(&first, i)]++;
        for (size_t i = 0; i < second.rows; i++)
            seen[origin(&second, i)]++;
        for (size_t i = 0; i < ROWS; i++)
            ck_assert_int_eq(seen[i], 1);
        lw_dataset_free(&first);
        lw_dataset_free(&second);
    }
}
END_TEST

START_TEST(split_depends_on_the_seed_only)
{
    const lw_dataset data = sample(0);
    lw_dataset first[3], second[3];
    static const uint64_t seeds[] = {5, 5, 6};
    for (size_t k = 0; k < 3; k++)
        ASSERT_OK(lw_dataset_split(&data, 0.4, seeds[k], &first[k], &second[k]));
    const size_t bytes = first[0].rows * INPUTS * sizeof(float);
    ck_assert_mem_eq(first[0].x, first[1].x, bytes);
    ck_assert_mem_ne(first[0].x, first[2].x, bytes);
    for (size_t k = 0; k < 3; k++) {
        lw_dataset_free(&first[k]);
        lw_dataset_free(&second[k]);
    }
}
END_TEST

START_TEST(split_rejects_invalid_fractions)
{
    const lw_dataset data = sample(0);
    lw_dataset first = untouched_dataset(), second = untouched_dataset();
    static const double wrong[] = {-0.001, 1.001, NAN, INFINITY};
    for (size_t k = 0; k < 4; k++)
        ASSERT_FAILS(LW_EINVAL, "fraction", lw_dataset_split(&data, wrong[k], 1, &first, &second));
    ASSERT_FAILS(LW_EINVAL, "second", lw_dataset_split(&data, 0.5, 1, &first, NULL));
    ASSERT_FAILS(LW_EINVAL, "second", lw_dataset_split(&data, 0.5, 1, &first, &first));
    ck_assert(is_untouched(&first) && is_untouched(&second));
}
END_TEST

/* ---- IDX ------------------------------------------------------------------------------------- */

enum { IDX_HEADER = 16, IDX_IMAGES = 5, IDX_PIXELS = 6 };

/* Five images of 2 x 3 with labels. The pixels increase from 0 in steps of 8; the last is 255. */
static composed_file idx_images(void)
{
    composed_file file = {.size = 0};
    add_number_be(&file, 4, 0x0803);
    add_number_be(&file, 4, IDX_IMAGES);
    add_number_be(&file, 4, 2);
    add_number_be(&file, 4, 3);
    for (size_t i = 0; i < IDX_IMAGES * IDX_PIXELS; i++)
        add_number_be(&file, 1, i == IDX_IMAGES * IDX_PIXELS - 1 ? 255 : 8 * i);
    return file;
}

static composed_file idx_labels(void)
{
    static const unsigned char labels[IDX_IMAGES] = {3, 0, 9, 1, 0};
    composed_file file = {.size = 0};
    add_number_be(&file, 4, 0x0801);
    add_number_be(&file, 4, IDX_IMAGES);
    add_bytes(&file, labels, IDX_IMAGES);
    return file;
}

static void expect_rejected_idx(lw_status expected, const char *images, const char *labels,
                                const char *named, const char *place)
{
    lw_dataset data = untouched_dataset();
    ASSERT_FILE_REJECTED(expected, named, place, lw_dataset_load_idx(&data, images, labels, NULL));
    ck_assert(is_untouched(&data));
}

START_TEST(idx_reads_plain_and_gzip)
{
    const composed_file images = idx_images(), labels = idx_labels();
    static const int32_t want[IDX_IMAGES] = {3, 0, 9, 1, 0};
    const char *plain_images = save_composed(&images, "images");
    const char *packed_labels = save_gzip(&labels, "labels.gz");
    const char *packed_images = save_gzip(&images, "images.gz");
    for (int k = 0; k < 2; k++) {
        lw_dataset data;
        ASSERT_OK(
            lw_dataset_load_idx(&data, k ? packed_images : plain_images, packed_labels, NULL));
        ck_assert_uint_eq(data.rows, IDX_IMAGES);
        ck_assert_uint_eq(data.inputs, IDX_PIXELS);
        ck_assert_uint_eq(data.outputs, 10);
        for (size_t i = 0; i + 1 < IDX_IMAGES * IDX_PIXELS; i++)
            ck_assert_float_eq(data.x[i], (float)(8 * i) / 255.0f);
        ck_assert_float_eq(data.x[IDX_IMAGES * IDX_PIXELS - 1], 1.0f);
        ck_assert_mem_eq(data.target.labels, want, sizeof want);
        ck_assert_ptr_null(data.target.values);
        ASSERT_OK(lw_dataset_check(&data));
        lw_dataset_free(&data);
    }
}
END_TEST

START_TEST(idx_rejects_every_prefix)
{
    const composed_file images = idx_images(), labels = idx_labels();
    const char *good_images = save_composed(&images, "images");
    const char *good_labels = save_composed(&labels, "labels");
    for (size_t size = 0; size < images.size; size++) {
        char place[48];
        snprintf(place, sizeof place, "ends at byte %zu,", size);
        const char *cut = temp_file("cut", images.bytes, size);
        expect_rejected_idx(LW_EFORMAT, cut, good_labels, cut, place);
    }
    for (size_t size = 0; size < labels.size; size++) {
        char place[48];
        snprintf(place, sizeof place, "ends at byte %zu,", size);
        const char *cut = temp_file("cut", labels.bytes, size);
        expect_rejected_idx(LW_EFORMAT, good_images, cut, cut, place);
    }
}
END_TEST

START_TEST(idx_rejects_damaged_gzip)
{
    const composed_file images = idx_images(), labels = idx_labels();
    const char *good_labels = save_composed(&labels, "labels");
    size_t size;
    unsigned char *packed = file_bytes(save_gzip(&images, "images.gz"), &size);
    /* Without its two magic bytes it is not recognised as a gzip file. */
    for (size_t cut_size = 2; cut_size < size; cut_size++) {
        const char *cut = temp_file("cut.gz", packed, cut_size);
        expect_rejected_idx(LW_EFORMAT, cut, good_labels, cut, "byte");
    }
    packed[size - 5] ^= 1; /* in the checksum */
    const char *damaged = temp_file("damaged.gz", packed, size);
    expect_rejected_idx(LW_EFORMAT, damaged, good_labels, damaged, "gzip");
    free(packed);
}
END_TEST

/* The peak memory stays far below the unpacked size of 64 MB, because the header declares no
 * data. */
START_TEST(idx_unpacks_no_more_than_declared)
{
    enum { BOMB_BYTES = 64 << 20, PIECE_BYTES = 1 << 20, MAX_GROWTH_KB = 8 << 10 };
    static const unsigned char zeros[PIECE_BYTES];
    const composed_file images = idx_images(), labels = idx_labels();
    const char *good_labels = save_composed(&labels, "labels");
    const char *bomb = temp_path("bomb.gz");
    gzFile stream = gzopen(bomb, "wb1");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(gzwrite(stream, images.bytes, (unsigned)images.size), (int)images.size);
    for (size_t i = 0; i < BOMB_BYTES / PIECE_BYTES; i++)
        ck_assert_int_eq(gzwrite(stream, zeros, PIECE_BYTES), PIECE_BYTES);
    ck_assert_int_eq(gzclose(stream), Z_OK);

    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    expect_rejected_idx(LW_EFORMAT, bomb, good_labels, bomb, "has more bytes");
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, MAX_GROWTH_KB);
    expect_rejected_idx(LW_ESHAPE, bomb, bomb, bomb, "labels need one");
}
END_TEST

START_TEST(idx_rejects_invalid_headers)
{
    static const struct {
        size_t at;
        unsigned char byte;
        lw_status expected;
        const char *place;
    } cases[] = {
        {0, 1, LW_EFORMAT, "byte 0"},
        {1, 0x1f, LW_EFORMAT, "byte 0"},
        {2, 0x0d, LW_EFORMAT, "byte 2"},
        {3, 0, LW_EFORMAT, "byte 3"},
        {3, 255, LW_EFORMAT, "header of 1024"},
        {7, 0, LW_EDATA, "byte 4"},
        {11, 0, LW_EDATA, "byte 8"},
        {15, 0, LW_EDATA, "byte 12"},
        {4, 0xff, LW_ESHAPE, "4278190085 rows"},
        {11, 3, LW_EFORMAT, "promises"},
        {11, 1, LW_EFORMAT, "byte 31"},
    };
    const composed_file labels = idx_labels();
    const char *good_labels = save_composed(&labels, "labels");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        composed_file images = idx_images();
        images.bytes[cases[k].at] = cases[k].byte;
        const char *wrong = save_composed(&images, "wrong");
        expect_rejected_idx(cases[k].expected, wrong, good_labels, wrong, cases[k].place);
    }
    composed_file images = idx_images();
    memset(images.bytes + 4, 0xff, 12);
    const char *huge = save_composed(&images, "huge");
    expect_rejected_idx(LW_EFORMAT, huge, good_labels, huge, "overflow");
}
END_TEST

START_TEST(idx_rejects_trailing_bytes)
{
    composed_file images = idx_images();
    const composed_file labels = idx_labels();
    add_number_be(&images, 1, 0);
    const char *longer = save_composed(&images, "longer");
    expect_rejected_idx(LW_EFORMAT, longer, save_composed(&labels, "labels"), longer, "byte 46");
}
END_TEST

START_TEST(idx_rejects_files_of_different_sizes)
{
    const composed_file images = idx_images(), labels = idx_labels();
    composed_file fewer = labels;
    fewer.bytes[7]--;
    fewer.size--;
    const char *good_images = save_composed(&images, "images");
    const char *good_labels = save_composed(&labels, "labels");
    const char *fewer_labels = save_composed(&fewer, "fewer");
    expect_rejected_idx(LW_ESHAPE, good_images, fewer_labels, good_images, "has 4 labels");
    expect_rejected_idx(LW_ESHAPE, good_images, fewer_labels, fewer_labels, "has 5 rows");
    expect_rejected_idx(LW_ESHAPE, good_images, good_images, good_images, "6 bytes for each row");

    const char *missing = temp_path("missing");
    expect_rejected_idx(LW_EIO, missing, good_labels, missing, "No such file");
    expect_rejected_idx(LW_EIO, good_images, missing, missing, "No such file");
    const char *directory = temp_path(".");
    expect_rejected_idx(LW_EIO, directory, good_labels, directory, "regular");

    lw_dataset data = untouched_dataset();
    ASSERT_FAILS(LW_EINVAL, "data", lw_dataset_load_idx(NULL, good_images, good_labels, NULL));
    ASSERT_FAILS(LW_EINVAL, "images", lw_dataset_load_idx(&data, NULL, good_labels, NULL));
    ASSERT_FAILS(LW_EINVAL, "labels", lw_dataset_load_idx(&data, good_images, NULL, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("data");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, check_accepts_valid_data);
    tcase_add_test(rows, check_names_the_element);
    tcase_add_test(rows, check_rejects_invalid_shapes);
    tcase_add_test(rows, select_copies_rows_in_order);
    tcase_add_test(rows, select_rejects_missing_rows);
    tcase_add_test(rows, split_uses_every_row_once);
    tcase_add_test(rows, split_depends_on_the_seed_only);
    tcase_add_test(rows, split_rejects_invalid_fractions);
    suite_add_tcase(suite, rows);

    TCase *idx = temp_files_case("idx");
    tcase_add_test(idx, idx_reads_plain_and_gzip);
    tcase_add_test(idx, idx_rejects_every_prefix);
    tcase_add_test(idx, idx_rejects_damaged_gzip);
    tcase_add_test(idx, idx_unpacks_no_more_than_declared);
    tcase_add_test(idx, idx_rejects_invalid_headers);
    tcase_add_test(idx, idx_rejects_trailing_bytes);
    tcase_add_test(idx, idx_rejects_files_of_different_sizes);
    suite_add_tcase(suite, idx);
    return run_suite(suite);
}
