/* Safetensors files. */
#include "saved_nets.h"

#include <math.h>
#include <stdlib.h>

static const char sample_header[] =
    "{\"__metadata__\":{\"made by\":\"hand\"},"
    "\"whole\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[32,48]},"
    "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[32,32]},"
    "\"wide\":{\"dtype\":\"F64\",\"shape\":[3],\"data_offsets\":[8,32]},"
    "\"narrow\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
    "\"half\":{\"dtype\":\"U16\",\"shape\":[],\"data_offsets\":[48,50]}} ";

static composed_file sample_file(void)
{
    composed_file file = safetensors_of(sample_header);
    add_f32(&file, 1.5f);
    add_f32(&file, -0.1f);
    add_f64(&file, 0.1);
    add_f64(&file, 1e39);
    add_f64(&file, NAN);
    add_number_le(&file, 8, 7);
    add_number_le(&file, 8, UINT64_MAX);
    add_number_le(&file, 2, 0);
    return file;
}

START_TEST(safetensors_reads_types_and_shapes)
{
    const composed_file composed = sample_file();
    const char *path = save_composed(&composed, "sample.safetensors");
    lw_safetensors *file;
    ASSERT_OK(lw_safetensors_open(&file, path));
    ck_assert_str_eq(lw_safetensors_path(file), path);
    ck_assert_uint_eq(lw_safetensors_count(file), 5);
    ck_assert_str_eq(lw_safetensors_metadata(file, "made by"), "hand");
    ck_assert_ptr_null(lw_safetensors_metadata(file, "made"));
    ck_assert_ptr_null(lw_safetensors_find(file, "__metadata__"));
    ck_assert_ptr_null(lw_safetensors_find(file, "narro"));

    double f64[3];
    float f32[3] = {-1.0f, -1.0f, -1.0f};
    const lw_stored_tensor *tensor = find_tensor(file, "narrow", 2);
    ck_assert_uint_eq(tensor->dimensions, 2);
    ck_assert_uint_eq(tensor->shape[0], 1);
    ck_assert_uint_eq(tensor->shape[1], 2);
    ASSERT_OK(lw_safetensors_copy_f64(file, tensor, f64));
    ck_assert_double_eq(f64[1], (double)-0.1f);

    tensor = find_tensor(file, "wide", 3);
    ASSERT_OK(lw_safetensors_copy_f64(file, tensor, f64));
    ck_assert(f64[0] == 0.1 && f64[1] == 1e39 && isnan(f64[2]));
    ASSERT_FILE_REJECTED(LW_EDATA, path, "'wide', element 1",
                         lw_safetensors_copy_f32(file, tensor, f32));
    ck_assert_float_eq(f32[0], -1.0f);

    tensor = find_tensor(file, "whole", 2);
    ASSERT_OK(lw_safetensors_copy_f32(file, tensor, f32));
    ck_assert(f32[0] == 7.0f && f32[1] == -1.0f);

    tensor = find_tensor(file, "half", 1);
    ck_assert_uint_eq(tensor->dimensions, 0);
    ASSERT_FILE_REJECTED(LW_EFORMAT, path, "'half' has type U16",
                         lw_safetensors_copy_f32(file, tensor, f32));
    find_tensor(file, "none", 0);
    lw_safetensors_close(file);
    lw_safetensors_close(NULL);
}
END_TEST

/* Bit patterns with their values in IEEE 754 half precision and bfloat16. */
START_TEST(safetensors_widens_halves_exactly)
{
    enum { COUNT = 12 };
    static const struct {
        uint64_t f16, bf16;
        float value_of_f16, value_of_bf16;
    } cases[COUNT] = {
        {0x0000, 0x0000, 0.0f, 0.0f},
        {0x8000, 0x8000, -0.0f, -0.0f},
        {0x3c00, 0x3f80, 1.0f, 1.0f},
        {0xc001, 0xc001, -0x1.004p1f, -0x1.02p1f},
        {0x3555, 0x3eab, 0x1.554p-2f, 0x1.56p-2f},
        {0x7bff, 0x7f7f, 65504.0f, 0x1.fep127f},
        {0x0400, 0x0080, 0x1p-14f, 0x1p-126f},        /* smallest normal */
        {0x03ff, 0x007f, 0x1.ff8p-15f, 0x1.fcp-127f}, /* largest denormal */
        {0x8001, 0x8001, -0x1p-24f, -0x1p-133f},      /* smallest denormal */
        {0x7c00, 0x7f80, INFINITY, INFINITY},
        {0xfc00, 0xff80, -INFINITY, -INFINITY},
        {0x7e00, 0x7fc0, NAN, NAN},
    };
    composed_file composed =
        safetensors_of("{\"f\":{\"dtype\":\"F16\",\"shape\":[12],\"data_offsets\":[0,24]},"
                       "\"b\":{\"dtype\":\"BF16\",\"shape\":[12],\"data_offsets\":[24,48]}}");
    for (size_t i = 0; i < COUNT; i++)
        add_number_le(&composed, 2, cases[i].f16);
    for (size_t i = 0; i < COUNT; i++)
        add_number_le(&composed, 2, cases[i].bf16);
    lw_safetensors *file;
    ASSERT_OK(lw_safetensors_open(&file, save_composed(&composed, "halves.safetensors")));
    float f16[COUNT], bf16[COUNT];
    ASSERT_OK(lw_safetensors_copy_f32(file, find_tensor(file, "f", COUNT), f16));
    ASSERT_OK(lw_safetensors_copy_f32(file, find_tensor(file, "b", COUNT), bf16));
    for (size_t i = 0; i + 1 < COUNT; i++) {
        assert_same_bits("F16", 1, &f16[i], &cases[i].value_of_f16);
        assert_same_bits("BF16", 1, &bf16[i], &cases[i].value_of_bf16);
    }
    ck_assert(isnan(f16[COUNT - 1]) && isnan(bf16[COUNT - 1]));
    lw_safetensors_close(file);
}
END_TEST

static void refuse_file(lw_status expected, const char *place, const char *path)
{
    lw_safetensors *file = (lw_safetensors *)(void *)&file;
    ASSERT_FILE_REJECTED(expected, path, place, lw_safetensors_open(&file, path));
    ck_assert_ptr_eq(file, &file);
}

/* A header followed by 8 bytes of data. */
static void expect_rejected_header(const char *place, const char *header)
{
    composed_file composed = safetensors_of(header);
    add_number_le(&composed, 8, 0);
    refuse_file(LW_EFORMAT, place, save_composed(&composed, "wrong.safetensors"));
}

START_TEST(safetensors_rejects_invalid_headers)
{
    static const struct {
        const char *place, *header;
    } cases[] = {
        {"the header length at byte 0 is 0", ""},
        {"byte", "{"},
        {"byte", "{\"a\":1,}"},
        {"byte 8: '{'", " {\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"byte 8: '{'", "[]"},
        {"belong to no tensor", "{}"},
        {"'a': dtype", "{\"a\":1}"},
        {"'a': dtype", "{\"a\":{\"dtype\":4,\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"'a': unknown dtype 'F31'",
         "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"'a': shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}"},
        {"'a': shape", "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}"},
        {"'a': shape", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}"},
        {"'a': shape", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}"},
        {"'a': shape", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],"
                       "\"data_offsets\":[0,8]}}"},
        {"'a': shape overflows", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,0],"
                                 "\"data_offsets\":[0,8]}}"},
        {"'a': data_offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387906],"
                              "\"data_offsets\":[0,8]}}"},
        {"'a': data_offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}"},
        {"'a': data_offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}"},
        {"'a': data_offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}"},
        {"'a': data_offsets 8 to 0",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}"},
        {"'a': data_offsets 4 to 12",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}"},
        {"'a': data_offsets cover 8",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}"},
        {"4 bytes of data belong",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"},
        {"'a' begins at byte 4",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"},
        {"begins at byte 0 of the data, but the previous tensor ends at byte 8",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"'b' begins at byte 4 of the data, but the previous tensor ends at byte 8",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"},
        {"duplicate", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                      "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"__metadata__ is not",
         "{\"__metadata__\":3,\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"__metadata__: 'k'", "{\"__metadata__\":{\"k\":3},"
                              "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_rejected_header(cases[k].place, cases[k].header);
}
END_TEST

START_TEST(safetensors_rejects_other_files)
{
    composed_file composed = sample_file();
    for (size_t size = 0; size < composed.size; size++)
        refuse_file(LW_EFORMAT, "", temp_file("cut.safetensors", composed.bytes, size));
    add_number_le(&composed, 1, 0);
    refuse_file(LW_EFORMAT, "1 bytes of data", save_composed(&composed, "longer.safetensors"));

    static const unsigned char huge[] = {255, 255, 255, 255, 255, 255, 255, 127, '{', '}'};
    refuse_file(LW_EFORMAT, "the header length at byte 0",
                temp_file("huge.safetensors", huge, sizeof huge));
    refuse_file(LW_EFORMAT, "ends at byte 7", temp_file("seven.safetensors", huge, 7));
    refuse_file(LW_EIO, "No such file", temp_path("missing.safetensors"));
    refuse_file(LW_EIO, "regular", temp_path("."));
}
END_TEST

START_TEST(safetensors_accepts_or_rejects_any_changed_byte)
{
    const composed_file composed = sample_file();
    static const unsigned char flips[] = {0x01, 0x10, 0x80};
    for (size_t at = 0; at < 8 + sizeof sample_header - 1; at++)
        for (size_t k = 0; k < sizeof flips; k++) {
            composed_file flipped = composed;
            flipped.bytes[at] ^= flips[k];
            lw_safetensors *file = NULL;
            const lw_status status =
                lw_safetensors_open(&file, save_composed(&flipped, "flipped.safetensors"));
            ck_assert(status == LW_OK || status == LW_EFORMAT);
            ck_assert_int_eq(status == LW_OK, file != NULL);
            lw_safetensors_close(file);
        }
}
END_TEST

START_TEST(safetensors_writes_aligned_data)
{
    static const float values[] = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f};
    static const lw_tensor_source tensors[] = {
        {"matrix \"1\"", 2, {2, 3}, values},
        {"v", 1, {1, 0}, values + 6},
    };
    const char *path = temp_path("written.safetensors");
    char text[16] = "";
    for (size_t length = 0; length < 9; length++) { /* every length of padding */
        memset(text, 'x', length);
        const lw_metadata metadata[] = {{"key", text}};
        ASSERT_OK(lw_safetensors_write(path, tensors, 2, metadata, 1));
        size_t size;
        unsigned char *bytes = file_bytes(path, &size);
        ck_assert_uint_eq(size % 8, 28 % 8);
        ck_assert_uint_eq(bytes[0] % 8, 0);
        free(bytes);

        lw_safetensors *file;
        float copy[6];
        ASSERT_OK(lw_safetensors_open(&file, path));
        ck_assert_str_eq(lw_safetensors_metadata(file, "key"), text);
        ASSERT_OK(lw_safetensors_copy_f32(file, find_tensor(file, "matrix \"1\"", 6), copy));
        ck_assert_mem_eq(copy, values, sizeof copy);
        ASSERT_OK(lw_safetensors_copy_f32(file, find_tensor(file, "v", 1), copy));
        ck_assert_float_eq(copy[0], 7.0f);
        lw_safetensors_close(file);
    }
    ck_assert_uint_eq(temp_file_count(), 1);
}
END_TEST

int main(void)
{
    TCase *safetensors = temp_files_case("safetensors");
    tcase_add_test(safetensors, safetensors_reads_types_and_shapes);
    tcase_add_test(safetensors, safetensors_widens_halves_exactly);
    tcase_add_test(safetensors, safetensors_rejects_invalid_headers);
    tcase_add_test(safetensors, safetensors_rejects_other_files);
    tcase_add_test(safetensors, safetensors_accepts_or_rejects_any_changed_byte);
    tcase_add_test(safetensors, safetensors_writes_aligned_data);
    return run_case("safetensors", safetensors);
}
