/* Safetensors files and saved networks. */
#include "safetensors.h"
#include "temp_files.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Safetensors --------------------------------------------------------------------------- */

static composed_file safetensors_of(const char *header)
{
    composed_file file = {.size = 0};
    add_number_le(&file, 8, strlen(header));
    add_bytes(&file, header, strlen(header));
    return file;
}

static const char mixed_header[] =
    "{\"__metadata__\":{\"made by\":\"hand\"},"
    "\"whole\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[32,48]},"
    "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[32,32]},"
    "\"wide\":{\"dtype\":\"F64\",\"shape\":[3],\"data_offsets\":[8,32]},"
    "\"narrow\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
    "\"half\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[48,50]}} ";

static composed_file mixed_file(void)
{
    composed_file file = safetensors_of(mixed_header);
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

static const lw_tensor *find(const lw_safetensors *file, const char *name, size_t count)
{
    const lw_tensor *tensor = lw_safetensors_find(file, name);
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_eq(tensor->count, count);
    return tensor;
}

START_TEST(safetensors_reads_types_and_shapes)
{
    const composed_file composed = mixed_file();
    const char *path = save_composed(&composed, "mixed.safetensors");
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
    const lw_tensor *tensor = find(file, "narrow", 2);
    ck_assert_uint_eq(tensor->dimensions, 2);
    ck_assert_uint_eq(tensor->shape[0], 1);
    ck_assert_uint_eq(tensor->shape[1], 2);
    ASSERT_OK(lw_safetensors_copy_f64(file, tensor, f64));
    ck_assert_double_eq(f64[1], (double)-0.1f);

    tensor = find(file, "wide", 3);
    ASSERT_OK(lw_safetensors_copy_f64(file, tensor, f64));
    ck_assert(f64[0] == 0.1 && f64[1] == 1e39 && isnan(f64[2]));
    ASSERT_REFUSED(LW_EDATA, path, "'wide', element 1", lw_safetensors_copy_f32(file, tensor, f32));
    ck_assert_float_eq(f32[0], -1.0f);

    tensor = find(file, "whole", 2);
    ASSERT_OK(lw_safetensors_copy_f32(file, tensor, f32));
    ck_assert(f32[0] == 7.0f && f32[1] == -1.0f);

    tensor = find(file, "half", 1);
    ck_assert_uint_eq(tensor->dimensions, 0);
    ASSERT_REFUSED(LW_EFORMAT, path, "'half' is of type F16",
                   lw_safetensors_copy_f32(file, tensor, f32));
    find(file, "none", 0);
    lw_safetensors_close(file);
    lw_safetensors_close(NULL);
}
END_TEST

static void refuse_file(lw_status expected, const char *place, const char *path)
{
    lw_safetensors *file = (lw_safetensors *)(void *)&file;
    ASSERT_REFUSED(expected, path, place, lw_safetensors_open(&file, path));
    ck_assert_ptr_eq(file, &file);
}

/* A header in front of 8 bytes of data. */
static void refuse_header(const char *place, const char *header)
{
    composed_file composed = safetensors_of(header);
    add_number_le(&composed, 8, 0);
    refuse_file(LW_EFORMAT, place, save_composed(&composed, "wrong.safetensors"));
}

START_TEST(safetensors_refuses_wrong_headers)
{
    static const struct {
        const char *place, *header;
    } cases[] = {
        {"no bytes", ""},
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
        {"'a': data_offsets hold 8",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}"},
        {"4 bytes of data belong",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"},
        {"'a' begins at byte 4",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"},
        {"begins at byte 0 of the data, but the one before it ends at byte 8",
         "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"},
        {"'b' begins at byte 4 of the data, but the one before it ends at byte 8",
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
        refuse_header(cases[k].place, cases[k].header);
}
END_TEST

START_TEST(safetensors_refuses_what_is_no_file)
{
    composed_file composed = mixed_file();
    for (size_t size = 0; size < composed.size; size++)
        refuse_file(LW_EFORMAT, "", temp_file("cut.safetensors", composed.bytes, size));
    add_number_le(&composed, 1, 0);
    refuse_file(LW_EFORMAT, "1 bytes of data", save_composed(&composed, "longer.safetensors"));

    static const unsigned char huge[] = {255, 255, 255, 255, 255, 255, 255, 127, '{', '}'};
    refuse_file(LW_EFORMAT, "the length at byte 0",
                temp_file("huge.safetensors", huge, sizeof huge));
    refuse_file(LW_EFORMAT, "ends at byte 7", temp_file("seven.safetensors", huge, 7));
    refuse_file(LW_EIO, "No such file", temp_path("missing.safetensors"));
    refuse_file(LW_EIO, "regular", temp_path("."));
}
END_TEST

START_TEST(safetensors_survives_any_byte)
{
    const composed_file composed = mixed_file();
    static const unsigned char flips[] = {0x01, 0x10, 0x80};
    for (size_t at = 0; at < 8 + sizeof mixed_header - 1; at++)
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
        ASSERT_OK(lw_safetensors_copy_f32(file, find(file, "matrix \"1\"", 6), copy));
        ck_assert_mem_eq(copy, values, sizeof copy);
        ASSERT_OK(lw_safetensors_copy_f32(file, find(file, "v", 1), copy));
        ck_assert_float_eq(copy[0], 7.0f);
        lw_safetensors_close(file);
    }
    ck_assert_uint_eq(temp_count(), 1);
}
END_TEST

/* ---- Saved networks ------------------------------------------------------------------------ */

enum { INPUTS = 3, LAYERS = 2 };

static const lw_layer_spec small_layers[LAYERS] = {
    {.units = 4, .activation = LW_LEAKY_RELU, .init = LW_INIT_NORMAL},
    {.units = 2, .activation = LW_SOFTMAX},
};

static lw_net *small_net(uint64_t seed)
{
    return make_net(INPUTS, small_layers, LAYERS, seed);
}

static const char *save_small(const char *name)
{
    const char *path = temp_path(name);
    lw_net *net = small_net(1);
    ASSERT_OK(lw_net_save(net, path));
    lw_net_destroy(net);
    return path;
}

static int same_parameters(const lw_net *a, const lw_net *b)
{
    float *left = parameters_of(a), *right = parameters_of(b);
    const int same = memcmp(left, right, lw_net_parameter_count(a) * sizeof *left) == 0;
    free(left);
    free(right);
    return same;
}

START_TEST(activations_have_names)
{
    for (int i = LW_LINEAR; i <= LW_SOFTMAX; i++) {
        lw_activation parsed = LW_LINEAR;
        ASSERT_OK(lw_activation_parse(lw_activation_name((lw_activation)i), &parsed));
        ck_assert_int_eq((int)parsed, i);
    }
    lw_activation parsed = LW_GELU;
    ck_assert_str_eq(lw_activation_name(LW_LEAKY_RELU), "leaky_relu");
    ck_assert_str_eq(lw_activation_name((lw_activation)99), "unknown activation");
    ASSERT_FAILS(LW_EINVAL, "'ReLU'", lw_activation_parse("ReLU", &parsed));
    ASSERT_FAILS(LW_EINVAL, "name", lw_activation_parse(NULL, &parsed));
    ASSERT_FAILS(LW_EINVAL, "activation", lw_activation_parse("relu", NULL));
    ck_assert_int_eq((int)parsed, LW_GELU);
}
END_TEST

START_TEST(a_network_comes_back_as_it_was)
{
    const lw_layer_spec layers[] = {
        {.units = 1, .activation = LW_LINEAR},     {.units = 17, .activation = LW_RELU},
        {.units = 5, .activation = LW_LEAKY_RELU}, {.units = 33, .activation = LW_SIGMOID},
        {.units = 2, .activation = LW_TANH},       {.units = 9, .activation = LW_GELU},
        {.units = 3, .activation = LW_SILU},       {.units = 4, .activation = LW_SOFTMAX},
    };
    enum { COUNT = sizeof layers / sizeof *layers };
    lw_net *net = make_net(7, layers, COUNT, 3), *loaded, *other = make_net(7, layers, COUNT, 4);
    const char *path = temp_path("net.safetensors");
    ASSERT_OK(lw_net_save(net, path));
    ck_assert_uint_eq(temp_count(), 1);
    ASSERT_OK(lw_net_load(&loaded, path));
    ck_assert_uint_eq(lw_net_inputs(loaded), 7);
    ck_assert_uint_eq(lw_net_layer_count(loaded), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        lw_layer_info info;
        ASSERT_OK(lw_net_layer_info(loaded, i, &info));
        ck_assert_uint_eq(info.out, layers[i].units);
        ck_assert_int_eq((int)info.activation, (int)layers[i].activation);
    }
    ck_assert(same_parameters(net, loaded));
    ck_assert(!same_parameters(net, other));
    ASSERT_OK(lw_net_load_parameters(other, path));
    ck_assert(same_parameters(net, other));
    lw_net_destroy(net);
    lw_net_destroy(loaded);
    lw_net_destroy(other);
}
END_TEST

START_TEST(weights_are_stored_out_in)
{
    lw_net *net = small_net(1);
    float w[INPUTS * 4], b[4], stored[INPUTS * 4];
    for (size_t i = 0; i < INPUTS * 4; i++)
        w[i] = (float)i;
    for (size_t i = 0; i < 4; i++)
        b[i] = -(float)i;
    ASSERT_OK(lw_net_set_layer(net, 0, w, b));
    const char *path = temp_path("net.safetensors");
    ASSERT_OK(lw_net_save(net, path));
    lw_net_destroy(net);

    lw_safetensors *file;
    ASSERT_OK(lw_safetensors_open(&file, path));
    const lw_tensor *weight = find(file, "layers.0.weight", INPUTS * 4);
    ck_assert_uint_eq(weight->shape[0], 4);
    ck_assert_uint_eq(weight->shape[1], INPUTS);
    ASSERT_OK(lw_safetensors_copy_f32(file, weight, stored));
    for (size_t out = 0; out < 4; out++)
        for (size_t in = 0; in < INPUTS; in++)
            ck_assert_float_eq(stored[out * INPUTS + in], w[in * 4 + out]);
    ASSERT_OK(lw_safetensors_copy_f32(file, find(file, "layers.0.bias", 4), stored));
    ck_assert_mem_eq(stored, b, sizeof b);
    ck_assert_str_eq(lw_safetensors_metadata(file, "lanewise"), "1");
    ck_assert_str_eq(lw_safetensors_metadata(file, "inputs"), "3");
    ck_assert_str_eq(lw_safetensors_metadata(file, "units"), "4,2");
    ck_assert_str_eq(lw_safetensors_metadata(file, "activations"), "leaky_relu,softmax");
    lw_safetensors_close(file);
}
END_TEST

/* A file from elsewhere: 2-1, tensors in another order, one of float64, others beside them. */
static composed_file foreign_file(double second_weight)
{
    composed_file file = safetensors_of(
        "{\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"layers.0.running\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[4,8]},"
        "\"layers.0.weight\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[8,24]}}");
    add_f32(&file, 0.5f);
    add_number_le(&file, 4, 0);
    add_f64(&file, 0.1);
    add_f64(&file, second_weight);
    return file;
}

START_TEST(parameters_come_from_elsewhere)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_TANH};
    lw_net *net = make_net(2, &layer, 1, 1), *loaded = net;
    const composed_file file = foreign_file(-2.0);
    const char *path = save_composed(&file, "foreign.safetensors");
    ASSERT_OK(lw_net_load_parameters(net, path));
    float flat[3];
    ASSERT_OK(lw_net_get_parameters(net, flat));
    ck_assert(flat[0] == 0.1f && flat[1] == -2.0f && flat[2] == 0.5f);
    ASSERT_REFUSED(LW_EFORMAT, path, "no 'lanewise'", lw_net_load(&loaded, path));
    ck_assert_ptr_eq(loaded, net);
    lw_net_destroy(net);
}
END_TEST

static void refuse_parameters(lw_status expected, const char *place, lw_net *net, const char *path)
{
    float *before = parameters_of(net);
    ASSERT_REFUSED(expected, path, place, lw_net_load_parameters(net, path));
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    free(before);
    free(after);
}

static void refuse_net(lw_status expected, const char *place, const char *path)
{
    lw_net *net = (lw_net *)(void *)&net;
    ASSERT_REFUSED(expected, path, place, lw_net_load(&net, path));
    ck_assert_ptr_eq(net, &net);
}

START_TEST(parameters_that_are_not_finite_are_refused)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_TANH};
    static const double unusable[] = {NAN, INFINITY, -INFINITY, 1e39};
    lw_net *net = make_net(2, &layer, 1, 1);
    for (size_t k = 0; k < 4; k++) {
        const composed_file file = foreign_file(unusable[k]);
        refuse_parameters(LW_EDATA, "'layers.0.weight', element 1", net,
                          save_composed(&file, "foreign.safetensors"));
    }

    const char *path = temp_path("net.safetensors");
    ASSERT_OK(lw_net_save(net, path));
    size_t size, size_after;
    unsigned char *before = file_bytes(path, &size);
    const float flat[] = {1.0f, 2.0f, NAN};
    ASSERT_OK(lw_net_set_parameters(net, flat));
    ASSERT_REFUSED(LW_EDATA, path, "element 0 of 'layers.0.bias'", lw_net_save(net, path));
    unsigned char *after = file_bytes(path, &size_after);
    ck_assert_uint_eq(size_after, size);
    ck_assert_mem_eq(after, before, size);
    ck_assert_uint_eq(temp_count(), 2);

    /* The same value in a file that lw_net_save wrote. */
    memset(after + size - 4, 0xff, 4);
    refuse_net(LW_EDATA, "'layers.0.bias', element 0",
               temp_file("damaged.safetensors", after, size));
    free(before);
    free(after);
    lw_net_destroy(net);
}
END_TEST

START_TEST(parameters_of_another_shape_are_refused)
{
    static const struct {
        lw_layer_spec layers[3];
        size_t inputs, count;
        const char *place;
    } cases[] = {
        {{{.units = 4}, {.units = 2}}, 4, 2, "'layers.0.weight' is 4 x 3; 4 x 4 is needed"},
        {{{.units = 5}, {.units = 2}}, 3, 2, "'layers.0.weight' is 4 x 3; 5 x 3 is needed"},
        {{{.units = 4}, {.units = 1}}, 3, 2, "'layers.1.weight' is 2 x 4; 1 x 4 is needed"},
        {{{.units = 3}, {.units = 2}}, 4, 2, "'layers.0.weight' is 4 x 3; 3 x 4 is needed"},
        {{{.units = 4}}, 3, 1, "has a tensor 'layers.1.weight', but the network has 1 layers"},
        {{{.units = 4}, {.units = 2}, {.units = 2}}, 3, 3, "no tensor 'layers.2.weight'"},
    };
    const char *path = save_small("net.safetensors");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lw_net *net = make_net(cases[k].inputs, cases[k].layers, cases[k].count, 2);
        refuse_parameters(LW_ESHAPE, cases[k].place, net, path);
        lw_net_destroy(net);
    }
}
END_TEST

/* Tensors of a 2-1 network, each wrong in one way; there are 24 bytes of data. */
START_TEST(tensors_that_do_not_fit_are_refused)
{
    static const char good_weight[] =
        "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}";
    static const struct {
        lw_status expected;
        const char *place, *weight, *bias;
    } cases[] = {
        {LW_ESHAPE, "'layers.0.weight' has 1 dimensions; 2 are needed",
         "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", NULL},
        {LW_ESHAPE, "no tensor 'layers.0.bias'", good_weight,
         "\"layers.1.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}"},
        {LW_ESHAPE, "'layers.0.bias' has 2 dimensions; 1 are needed", good_weight,
         "\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1,4],\"data_offsets\":[8,24]}"},
        {LW_ESHAPE, "'layers.0.bias' has 4 elements; 1 are needed", good_weight,
         "\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}"},
        {LW_EFORMAT, "'layers.0.bias' is of type I64; F32 or F64 is needed", good_weight,
         "\"layers.0.bias\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[8,24]}"},
        {LW_EFORMAT, "'layers.0.weight' is of type F16",
         "\"layers.0.weight\":{\"dtype\":\"F16\",\"shape\":[1,4],\"data_offsets\":[0,8]}", NULL},
    };
    static const char rest[] = "\"rest\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[8,24]}";
    const lw_layer_spec layer = {.units = 1, .activation = LW_SIGMOID};
    lw_net *net = make_net(2, &layer, 1, 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char header[512];
        snprintf(header, sizeof header, "{%s,%s}", cases[k].weight,
                 cases[k].bias ? cases[k].bias : rest);
        composed_file file = safetensors_of(header);
        for (size_t i = 0; i < 3; i++)
            add_number_le(&file, 8, 0);
        refuse_parameters(cases[k].expected, cases[k].place, net,
                          save_composed(&file, "wrong.safetensors"));
    }
    lw_net_destroy(net);
}
END_TEST

/* A 2-1 network with this metadata. */
static const char *save_described(const char *metadata)
{
    char header[1024];
    snprintf(header, sizeof header,
             "{\"__metadata__\":{%s},"
             "\"layers.0.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
             "\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
             metadata);
    composed_file file = safetensors_of(header);
    for (size_t i = 0; i < 3; i++)
        add_f32(&file, (float)i);
    return save_composed(&file, "described.safetensors");
}

#define DESCRIBE(version, inputs, units, activations)                                              \
    "\"lanewise\":\"" version "\",\"inputs\":\"" inputs "\",\"units\":\"" units                    \
    "\",\"activations\":\"" activations "\""

START_TEST(architectures_that_make_no_sense_are_refused)
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
        {LW_ESHAPE, "no tensor 'layers.1.weight'", DESCRIBE("1", "2", "1,1", "tanh,relu")},
        {LW_ESHAPE, "'layers.0.weight' is 1 x 2; 1 x 3 is needed", DESCRIBE("1", "3", "1", "tanh")},
        {LW_ESHAPE, "'layers.0.weight' is 1 x 2; 2 x 2 is needed", DESCRIBE("1", "2", "2", "tanh")},
        {LW_ESHAPE, "'layers.0.weight' is 1 x 2",
         DESCRIBE("1", "4294967296", "4294967296", "tanh")},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        refuse_net(cases[k].expected, cases[k].place, save_described(cases[k].metadata));

    lw_net *net;
    ASSERT_OK(lw_net_load(&net, save_described(DESCRIBE("1", "2", "1", "tanh"))));
    lw_net_destroy(net);
}
END_TEST

START_TEST(a_cut_network_is_refused)
{
    size_t size;
    unsigned char *bytes = file_bytes(save_small("net.safetensors"), &size);
    lw_net *net = small_net(9);
    for (size_t cut_size = 0; cut_size < size; cut_size++) {
        const char *cut = temp_file("cut.safetensors", bytes, cut_size);
        refuse_net(LW_EFORMAT, "", cut);
        refuse_parameters(LW_EFORMAT, "", net, cut);
    }
    free(bytes);
    lw_net_destroy(net);
}
END_TEST

START_TEST(a_damaged_header_is_refused_or_read)
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

START_TEST(networks_are_not_saved_where_that_is_impossible)
{
    lw_net *net = small_net(1), *loaded = net;
    const char *in_missing = temp_path("missing/net.safetensors"), *directory = temp_path(".");
    ASSERT_REFUSED(LW_EIO, in_missing, "No such file", lw_net_save(net, in_missing));
    ASSERT_REFUSED(LW_EIO, directory, "directory", lw_net_save(net, directory));
    ck_assert_uint_eq(temp_count(), 0);
    refuse_net(LW_EIO, "No such file", in_missing);
    refuse_parameters(LW_EIO, "No such file", net, in_missing);

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
    Suite *suite = suite_create("models");
    TCase *safetensors = temp_files_case("safetensors");
    tcase_add_test(safetensors, safetensors_reads_types_and_shapes);
    tcase_add_test(safetensors, safetensors_refuses_wrong_headers);
    tcase_add_test(safetensors, safetensors_refuses_what_is_no_file);
    tcase_add_test(safetensors, safetensors_survives_any_byte);
    tcase_add_test(safetensors, safetensors_writes_aligned_data);
    suite_add_tcase(suite, safetensors);

    TCase *nets = temp_files_case("networks");
    tcase_add_test(nets, activations_have_names);
    tcase_add_test(nets, a_network_comes_back_as_it_was);
    tcase_add_test(nets, weights_are_stored_out_in);
    tcase_add_test(nets, parameters_come_from_elsewhere);
    tcase_add_test(nets, parameters_that_are_not_finite_are_refused);
    tcase_add_test(nets, parameters_of_another_shape_are_refused);
    tcase_add_test(nets, tensors_that_do_not_fit_are_refused);
    tcase_add_test(nets, architectures_that_make_no_sense_are_refused);
    tcase_add_test(nets, a_cut_network_is_refused);
    tcase_add_test(nets, a_damaged_header_is_refused_or_read);
    tcase_add_test(nets, networks_are_not_saved_where_that_is_impossible);
    suite_add_tcase(suite, nets);
    return run_suite(suite);
}
