/* NumPy files. */
#include "temp_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Composed files -------------------------------------------------------------------------- */

/* A matrix of rows x 3 with x[i][j] = 10 i + j + 0.5. */
static const char *save_x(size_t rows)
{
    char shape[32];
    snprintf(shape, sizeof shape, "(%zu, 3)", rows);
    composed_file file = npy_of("<f4", 0, shape);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < 3; j++)
            add_f32(&file, 10.0f * (float)i + (float)j + 0.5f);
    return save_composed(&file, "x.npy");
}

static void expect_rejected(lw_status expected, const char *place, const char *named, const char *x,
                            const char *y)
{
    lw_dataset data = untouched_dataset();
    ASSERT_FILE_REJECTED(expected, named, place, lw_dataset_load_npy(&data, x, y, NULL));
    ck_assert(is_untouched(&data));
}

static void expect_rejected_x(lw_status expected, const char *place, const composed_file *file)
{
    const char *path = save_composed(file, "wrong.npy");
    expect_rejected(expected, place, path, path, NULL);
}

/* ---- Reading --------------------------------------------------------------------------------- */

START_TEST(npy_reads_both_orders_and_widths)
{
    for (int variant = 0; variant < 4; variant++) {
        const int wide = variant & 1, fortran = variant >> 1;
        composed_file file = npy_of(wide ? "<f8" : "<f4", fortran, "(2, 3)");
        for (int place = 0; place < 6; place++) {
            const int row = fortran ? place % 2 : place / 3,
                      column = fortran ? place / 2 : place % 3;
            const double value = 10.0 * row + column + 0.1;
            if (wide)
                add_f64(&file, value);
            else
                add_f32(&file, (float)value);
        }
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, save_composed(&file, "x.npy"), NULL, NULL));
        ck_assert_uint_eq(data.rows, 2);
        ck_assert_uint_eq(data.inputs, 3);
        ck_assert_uint_eq(data.outputs, 1);
        ck_assert_ptr_null(data.target.values);
        ck_assert_ptr_null(data.target.labels);
        for (int i = 0; i < 6; i++)
            ck_assert_float_eq(data.x[i], (float)(10.0 * (i / 3) + i % 3 + 0.1));
        lw_dataset_free(&data);
    }
}
END_TEST

START_TEST(npy_accepts_header_variants)
{
    static const struct {
        unsigned major;
        const char *dictionary;
    } headers[] = {
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"},
        {2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"},
        {3, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"},
        {1, "{\"shape\": (2, 1), \"fortran_order\":True,\"descr\":\"<f4\"}"},
        {1, " { 'shape' :( 2 ,1,) ,'descr': '<f4',\n 'fortran_order' : False } \t\n"},
    };
    for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
        composed_file file = npy_header(headers[k].major, headers[k].dictionary);
        add_f32(&file, 1.5f);
        add_f32(&file, -2.5f);
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, save_composed(&file, "x.npy"), NULL, NULL));
        ck_assert_uint_eq(data.rows, 2);
        ck_assert_uint_eq(data.inputs, 1);
        ck_assert_float_eq(data.x[0], 1.5f);
        ck_assert_float_eq(data.x[1], -2.5f);
        lw_dataset_free(&data);
    }
}
END_TEST

START_TEST(npy_reads_labels_of_every_type)
{
    static const struct {
        const char *descr;
        size_t width;
        uint64_t largest;
    } types[] = {
        {"|b1", 1, 1},     {"|i1", 1, 127},    {"|u1", 1, 255},
        {"<i2", 2, 32767}, {"<u2", 2, 65535},  {"<i4", 4, INT32_MAX - 1},
        {"<u4", 4, 65536}, {"<i8", 8, 100000}, {"<u8", 8, INT32_MAX - 1},
    };
    const char *x = save_x(3);
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        composed_file file = npy_of(types[k].descr, 0, k % 2 ? "(3, 1)" : "(3,)");
        add_number_le(&file, types[k].width, 1);
        add_number_le(&file, types[k].width, types[k].largest);
        add_number_le(&file, types[k].width, 0);
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, x, save_composed(&file, "y.npy"), NULL));
        ck_assert_uint_eq(data.outputs, types[k].largest + 1);
        ck_assert_int_eq(data.target.labels[0], 1);
        ck_assert_int_eq(data.target.labels[1], (int32_t)types[k].largest);
        ck_assert_int_eq(data.target.labels[2], 0);
        ck_assert_ptr_null(data.target.values);
        ck_assert_float_eq(data.x[8], 22.5f);
        lw_dataset_free(&data);
    }
}
END_TEST

START_TEST(npy_reads_target_values)
{
    const char *x = save_x(2);
    for (size_t columns = 1; columns <= 2; columns++) {
        composed_file file = npy_of("<f8", 0, columns == 1 ? "(2,)" : "(2, 2)");
        for (size_t i = 0; i < 2 * columns; i++)
            add_f64(&file, 0.25 * (double)i);
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, x, save_composed(&file, "y.npy"), NULL));
        ck_assert_uint_eq(data.outputs, columns);
        for (size_t i = 0; i < 2 * columns; i++)
            ck_assert_float_eq(data.target.values[i], 0.25f * (float)i);
        ck_assert_ptr_null(data.target.labels);
        lw_dataset_free(&data);
    }
}
END_TEST

/* ---- Invalid files --------------------------------------------------------------------------- */

START_TEST(npy_rejects_every_prefix)
{
    size_t size;
    unsigned char *bytes = file_bytes(save_x(2), &size);
    for (size_t cut_size = 0; cut_size < size; cut_size++) {
        char place[48];
        snprintf(place, sizeof place, "ends at byte %zu,", cut_size);
        const char *cut = temp_file("cut.npy", bytes, cut_size);
        expect_rejected(LW_EFORMAT, place, cut, cut, NULL);
    }
    bytes[size] = 0;
    const char *longer = temp_file("longer.npy", bytes, size + 1);
    char place[48];
    snprintf(place, sizeof place, "byte %zu", size);
    expect_rejected(LW_EFORMAT, place, longer, longer, NULL);
    free(bytes);
}
END_TEST

START_TEST(npy_rejects_invalid_headers)
{
    static const struct {
        lw_status expected;
        const char *place, *dictionary;
    } cases[] = {
        {LW_EFORMAT, "'<c8'", "{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}"},
        {LW_EFORMAT, "'<f16'", "{'descr': '<f16', 'fortran_order': False, 'shape': (2,)}"},
        {LW_EFORMAT, "byte 20: a string",
         "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}"},
        {LW_EFORMAT, "byte 44: True or False",
         "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}"},
        {LW_EFORMAT, "a dimension", "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}"},
        {LW_EFORMAT, "'('", "{'descr': '<f4', 'fortran_order': False, 'shape': 2}"},
        {LW_EFORMAT, "a smaller dimension",
         "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"},
        {LW_EFORMAT, "overflows",
         "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"},
        {LW_EFORMAT, "overflows",
         "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}"},
        {LW_EFORMAT, "promises",
         "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387903,)}"},
        {LW_EFORMAT, "shape expected", "{'descr': '<f4', 'fortran_order': False}"},
        {LW_EFORMAT, "descr expected", "{'fortran_order': False, 'shape': (2,)}"},
        {LW_EFORMAT, "once", "{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}"},
        {LW_EFORMAT, "once", "{'descr': '<f4', 'fortran_order': False, 'size': (2,)}"},
        {LW_EFORMAT, "the end", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} 1"},
        {LW_EFORMAT, "','", "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}"},
        {LW_EFORMAT, "':'", "{'descr', 'fortran_order': False, 'shape': (2,)}"},
        {LW_EFORMAT, "a string", "{'descr"},
        {LW_EFORMAT, "'{'", "3"},
        {LW_EFORMAT, "'{'", ""},
        {LW_ESHAPE, "0 dimensions", "{'descr': '<f4', 'fortran_order': False, 'shape': ()}"},
        {LW_ESHAPE, "33 dimensions",
         "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
         "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)}"},
        {LW_EDATA, "0 x 3", "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}"},
        {LW_EDATA, "3 x 0", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0)}"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        composed_file file = npy_header(1, cases[k].dictionary);
        add_f32(&file, 1.0f);
        add_f32(&file, 2.0f);
        expect_rejected_x(cases[k].expected, cases[k].place, &file);
    }

    static const char zero[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\0\n";
    composed_file file = npy_of("<f4", 0, "(2,)");
    file.bytes[1] = 'n';
    expect_rejected_x(LW_EFORMAT, "byte 0", &file);
    file.bytes[1] = 'N';
    file.bytes[6] = 4;
    expect_rejected_x(LW_EFORMAT, "version 4.0 at byte 6", &file);
    file.bytes[6] = 1;
    file.bytes[7] = 1;
    expect_rejected_x(LW_EFORMAT, "version 1.1 at byte 6", &file);
    file.size = 8;
    file.bytes[7] = 0;
    add_number_le(&file, 2, sizeof zero - 1);
    add_bytes(&file, zero, sizeof zero - 1);
    expect_rejected_x(LW_EFORMAT, "zero byte", &file);
}
END_TEST

START_TEST(npy_rejects_nonfinite_values)
{
    static const double unusable[] = {NAN, INFINITY, -INFINITY, 1e39, -4e38};
    const char *x = save_x(2);
    for (size_t k = 0; k < sizeof unusable / sizeof *unusable; k++) {
        composed_file file = npy_of("<f8", 1, "(2, 3)");
        for (int place = 0; place < 6; place++) /* the fourth one is at row 1, column 1 */
            add_f64(&file, place == 3 ? unusable[k] : 1.0);
        expect_rejected_x(LW_EDATA, "row 1, column 1", &file);
        const char *y = save_composed(&file, "y.npy");
        expect_rejected(LW_EDATA, "row 1, column 1", y, x, y);
    }
    composed_file file = npy_of("<f4", 0, "(1,)");
    add_f32(&file, NAN);
    expect_rejected_x(LW_EDATA, "row 0, column 0", &file);
}
END_TEST

/* Integers that cannot be labels are values. */
START_TEST(npy_reads_other_integers_as_values)
{
    static const struct {
        const char *descr;
        size_t width;
        uint64_t number;
        float value;
    } cases[] = {
        {"|i1", 1, 0xff, -1.0f},
        {"<i2", 2, 0x8000, -32768.0f},
        {"<i4", 4, 0xffffffff, -1.0f},
        {"<i8", 8, UINT64_MAX, -1.0f},
        {"<i4", 4, INT32_MAX, 2147483648.0f},
        {"<u4", 4, 0xffffffff, 4294967296.0f},
        {"<i8", 8, INT64_MAX, 0x1p63f},
        {"<u8", 8, UINT64_MAX, 0x1p64f},
    };
    const char *x = save_x(2);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        composed_file file = npy_of(cases[k].descr, 0, "(2,)");
        add_number_le(&file, cases[k].width, 0);
        add_number_le(&file, cases[k].width, cases[k].number);
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, x, save_composed(&file, "y.npy"), NULL));
        ck_assert_ptr_null(data.target.labels);
        ck_assert(data.target.values[0] == 0.0f && data.target.values[1] == cases[k].value);
        lw_dataset_free(&data);
    }
}
END_TEST

/* Exact beyond the integers that a float32 holds. */
START_TEST(npy_reads_large_labels)
{
    const char *x = save_x(2);
    composed_file file = npy_of("<u4", 0, "(2,)");
    add_number_le(&file, 4, 16777217);
    add_number_le(&file, 4, INT32_MAX - 1);
    lw_dataset data;
    ASSERT_OK(lw_dataset_load_npy(&data, x, save_composed(&file, "y.npy"), NULL));
    ck_assert(data.target.labels[0] == 16777217 && data.target.labels[1] == INT32_MAX - 1);
    ck_assert_uint_eq(data.outputs, INT32_MAX);
    lw_dataset_free(&data);
}
END_TEST

START_TEST(npy_reads_inputs_of_every_type)
{
    static const struct {
        const char *descr;
        size_t width;
        uint64_t bits; /* of -2, or 2 without sign */
    } types[] = {{"f2", 2, 0xc000}, {"f4", 4, 0xc0000000}, {"f8", 8, 0xc000000000000000},
                 {"i2", 2, 0xfffe}, {"i4", 4, 0xfffffffe}, {"i8", 8, UINT64_MAX - 1},
                 {"u2", 2, 2},      {"u4", 4, 2},          {"u8", 8, 2}};
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (int is_big = 0; is_big < 2; is_big++) {
            char descr[8];
            snprintf(descr, sizeof descr, "%c%s", is_big ? '>' : '<', types[k].descr);
            composed_file file = npy_of(descr, 0, "(1, 2)");
            for (int i = 0; i < 2; i++)
                if (is_big)
                    add_number_be(&file, types[k].width, i ? types[k].bits : 0);
                else
                    add_number_le(&file, types[k].width, i ? types[k].bits : 0);
            lw_dataset data;
            ASSERT_OK(lw_dataset_load_npy(&data, save_composed(&file, "x.npy"), NULL, NULL));
            ck_assert(data.x[0] == 0.0f);
            ck_assert_msg(data.x[1] == (*types[k].descr == 'u' ? 2.0f : -2.0f), "%s: %g", descr,
                          (double)data.x[1]);
            ck_assert(!data.has_bytes);
            lw_dataset_free(&data);
        }
    static const char *const bytes[] = {"|u1", "|b1", "|i1"};
    for (size_t k = 0; k < 3; k++) {
        composed_file file = npy_of(bytes[k], 0, "(1, 2)");
        add_number_le(&file, 2, 0x0100);
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, save_composed(&file, "x.npy"), NULL, NULL));
        ck_assert(data.x[0] == 0.0f && data.x[1] == 1.0f && data.has_bytes == (k == 0));
        lw_dataset_free(&data);
    }
}
END_TEST

/* An array a[i][j][k] = 100 i + 10 j + k in either order. */
START_TEST(npy_flattens_dimensions)
{
    for (int fortran = 0; fortran < 2; fortran++)
        for (int part = 0; part < 2; part++) {
            composed_file file = npy_of("<u2", fortran, "(2, 3, 2)");
            for (unsigned n = 0; n < 12; n++) {
                const unsigned i = fortran ? n % 2 : n / 6, j = fortran ? n / 2 % 3 : n / 2 % 3,
                               k = fortran ? n / 6 : n % 2;
                add_number_le(&file, 2, 100 * i + 10 * j + k);
            }
            lw_dataset data;
            const lw_shard second = {1, 2, 2};
            ASSERT_OK(lw_dataset_load_npy(&data, save_composed(&file, "x.npy"), NULL,
                                          part ? &second : NULL));
            ck_assert(data.rows == (part ? 1 : 2) && data.inputs == 6);
            for (size_t i = 0; i < data.rows; i++)
                for (size_t j = 0; j < 6; j++)
                    ck_assert_float_eq(data.x[6 * i + j],
                                       (float)(100 * (i + (size_t)part) + 10 * (j / 2) + j % 2));
            lw_dataset_free(&data);
        }
}
END_TEST

START_TEST(npy_reads_one_hot_rows_as_labels)
{
    static const unsigned char rows[][6] = {{0, 0, 1, /**/ 1, 0, 0}, /* labels 2 and 0 */
                                            {0, 0, 1, /**/ 1, 0, 1},
                                            {0, 0, 1, /**/ 0, 0, 0},
                                            {0, 0, 2, /**/ 1, 0, 0}};
    const char *x = save_x(2);
    for (size_t k = 0; k < 4; k++) {
        composed_file file = npy_of("|u1", 0, "(2, 3)");
        add_bytes(&file, rows[k], 6);
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, x, save_composed(&file, "y.npy"), NULL));
        ck_assert_uint_eq(data.outputs, 3);
        if (k == 0)
            ck_assert(data.target.labels[0] == 2 && data.target.labels[1] == 0);
        else
            ck_assert(!data.target.labels && data.target.values[2] == (float)rows[k][2]);
        lw_dataset_free(&data);
    }
}
END_TEST

START_TEST(npy_rejects_files_of_different_shapes)
{
    const char *x = save_x(2);
    composed_file file = npy_of("<f4", 0, "(3,)");
    for (int i = 0; i < 3; i++)
        add_f32(&file, 0.0f);
    const char *three = save_composed(&file, "three.npy");
    expect_rejected(LW_ESHAPE, "has 2 rows", x, x, three);
    expect_rejected(LW_ESHAPE, "has 3", three, x, three);

    const char *missing = temp_path("missing.npy"), *directory = temp_path(".");
    expect_rejected(LW_EIO, "No such file", missing, missing, NULL);
    expect_rejected(LW_EIO, "No such file", missing, x, missing);
    expect_rejected(LW_EIO, "regular", directory, directory, NULL);

    lw_dataset data = untouched_dataset();
    ASSERT_FAILS(LW_EINVAL, "data", lw_dataset_load_npy(NULL, x, NULL, NULL));
    ASSERT_FAILS(LW_EINVAL, "x", lw_dataset_load_npy(&data, NULL, x, NULL));
    ck_assert(is_untouched(&data));
}
END_TEST

/* ---- Writing --------------------------------------------------------------------------------- */

START_TEST(npy_writes_the_bytes_of_numpy)
{
    static const float values[] = {1.5f, -2.0f};
    static const char text[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    const char *path = temp_path("written.npy");
    ASSERT_OK(lw_npy_write_f32(path, values, 2, 0));
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    ck_assert_uint_eq(size, 128 + 8);
    ck_assert_mem_eq(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    ck_assert_mem_eq(bytes + 10, text, sizeof text - 1);
    for (size_t i = 10 + sizeof text - 1; i < 127; i++)
        ck_assert_int_eq(bytes[i], ' ');
    ck_assert_int_eq(bytes[127], '\n');
    ck_assert_mem_eq(bytes + 128, "\x00\x00\xc0\x3f\x00\x00\x00\xc0", 8);
    free(bytes);
}
END_TEST

START_TEST(npy_round_trip)
{
    enum { ROWS = 3000, COLUMNS = 3 }; /* more than the size of one write */
    float *x = uniform_floats(ROWS * COLUMNS, -1.0f, 1.0f, 1);
    int32_t *y = uniform_labels(ROWS, 10, 2);
    y[0] = 9;
    const char *x_path = temp_path("x.npy"), *y_path = temp_path("y.npy");
    ASSERT_OK(lw_npy_write_f32(x_path, x, ROWS, COLUMNS));
    for (size_t columns = 0; columns < 2; columns++) {
        ASSERT_OK(lw_npy_write_i32(y_path, y, ROWS, columns));
        lw_dataset data;
        ASSERT_OK(lw_dataset_load_npy(&data, x_path, y_path, NULL));
        ck_assert_uint_eq(data.outputs, 10);
        ck_assert_mem_eq(data.x, x, ROWS * COLUMNS * sizeof *x);
        ck_assert_mem_eq(data.target.labels, y, ROWS * sizeof *y);
        lw_dataset_free(&data);
    }
    ck_assert_uint_eq(temp_file_count(), 2);
    free(x);
    free(y);
}
END_TEST

START_TEST(npy_rejects_empty_arrays)
{
    static const float value = 1.0f;
    ASSERT_FAILS(LW_EINVAL, "path", lw_npy_write_f32(NULL, &value, 1, 1));
    ASSERT_FAILS(LW_EINVAL, "x", lw_npy_write_f32(temp_path("x.npy"), NULL, 1, 1));
    ASSERT_FAILS(LW_EINVAL, "overflows",
                 lw_npy_write_f32(temp_path("x.npy"), &value, SIZE_MAX / 8, 4));
    ck_assert_uint_eq(temp_file_count(), 0);
}
END_TEST

int main(void)
{
    TCase *npy = temp_files_case("npy");
    tcase_add_test(npy, npy_reads_both_orders_and_widths);
    tcase_add_test(npy, npy_accepts_header_variants);
    tcase_add_test(npy, npy_reads_labels_of_every_type);
    tcase_add_test(npy, npy_reads_target_values);
    tcase_add_test(npy, npy_rejects_every_prefix);
    tcase_add_test(npy, npy_rejects_invalid_headers);
    tcase_add_test(npy, npy_rejects_nonfinite_values);
    tcase_add_test(npy, npy_reads_other_integers_as_values);
    tcase_add_test(npy, npy_reads_large_labels);
    tcase_add_test(npy, npy_reads_inputs_of_every_type);
    tcase_add_test(npy, npy_flattens_dimensions);
    tcase_add_test(npy, npy_reads_one_hot_rows_as_labels);
    tcase_add_test(npy, npy_rejects_files_of_different_shapes);
    tcase_add_test(npy, npy_writes_the_bytes_of_numpy);
    tcase_add_test(npy, npy_round_trip);
    tcase_add_test(npy, npy_rejects_empty_arrays);
    return run_case("npy", npy);
}
