/* Saved and loaded networks. */
#include "saved_nets.h"

#include <stdio.h>

START_TEST(activations_have_names)
{
    for (int i = LW_ACTIVATION_LINEAR; i <= LW_ACTIVATION_SOFTMAX; i++) {
        lw_activation parsed = LW_ACTIVATION_LINEAR;
        ASSERT_OK(lw_activation_parse(lw_activation_name((lw_activation)i), &parsed));
        ck_assert_int_eq((int)parsed, i);
    }
    lw_activation parsed = LW_ACTIVATION_GELU;
    ck_assert_str_eq(lw_activation_name(LW_ACTIVATION_LEAKY_RELU), "leaky_relu");
    ck_assert_str_eq(lw_activation_name((lw_activation)99), "unknown activation");
    ASSERT_FAILS(LW_EINVAL, "'ReLU'", lw_activation_parse("ReLU", &parsed));
    ASSERT_FAILS(LW_EINVAL, "name", lw_activation_parse(NULL, &parsed));
    ASSERT_FAILS(LW_EINVAL, "activation", lw_activation_parse("relu", NULL));
    ck_assert_int_eq((int)parsed, LW_ACTIVATION_GELU);
}
END_TEST

START_TEST(a_saved_network_loads_unchanged)
{
    const lw_layer_spec layers[] = {
        {.units = 1, .activation = LW_ACTIVATION_LINEAR},
        {.units = 17, .activation = LW_ACTIVATION_RELU},
        {.units = 5, .activation = LW_ACTIVATION_LEAKY_RELU},
        {.units = 33, .activation = LW_ACTIVATION_SIGMOID},
        {.units = 2, .activation = LW_ACTIVATION_TANH},
        {.units = 9, .activation = LW_ACTIVATION_GELU},
        {.units = 3, .activation = LW_ACTIVATION_SILU},
        {.units = 4, .activation = LW_ACTIVATION_SOFTMAX},
    };
    enum { COUNT = sizeof layers / sizeof *layers };
    lw_net *net = make_net(7, layers, COUNT, 3), *loaded, *other = make_net(7, layers, COUNT, 4);
    const char *path = temp_path("net.safetensors");
    ASSERT_OK(lw_net_save(net, path));
    ck_assert_uint_eq(temp_file_count(), 1);
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

START_TEST(weights_are_stored_as_out_in)
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
    const lw_stored_tensor *weight = find_tensor(file, "0.weight", INPUTS * 4);
    ck_assert_uint_eq(weight->shape[0], 4);
    ck_assert_uint_eq(weight->shape[1], INPUTS);
    ASSERT_OK(lw_safetensors_copy_f32(file, weight, stored));
    for (size_t out = 0; out < 4; out++)
        for (size_t in = 0; in < INPUTS; in++)
            ck_assert_float_eq(stored[out * INPUTS + in], w[in * 4 + out]);
    ASSERT_OK(lw_safetensors_copy_f32(file, find_tensor(file, "0.bias", 4), stored));
    ck_assert_mem_eq(stored, b, sizeof b);
    ck_assert_str_eq(lw_safetensors_metadata(file, "lanewise"), "1");
    ck_assert_str_eq(lw_safetensors_metadata(file, "inputs"), "3");
    ck_assert_str_eq(lw_safetensors_metadata(file, "units"), "4,2");
    ck_assert_str_eq(lw_safetensors_metadata(file, "activations"), "leaky_relu,softmax");
    lw_safetensors_close(file);
}
END_TEST

/* Modules are numbered as in nn.Sequential: one per Linear, and one per activation other than
 * linear. */
START_TEST(tensors_are_named_as_in_a_sequential)
{
    static const char *const names[] = {"0.weight", "2.weight", "3.weight", "4.weight", "6.weight"};
    static const lw_layer_spec layers[] = {{.units = 2, .activation = LW_ACTIVATION_RELU},
                                           {.units = 2, .activation = LW_ACTIVATION_LINEAR},
                                           {.units = 2, .activation = LW_ACTIVATION_LINEAR},
                                           {.units = 2, .activation = LW_ACTIVATION_GELU},
                                           {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}};
    enum { COUNT = sizeof layers / sizeof *layers };
    lw_net *net = make_net(2, layers, COUNT, 1);
    const char *path = temp_path("net.safetensors");
    ASSERT_OK(lw_net_save(net, path));
    lw_safetensors *file;
    ASSERT_OK(lw_safetensors_open(&file, path));
    ck_assert_uint_eq(lw_safetensors_count(file), 2 * COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        char bias[16];
        float stored[4], w[4];
        ASSERT_OK(lw_safetensors_copy_f32(file, find_tensor(file, names[i], 4), stored));
        ASSERT_OK(lw_net_get_layer(net, i, w, NULL));
        ck_assert(stored[0] == w[0] && stored[1] == w[2] && stored[2] == w[1]);
        snprintf(bias, sizeof bias, "%c.bias", names[i][0]);
        find_tensor(file, bias, 2);
    }
    lw_safetensors_close(file);
    lw_net_destroy(net);
}
END_TEST

START_TEST(parameters_load_from_another_network)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_TANH};
    lw_net *net = make_net(2, &layer, 1, 1), *loaded = net;
    const composed_file file = other_program_file(-2.0);
    const char *path = save_composed(&file, "foreign.safetensors");
    ASSERT_OK(lw_net_load_parameters(net, path));
    float flat[3];
    ASSERT_OK(lw_net_get_parameters(net, flat));
    ck_assert(flat[0] == 0.1f && flat[1] == -2.0f && flat[2] == 0.5f);
    ASSERT_FILE_REJECTED(LW_EFORMAT, path, "no 'lanewise'", lw_net_load(&loaded, path));
    ck_assert_ptr_eq(loaded, net);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *models = temp_files_case("models");
    tcase_add_test(models, activations_have_names);
    tcase_add_test(models, a_saved_network_loads_unchanged);
    tcase_add_test(models, weights_are_stored_as_out_in);
    tcase_add_test(models, tensors_are_named_as_in_a_sequential);
    tcase_add_test(models, parameters_load_from_another_network);
    return run_case("models", models);
}
