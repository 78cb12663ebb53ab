/* Data sets: checks, selection of rows, splits. */
#include "temp_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
        .target = {.values = labels ? NULL : rows_values, .labels = labels ? rows_labels : NULL},
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

int main(void)
{
    TCase *tcase = tcase_create("data");
    tcase_add_test(tcase, check_accepts_valid_data);
    tcase_add_test(tcase, check_names_the_element);
    tcase_add_test(tcase, check_rejects_invalid_shapes);
    tcase_add_test(tcase, select_copies_rows_in_order);
    tcase_add_test(tcase, select_rejects_missing_rows);
    tcase_add_test(tcase, split_uses_every_row_once);
    tcase_add_test(tcase, split_depends_on_the_seed_only);
    tcase_add_test(tcase, split_rejects_invalid_fractions);
    return run_case("data", tcase);
}
