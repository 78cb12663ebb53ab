/* Shards of files: their rows are rows of the complete file, and the number of classes is that of
 * all rows. */
#include "gzip_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 23, INPUTS = 5, CLASSES = 7 };

/* ---- Files with the same rows ---------------------------------------------------------------- */

/* The largest class appears in the last row only. */
static unsigned label_of(size_t row)
{
    return row == ROWS - 1 ? CLASSES - 1 : (unsigned)(row % (CLASSES - 1));
}

static unsigned pixel_of(size_t row, size_t column)
{
    return (unsigned)(row * INPUTS + column);
}

static composed_file npy_matrix(const char *descr, int fortran, size_t columns)
{
    char shape[32];
    snprintf(shape, sizeof shape, "(%d, %zu)", ROWS, columns);
    return npy_of(descr, fortran, shape);
}

static const char *npy_inputs(const char *descr, int fortran, const char *name)
{
    composed_file file = npy_matrix(descr, fortran, INPUTS);
    for (size_t place = 0; place < (size_t)ROWS * INPUTS; place++) {
        const double value = fortran ? pixel_of(place % ROWS, place / ROWS)
                                     : pixel_of(place / INPUTS, place % INPUTS);
        if (descr[2] == '8')
            add_f64(&file, value);
        else
            add_f32(&file, (float)value);
    }
    return save_composed(&file, name);
}

static const char *npy_labels(void)
{
    composed_file file = npy_matrix("<i4", 0, 1);
    for (size_t i = 0; i < ROWS; i++)
        add_number_le(&file, 4, label_of(i));
    return save_composed(&file, "labels.npy");
}

static composed_file idx_of(unsigned dimensions)
{
    composed_file file = {.size = 0};
    add_number_be(&file, 4, 0x800 + dimensions);
    add_number_be(&file, 4, ROWS);
    return file;
}

static composed_file idx_images(void)
{
    composed_file file = idx_of(2);
    add_number_be(&file, 4, INPUTS);
    for (size_t i = 0; i < (size_t)ROWS * INPUTS; i++)
        add_number_be(&file, 1, pixel_of(i / INPUTS, i % INPUTS));
    return file;
}

static composed_file idx_labels(void)
{
    composed_file file = idx_of(1);
    for (size_t i = 0; i < ROWS; i++)
        add_number_be(&file, 1, label_of(i));
    return file;
}

static const char *csv_rows(void)
{
    char text[4096];
    int length = snprintf(text, sizeof text, "a,b,c,d,e,class\n");
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < INPUTS; j++)
            length += snprintf(text + length, sizeof text - (size_t)length, "%u,", pixel_of(i, j));
        length += snprintf(text + length, sizeof text - (size_t)length, "%u\n", label_of(i));
    }
    return temp_text("rows.csv", text);
}

/* ---- Reading --------------------------------------------------------------------------------- */

typedef lw_status (*load_shard)(lw_dataset *data, const lw_shard *shard);

static lw_status load_npy(lw_dataset *data, const lw_shard *shard)
{
    return lw_dataset_load_npy(data, npy_inputs("<f4", 0, "x.npy"), npy_labels(), shard);
}

static lw_status load_npy_by_columns(lw_dataset *data, const lw_shard *shard)
{
    return lw_dataset_load_npy(data, npy_inputs("<f8", 1, "x.npy"), npy_labels(), shard);
}

static lw_status load_npy_values(lw_dataset *data, const lw_shard *shard)
{
    return lw_dataset_load_npy(data, npy_inputs("<f8", 0, "x.npy"), npy_inputs("<f4", 1, "y.npy"),
                               shard);
}

static lw_status load_idx(lw_dataset *data, const lw_shard *shard)
{
    const composed_file images = idx_images(), labels = idx_labels();
    return lw_dataset_load_idx(data, save_composed(&images, "images"),
                               save_composed(&labels, "labels"), shard);
}

static lw_status load_gzip(lw_dataset *data, const lw_shard *shard)
{
    const composed_file images = idx_images(), labels = idx_labels();
    return lw_dataset_load_idx(data, save_gzip(&images, "images.gz"),
                               save_gzip(&labels, "labels.gz"), shard);
}

static lw_status load_csv(lw_dataset *data, const lw_shard *shard)
{
    return lw_dataset_load_csv(data, csv_rows(),
                               &(lw_csv_options){.size = sizeof(lw_csv_options),
                                                 .target = "class",
                                                 .labels = 1,
                                                 .standardize = 1,
                                                 .shard = shard ? *shard : (lw_shard){0}});
}

static const load_shard loads[] = {load_npy, load_npy_by_columns, load_npy_values,
                                   load_idx, load_gzip,           load_csv};
enum { LOADS = sizeof loads / sizeof *loads };

/* Asserts that data are the rows of all from `first` on. */
static void assert_rows(const lw_dataset *data, const lw_dataset *all, size_t first, size_t rows)
{
    ck_assert_uint_eq(data->rows, rows);
    ck_assert_uint_eq(data->inputs, INPUTS);
    ck_assert_uint_eq(data->outputs, all->outputs);
    ck_assert_int_eq(!data->target.labels, !all->target.labels);
    assert_same_bits("x", rows * INPUTS, data->x, all->x + first * INPUTS);
    for (size_t i = 0; i < rows && data->target.labels; i++)
        ck_assert_int_eq(data->target.labels[i], (int32_t)label_of(first + i));
    if (data->target.values)
        assert_same_bits("values", rows * INPUTS, data->target.values,
                         all->target.values + first * INPUTS);
}

START_TEST(shards_are_rows_of_the_file)
{
    lw_dataset all;
    ASSERT_OK(loads[_i](&all, NULL));
    assert_rows(&all, &all, 0, ROWS);
    ck_assert(!all.target.labels || all.outputs == CLASSES);
    for (size_t of = 1; of <= ROWS + 3; of += of < 4 ? 1 : 7) {
        size_t row = 0;
        for (size_t begin = 0; begin < of; begin++) {
            const size_t end = ROWS * (begin + 1) / of;
            lw_dataset data;
            ASSERT_OK(loads[_i](&data, &(lw_shard){begin, begin + 1, of}));
            assert_rows(&data, &all, row, end - row);
            lw_dataset_free(&data);
            ASSERT_OK(lw_dataset_shard(&all, &(lw_shard){begin, begin + 1, of}, &data));
            assert_rows(&data, &all, row, end - row);
            lw_dataset_free(&data);
            row = end;
        }
        ck_assert_uint_eq(row, ROWS);
    }
    lw_dataset_free(&all);
}
END_TEST

START_TEST(invalid_shards_are_rejected)
{
    static const lw_shard wrong[] = {
        {2, 1, 3}, {0, 4, 3}, {0, 1, 0}, {1, 1, 0}, {0, 1, (size_t)UINT32_MAX + 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        lw_dataset data = untouched_dataset();
        ASSERT_FAILS(LW_EINVAL, "the shard from", loads[_i](&data, &wrong[i]));
        ck_assert(is_untouched(&data));
    }
}
END_TEST

/* An invalid value is reported in its own shard and ignored in the others. */
START_TEST(rows_of_other_shards_are_not_parsed)
{
    for (int fortran = 0; fortran < 2; fortran++) {
        composed_file file = npy_matrix("<f4", fortran, INPUTS);
        for (size_t place = 0; place < (size_t)ROWS * INPUTS; place++) {
            const size_t row = fortran ? place % ROWS : place / INPUTS;
            add_f32(&file, row == 20 ? NAN : 1.0f);
        }
        const char *x = save_composed(&file, "x.npy");
        lw_dataset data = untouched_dataset();
        ASSERT_FILE_REJECTED(LW_EDATA, x, "row 20, column 0",
                             lw_dataset_load_npy(&data, x, NULL, &(lw_shard){20, 21, ROWS}));
        ck_assert(is_untouched(&data));
        ASSERT_OK(lw_dataset_load_npy(&data, x, NULL, &(lw_shard){0, 20, ROWS}));
        lw_dataset_free(&data);
        ASSERT_OK(lw_dataset_load_npy(&data, x, NULL, &(lw_shard){21, 23, ROWS}));
        ck_assert_uint_eq(data.rows, 2);
        lw_dataset_free(&data);
    }
}
END_TEST

/* A truncated file is reported, also if the end is beyond the shard. */
START_TEST(truncation_beyond_the_shard_is_reported)
{
    const composed_file labels = idx_labels();
    composed_file images = idx_images();
    const char *label_path = save_composed(&labels, "labels");
    images.size -= 1;
    const char *paths[] = {save_composed(&images, "images"), save_gzip(&images, "images.gz")};
    for (size_t i = 0; i < 2; i++) {
        lw_dataset data = untouched_dataset();
        ASSERT_FILE_REJECTED(
            LW_EFORMAT, paths[i], "ends at byte 126, but its header promises 127",
            lw_dataset_load_idx(&data, paths[i], label_path, &(lw_shard){0, 1, 9}));
        ck_assert(is_untouched(&data));
    }
}
END_TEST

int main(void)
{
    TCase *shards = temp_files_case("shards");
    tcase_add_loop_test(shards, shards_are_rows_of_the_file, 0, LOADS);
    tcase_add_loop_test(shards, invalid_shards_are_rejected, 0, LOADS);
    tcase_add_test(shards, rows_of_other_shards_are_not_parsed);
    tcase_add_test(shards, truncation_beyond_the_shard_is_reported);
    return run_case("shards", shards);
}
