/* Files and networks that are not loaded or saved. */
#include "saved_nets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void expect_rejected_parameters(lw_status expected, const char *place, lw_net *net,
                                       const char *path)
{
    float *before = parameters_of(net);
    ASSERT_FILE_REJECTED(expected, path, place, lw_net_load_parameters(net, path));
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    free(before);
    free(after);
}

static void refuse_net(lw_status expected, const char *place, const char *path)
{
    lw_net *net = (lw_net *)(void *)&net;
    ASSERT_FILE_REJECTED(expected, path, place, lw_net_load(&net, path));
    ck_assert_ptr_eq(net, &net);
}

START_TEST(nonfinite_parameters_are_rejected)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_TANH};
    static const double unusable[] = {NAN, INFINITY, -INFINITY, 1e39};
    lw_net *net = make_net(2, &layer, 1, 1);
    for (size_t k = 0; k < 4; k++) {
        const composed_file file = other_program_file(unusable[k]);
        expect_rejected_parameters(LW_EDATA, "'net.0.weight', element 1", net,
                                   save_composed(&file, "foreign.safetensors"));
    }

    const char *path = temp_path("net.safetensors");
    ASSERT_OK(lw_net_save(net, path));
    size_t size, size_after;
    unsigned char *before = file_bytes(path, &size);
    const float flat[] = {1.0f, 2.0f, NAN};
    ASSERT_OK(lw_net_set_parameters(net, flat));
    ASSERT_FILE_REJECTED(LW_EDATA, path, "element 0 of '0.bias'", lw_net_save(net, path));
    unsigned char *after = file_bytes(path, &size_after);
    ck_assert_uint_eq(size_after, size);
    ck_assert_mem_eq(after, before, size);
    ck_assert_uint_eq(temp_file_count(), 2);

    /* The same value in a file written by lw_net_save. */
    memset(after + size - 4, 0xff, 4);
    refuse_net(LW_EDATA, "'0.bias', element 0", temp_file("damaged.safetensors", after, size));
    free(before);
    free(after);
    lw_net_destroy(net);
}
END_TEST

START_TEST(parameters_of_another_shape_are_rejected)
{
    static const struct {
        lw_layer_spec layers[3];
        size_t inputs, count;
        const char *place;
    } cases[] = {
        {{{.units = 4}, {.units = 2}}, 4, 2, "'0.weight' is 4 x 3 instead of 4 x 4"},
        {{{.units = 5}, {.units = 2}}, 3, 2, "'0.weight' is 4 x 3 instead of 5 x 3"},
        {{{.units = 4}, {.units = 1}}, 3, 2, "'2.weight' is 2 x 4 instead of 1 x 4"},
        {{{.units = 3}, {.units = 2}}, 4, 2, "'0.weight' is 4 x 3 instead of 3 x 4"},
        {{{.units = 4}}, 3, 1, "2 layers, the last of them '2.weight', but the network has 1"},
        {{{.units = 4}, {.units = 2}, {.units = 2}},
         3,
         3,
         "2 layers, the last of them '2.weight', but the network has 3"},
    };
    const char *path = save_small("net.safetensors");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lw_net *net = make_net(cases[k].inputs, cases[k].layers, cases[k].count, 2);
        expect_rejected_parameters(LW_ESHAPE, cases[k].place, net, path);
        lw_net_destroy(net);
    }
}
END_TEST

/* Tensors of a 2-1 network, each with one error; there are 24 bytes of data. */
START_TEST(invalid_tensors_are_rejected)
{
    static const char good_weight[] =
        "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}";
    static const struct {
        lw_status expected;
        const char *place, *weight, *bias;
    } cases[] = {
        {LW_ESHAPE, "'0.weight' has 1 dimensions instead of 2",
         "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", NULL},
        {LW_ESHAPE, "'0.bias' has 2 dimensions instead of 1", good_weight,
         "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[1,4],\"data_offsets\":[8,24]}"},
        {LW_ESHAPE, "'0.bias' has 4 elements instead of 1", good_weight,
         "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}"},
        {LW_EFORMAT, "'0.bias' has type I64 instead of F32, F64, F16 or BF16", good_weight,
         "\"0.bias\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[8,24]}"},
        {LW_EFORMAT, "'0.weight' has type I16",
         "\"0.weight\":{\"dtype\":\"I16\",\"shape\":[1,4],\"data_offsets\":[0,8]}", NULL},
    };
    static const char rest[] = "\"rest\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[8,24]}";
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_SIGMOID};
    lw_net *net = make_net(2, &layer, 1, 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char header[512];
        snprintf(header, sizeof header, "{%s,%s}", cases[k].weight,
                 cases[k].bias ? cases[k].bias : rest);
        composed_file file = safetensors_of(header);
        for (size_t i = 0; i < 3; i++)
            add_number_le(&file, 8, 0);
        expect_rejected_parameters(cases[k].expected, cases[k].place, net,
                                   save_composed(&file, "wrong.safetensors"));
    }
    lw_net_destroy(net);
}
END_TEST

/* Saves a 2-1 network with this metadata. */
static const char *save_described(const char *metadata)
{
    char header[1024];
    snprintf(header, sizeof header,
             "{\"__metadata__\":{%s},"
             "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
             "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
             metadata);
    composed_file file = safetensors_of(header);
    for (size_t i = 0; i < 3; i++)
        add_f32(&file, (float)i);
    return save_composed(&file, "described.safetensors");
}

#define DESCRIBE(version, inputs, units, activations)                                              \
    "\"lanewise\":\"" version "\",\"inputs\":\"" inputs "\",\"units\":\"" units                    \
    "\",\"activations\":\"" activations "\""

START_TEST(invalid_architectures_are_rejected)
{
    static const struct {
        lw_status expected;
        const char *place, *metadata;
    } cases[] = {
        {LW_EFORMAT, "no 'lanewise'", ""},
        {LW_EFORMAT, "no 'inputs'", "\"lanewise\":\"1\""},
        {LW_EFORMAT, "no 'units'", "\"lanewise\":\"1\",\"inputs\":\"2\""},
        {LW_EFORMAT, "no 'activations'", "\"lanewise\":\"1\",\"inputs\":\"2\",\"units\":\"1\""},
        {LW_EFORMAT, "'lanewise' is '2'", DESCRIBE("2", "2", "1", "tanh")},
        {LW_EFORMAT, "'lanewise' is ''", DESCRIBE("", "2", "1", "tanh")},
        {LW_EFORMAT, "'inputs' is '0'", DESCRIBE("1", "0", "1", "tanh")},
        {LW_EFORMAT, "'inputs' is ''", DESCRIBE("1", "", "1", "tanh")},
        {LW_EFORMAT, "'inputs' is '2 '", DESCRIBE("1", "2 ", "1", "tanh")},
        {LW_EFORMAT, "'inputs' is '-2'", DESCRIBE("1", "-2", "1", "tanh")},
        {LW_EFORMAT, "'inputs' is '99999999999999999999'",
         DESCRIBE("1", "99999999999999999999", "1", "tanh")},
        {LW_EFORMAT, "'units' is '0'", DESCRIBE("1", "2", "0", "tanh")},
        {LW_EFORMAT, "'units' is ''", DESCRIBE("1", "2", "", "tanh")},
        {LW_EFORMAT, "'units' is ','", DESCRIBE("1", "2", ",", "tanh,tanh")},
        {LW_EFORMAT, "'units' is '1,'", DESCRIBE("1", "2", "1,", "tanh,tanh")},
        {LW_EFORMAT, "'units' is 'one'", DESCRIBE("1", "2", "one", "tanh")},
        {LW_EFORMAT, "'activations' is 'Tanh'", DESCRIBE("1", "2", "1", "Tanh")},
        {LW_EFORMAT, "'activations' is ''", DESCRIBE("1", "2", "1", "")},
        {LW_EFORMAT, "'activations' is 'tanh,'", DESCRIBE("1", "2", "1", "tanh,")},
        {LW_EFORMAT, "'activations' is 'tanh,relu'", DESCRIBE("1", "2", "1", "tanh,relu")},
        {LW_EFORMAT, "'activations' is 'a name that is longer than any of them'",
         DESCRIBE("1", "2", "1", "a name that is longer than any of them")},
        {LW_EFORMAT, "'activations' is 'softmax,relu'", DESCRIBE("1", "2", "1,1", "softmax,relu")},
        {LW_ESHAPE, "1 layers, the last of them '0.weight', but the network has 2",
         DESCRIBE("1", "2", "1,1", "tanh,relu")},
        {LW_ESHAPE, "'0.weight' is 1 x 2 instead of 1 x 3", DESCRIBE("1", "3", "1", "tanh")},
        {LW_ESHAPE, "'0.weight' is 1 x 2 instead of 2 x 2", DESCRIBE("1", "2", "2", "tanh")},
        {LW_ESHAPE, "'0.weight' is 1 x 2", DESCRIBE("1", "4294967296", "4294967296", "tanh")},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        refuse_net(cases[k].expected, cases[k].place, save_described(cases[k].metadata));

    lw_net *net;
    ASSERT_OK(lw_net_load(&net, save_described(DESCRIBE("1", "2", "1", "tanh"))));
    lw_net_destroy(net);
}
END_TEST

START_TEST(a_truncated_network_is_rejected)
{
    size_t size;
    unsigned char *bytes = file_bytes(save_small("net.safetensors"), &size);
    lw_net *net = small_net(9);
    for (size_t cut_size = 0; cut_size < size; cut_size++) {
        const char *cut = temp_file("cut.safetensors", bytes, cut_size);
        refuse_net(LW_EFORMAT, "", cut);
        expect_rejected_parameters(LW_EFORMAT, "", net, cut);
    }
    free(bytes);
    lw_net_destroy(net);
}
END_TEST

START_TEST(a_damaged_header_is_rejected_or_read)
{
    static const unsigned char flips[] = {0x01, 0x04, 0x80};
    size_t size;
    unsigned char *bytes = file_bytes(save_small("net.safetensors"), &size);
    const size_t header = 8 + bytes[0] + 256U * bytes[1];
    ck_assert_uint_lt(header, size);
    for (size_t at = 0; at < header; at++)
        for (size_t k = 0; k < sizeof flips; k++) {
            bytes[at] ^= flips[k];
            const char *path = temp_file("flipped.safetensors", bytes, size);
            bytes[at] ^= flips[k];
            lw_net *net = NULL;
            const lw_status status = lw_net_load(&net, path);
            ck_assert_int_eq(status == LW_OK, net != NULL);
            if (status != LW_OK)
                ck_assert_msg(strstr(lw_last_error(), path) != NULL, "\"%s\" lacks the file",
                              lw_last_error());
            lw_net_destroy(net);
        }
    free(bytes);
}
END_TEST

START_TEST(saving_to_an_invalid_path_fails)
{
    lw_net *net = small_net(1), *loaded = net;
    const char *in_missing = temp_path("missing/net.safetensors"), *directory = temp_path(".");
    ASSERT_FILE_REJECTED(LW_EIO, in_missing, "No such file", lw_net_save(net, in_missing));
    ASSERT_FILE_REJECTED(LW_EIO, directory, "directory", lw_net_save(net, directory));
    ck_assert_uint_eq(temp_file_count(), 0);
    refuse_net(LW_EIO, "No such file", in_missing);
    expect_rejected_parameters(LW_EIO, "No such file", net, in_missing);

    ASSERT_FAILS(LW_EINVAL, "net", lw_net_save(NULL, directory));
    ASSERT_FAILS(LW_EINVAL, "path", lw_net_save(net, NULL));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_load(NULL, directory));
    ASSERT_FAILS(LW_EINVAL, "path", lw_net_load(&loaded, NULL));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_load_parameters(NULL, directory));
    ASSERT_FAILS(LW_EINVAL, "path", lw_net_load_parameters(net, NULL));
    ck_assert_ptr_eq(loaded, net);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *models = temp_files_case("models");
    tcase_add_test(models, nonfinite_parameters_are_rejected);
    tcase_add_test(models, parameters_of_another_shape_are_rejected);
    tcase_add_test(models, invalid_tensors_are_rejected);
    tcase_add_test(models, invalid_architectures_are_rejected);
    tcase_add_test(models, a_truncated_network_is_rejected);
    tcase_add_test(models, a_damaged_header_is_rejected_or_read);
    tcase_add_test(models, saving_to_an_invalid_path_fails);
    return run_case("refused models", models);
}
