/* Export of networks. tests/interop tests the exported files in other programs. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "base/protobuf.h"
#include "base/text_file.h"
#include "saved_nets.h"
#include "train/net.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lw_status export_c(const lw_net *net, const char *path)
{
    return lw_net_export_c(net, path, NULL);
}

static const struct {
    const char *name;
    lw_status (*write)(const lw_net *net, const char *path);
} formats[] = {{"net.onnx", lw_net_export_onnx}, {"net.c", export_c}};
enum { FORMATS = sizeof formats / sizeof *formats };

/* The examples of the Protocol Buffers documentation. */
START_TEST(messages_are_encoded)
{
    static const unsigned char expected[] = {
        0x08, 0x96, 0x01,                                  /* 1: 150              */
        0x12, 0x07, 't',  'e',  's',  't',  'i', 'n', 'g', /* 2: "testing"        */
        0x1a, 0x03, 0x08, 0x96, 0x01,                      /* 3: a message as the first field */
        0x25, 0x00, 0x00, 0x80, 0x3f,                      /* 4: 1.0f             */
        0xa0, 0x01, 0x7f,                                  /* 20: 127             */
        0x28, 0x80, 0x80, 0x80, 0x80, 0x10,                /* 5: 2^32             */
        0x08, 0x00,       /* 1: 0, of a message whose fields are added */
        0x4a, 0x80, 0x02, /* 9: length 256, followed by the bytes */
    };
    lw_message message = {0}, inner = {0}, fields = {0};
    lw_message_add_integer(&message, 1, 150);
    lw_message_add_text(&message, 2, "testing");
    lw_message_add_integer(&inner, 1, 150);
    lw_message_add_message(&message, 3, &inner);
    lw_message_add_float(&message, 4, 1.0f);
    lw_message_add_integer(&message, 20, 127);
    lw_message_add_integer(&message, 5, UINT64_C(1) << 32);
    lw_message_add_integer(&fields, 1, 0);
    lw_message_add_fields(&message, &fields);
    lw_message_begin_bytes(&message, 9, 256);
    ck_assert(!message.failed);
    ck_assert_uint_eq(message.size, sizeof expected);
    ck_assert_mem_eq(message.bytes, expected, sizeof expected);
    ck_assert(!inner.bytes && !fields.bytes);
    lw_message_free(&message);
}
END_TEST

/* Longer than the buffer, so that it is flushed in between, and with a piece that does not fit. */
START_TEST(text_is_written_completely)
{
    enum { LINES = 3000, LINE_BYTES = 13 };
    lw_text_file text;
    const char *path = temp_path("text");
    ASSERT_OK(lw_text_open(&text, path));
    for (size_t i = 0; i < LINES; i++)
        lw_text_print(&text, "%5zu %.4f\n", i, 0.5);
    ASSERT_OK(lw_text_close(&text));
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    ck_assert_uint_eq(size, LINES * LINE_BYTES);
    for (size_t i = 0; i < LINES; i++) {
        char line[LINE_BYTES + 1];
        snprintf(line, sizeof line, "%5zu %.4f\n", i, 0.5);
        ck_assert_mem_eq(bytes + i * LINE_BYTES, line, LINE_BYTES);
    }
    free(bytes);
}
END_TEST

START_TEST(an_export_is_complete_or_absent)
{
    lw_net *net = small_net(1);
    const char *path = temp_path(formats[_i].name), *missing = temp_path("missing/net");
    ASSERT_FILE_REJECTED(LW_EIO, missing, "No such file", formats[_i].write(net, missing));
    ck_assert_uint_eq(temp_file_count(), 0);
    ASSERT_OK(formats[_i].write(net, path));
    ck_assert_uint_eq(temp_file_count(), 1);

    size_t size, size_after;
    unsigned char *before = file_bytes(path, &size);
    ck_assert_uint_gt(size, lw_net_parameter_count(net) * sizeof(float));
    float b[2] = {0.5f, INFINITY};
    ASSERT_OK(lw_net_set_layer(net, 1, NULL, b));
    ASSERT_FILE_REJECTED(LW_EDATA, path, "layer 1, bias 1 is inf", formats[_i].write(net, path));
    float w[INPUTS * 4] = {[5] = NAN};
    ASSERT_OK(lw_net_set_layer(net, 0, w, NULL));
    ASSERT_FILE_REJECTED(LW_EDATA, path, "layer 0, weight 5 is", formats[_i].write(net, path));
    unsigned char *after = file_bytes(path, &size_after);
    ck_assert_uint_eq(size_after, size);
    ck_assert_mem_eq(after, before, size);
    ck_assert_uint_eq(temp_file_count(), 1);
    free(before);
    free(after);

    ASSERT_FAILS(LW_EINVAL, "net", formats[_i].write(NULL, path));
    ASSERT_FAILS(LW_EINVAL, "path", formats[_i].write(net, NULL));
    lw_net_destroy(net);
}
END_TEST

/* A network of this size would exceed the test's time and memory, so a small one reports the
 * size. */
START_TEST(onnx_files_end_at_2_gib)
{
    lw_net *net = small_net(1);
    const size_t count = net->parameter_count;
    const char *path = temp_path("net.onnx");
    static const size_t too_many[] = {(size_t)INT32_MAX / 4, (size_t)1 << 29, (size_t)1 << 40,
                                      SIZE_MAX};
    for (size_t i = 0; i < sizeof too_many / sizeof *too_many; i++) {
        net->parameter_count = too_many[i];
        ASSERT_FILE_REJECTED(LW_ESHAPE, path, "2 GiB", lw_net_export_onnx(net, path));
    }
    net->parameter_count = count;
    ck_assert_uint_eq(temp_file_count(), 0);
    ASSERT_OK(lw_net_export_onnx(net, path));
    lw_net_destroy(net);
}
END_TEST

/* A network with the schema of a table whose target is y. */
static lw_net *net_of_table(const char *text)
{
    static const char *const targets[] = {"y"};
    const lw_schema_options options = {.size = sizeof options, .targets = {targets, 1}};
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_LINEAR};
    lw_table *table;
    lw_schema *schema;
    ASSERT_OK(lw_table_read(&table, temp_text("table.csv", text), NULL));
    ASSERT_OK(lw_schema_infer(&schema, table, &options));
    lw_net *net = make_net(lw_schema_inputs(schema), &layer, 1, 1);
    ASSERT_OK(lw_net_set_schema(net, schema));
    lw_schema_free(schema);
    lw_table_free(table);
    return net;
}

/* As many parameters as fit without a schema. */
START_TEST(the_schema_counts_for_the_size)
{
    lw_net *net = net_of_table("a,y\n1,1.5\n3,2.5\n2,7.5\n");
    const size_t count = net->parameter_count;
    const char *path = temp_path("net.onnx");
    net->parameter_count = ((size_t)INT32_MAX - 5000) / sizeof(float);
    ASSERT_FILE_REJECTED(LW_ESHAPE, path, "2 GiB", lw_net_export_onnx(net, path));
    net->parameter_count = count;
    ASSERT_OK(lw_net_export_onnx(net, path));
    lw_net_destroy(net);
}
END_TEST

/* The inverse of the deviation of a is not a float. In C it is a double. */
START_TEST(schemas_beyond_float32_are_not_onnx)
{
    lw_net *net = net_of_table("a,y\n1e-42,1.5\n3e-42,2.5\n2e-42,7.5\n");
    const char *path = temp_path("net.onnx");
    ASSERT_FILE_REJECTED(LW_EDATA, path, "exceed float32", lw_net_export_onnx(net, path));
    ASSERT_OK(lw_net_export_c(net, path, NULL));
    lw_net_destroy(net);
}
END_TEST

/* Whether the file contains all NULL-terminated texts. */
static int contains(const char *path, const char *const texts[])
{
    size_t size, found = 0;
    unsigned char *bytes = file_bytes(path, &size);
    for (; texts[found]; found++) {
        const size_t length = strlen(texts[found]);
        size_t at = 0;
        while (at + length <= size && memcmp(bytes + at, texts[found], length) != 0)
            at++;
        if (at + length > size)
            break;
    }
    free(bytes);
    return texts[found] == NULL;
}

/* Pixels scaled by their reader, and classes whose names end comments and strings. */
START_TEST(schemas_of_arrays_are_described)
{
    static const char *const names[] = {"*/ \"bag\"", "shirt\n"};
    static const float x[] = {0.0f, 0.5f, 1.0f, 0.25f, 0.5f, 0.75f, 0.0f, 0.5f};
    static const int32_t labels[] = {0, 1, 0, 1};
    const lw_dataset data = {.rows = 4,
                             .inputs = 2,
                             .outputs = 2,
                             .x = x,
                             .target = {.labels = labels},
                             .class_names = names,
                             .scale = 1.0f / 255.0f};
    const lw_layer_spec layer = {.units = 2, .activation = LW_ACTIVATION_SOFTMAX};
    static const char *const in_c[] = {
        " * Inputs: 0 to 1 in the training data, the values of its files times 0.00392156886.\n",
        " *   y[0]  score of the class ./ \"bag\"\n",
        "predict_classes0[2] = {\n    \"*/ \\042bag\\042\",\n    \"shirt\\012\"};",
        "enum {\n    predict_class_bag = 0,\n    predict_class_shirt = 1\n};",
        "\nvoid predict(const float *x, float *y)\n{\n    predict_dense(",
        NULL};
    static const char *const in_onnx[] = {"lanewise.schema", "\"*/ \\\"bag\\\"\",\"shirt\\n\"",
                                          "\"scale\":0.0039215688593685627", NULL};
    const char *path = temp_path("net");
    lw_schema *schema;
    ASSERT_OK(lw_schema_infer_arrays(&schema, &data, NULL));
    lw_net *net = make_net(2, &layer, 1, 1);
    ASSERT_OK(lw_net_set_schema(net, schema));
    ASSERT_OK(lw_net_export_c(net, path, NULL));
    ck_assert(contains(path, in_c));
    ASSERT_OK(lw_net_export_onnx(net, path));
    ck_assert(contains(path, in_onnx));
    lw_schema_free(schema);
    lw_net_destroy(net);
}
END_TEST

/* The operators of an activation. tests/interop checks their values. */
static const struct composed {
    lw_activation activation;
    size_t relu, leaky_relu, sigmoid, tanh, mul, add, softmax;
} compositions[] = {
    {.activation = LW_ACTIVATION_LINEAR},
    {.activation = LW_ACTIVATION_RELU, .relu = 1},
    {.activation = LW_ACTIVATION_LEAKY_RELU, .leaky_relu = 1},
    {.activation = LW_ACTIVATION_SIGMOID, .sigmoid = 1},
    {.activation = LW_ACTIVATION_TANH, .tanh = 1},
    {.activation = LW_ACTIVATION_GELU, .sigmoid = 1, .mul = 4, .add = 1},
    {.activation = LW_ACTIVATION_SILU, .sigmoid = 1, .mul = 1},
    {.activation = LW_ACTIVATION_SOFTMAX, .softmax = 1},
};
enum { COMPOSITIONS = sizeof compositions / sizeof *compositions };

/* Counts the nodes with this operator, by tag and length of the field. */
static size_t operators(const unsigned char *bytes, size_t size, const char *name)
{
    enum { OPERATION_TAG = 4 << 3 | 2 };
    const size_t length = strlen(name);
    size_t found = 0;
    for (size_t i = 0; i + 2 + length <= size; i++)
        found += bytes[i] == OPERATION_TAG && bytes[i + 1] == length &&
                 memcmp(bytes + i + 2, name, length) == 0;
    return found;
}

START_TEST(activations_are_onnx_operators)
{
    const struct composed *of = &compositions[_i];
    const lw_layer_spec layers[] = {{.units = 3, .activation = LW_ACTIVATION_LINEAR},
                                    {.units = 2, .activation = of->activation}};
    lw_net *net = make_net(4, layers, 2, 1);
    const char *path = temp_path("net.onnx");
    ASSERT_OK(lw_net_export_onnx(net, path));
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    ck_assert_uint_eq(operators(bytes, size, "Gemm"), 2);
    ck_assert_uint_eq(operators(bytes, size, "Relu"), of->relu);
    ck_assert_uint_eq(operators(bytes, size, "LeakyRelu"), of->leaky_relu);
    ck_assert_uint_eq(operators(bytes, size, "Sigmoid"), of->sigmoid);
    ck_assert_uint_eq(operators(bytes, size, "Tanh"), of->tanh);
    ck_assert_uint_eq(operators(bytes, size, "Mul"), of->mul);
    ck_assert_uint_eq(operators(bytes, size, "Add"), of->add);
    ck_assert_uint_eq(operators(bytes, size, "Softmax"), of->softmax);
    free(bytes);
    lw_net_destroy(net);
}
END_TEST

START_TEST(names_of_functions_are_checked)
{
    static const char *const good[] = {"f", "predict_1", "_", "A9",
                                       "forty_characters_are_all_that_there_may_"};
    static const char *const bad[] = {"",    "1st",
                                      "a-b", "a b",
                                      "a\n", "\xc3\xa9t\xc3\xa9",
                                      "f(",  "forty_one_characters_are_one_more_than_40"};
    lw_net *net = small_net(1);
    const char *path = temp_path("net.c");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ASSERT_FAILS(LW_EINVAL, "is not a name", lw_net_export_c(net, path, bad[i]));
    ck_assert_uint_eq(temp_file_count(), 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ASSERT_OK(lw_net_export_c(net, path, good[i]));
    lw_net_destroy(net);
}
END_TEST

/* Uses whichever locale with a decimal comma is installed. */
START_TEST(numbers_are_written_with_a_decimal_point)
{
    static const char *const commas[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    lw_net *net = small_net(1);
    const char *path = temp_path("net.c");
    ASSERT_OK(lw_net_export_c(net, path, NULL));
    size_t size, size_after, i = 0;
    unsigned char *before = file_bytes(path, &size);
    while (i < sizeof commas / sizeof *commas && !setlocale(LC_ALL, commas[i]))
        i++;
    if (i == sizeof commas / sizeof *commas)
        printf(
            "skipped: numbers_are_written_with_a_decimal_point: no locale with a decimal comma\n");
    ASSERT_OK(lw_net_export_c(net, path, NULL));
    unsigned char *after = file_bytes(path, &size_after);
    ck_assert_uint_eq(size_after, size);
    ck_assert_mem_eq(after, before, size);
    free(before);
    free(after);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *export = temp_files_case("export");
    tcase_add_test(export, messages_are_encoded);
    tcase_add_test(export, text_is_written_completely);
    tcase_add_loop_test(export, an_export_is_complete_or_absent, 0, FORMATS);
    tcase_add_test(export, onnx_files_end_at_2_gib);
    tcase_add_test(export, schemas_of_arrays_are_described);
    tcase_add_test(export, the_schema_counts_for_the_size);
    tcase_add_test(export, schemas_beyond_float32_are_not_onnx);
    tcase_add_loop_test(export, activations_are_onnx_operators, 0, COMPOSITIONS);
    tcase_add_test(export, names_of_functions_are_checked);
    tcase_add_test(export, numbers_are_written_with_a_decimal_point);
    return run_case("export", export);
}
