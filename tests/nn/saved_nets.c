#include "saved_nets.h"

#include <stdlib.h>

composed_file safetensors_of(const char *header)
{
    composed_file file = {.size = 0};
    add_number_le(&file, 8, strlen(header));
    add_bytes(&file, header, strlen(header));
    return file;
}

const lw_stored_tensor *find_tensor(const lw_safetensors *file, const char *name, size_t count)
{
    const lw_stored_tensor *tensor = lw_safetensors_find(file, name);
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_eq(tensor->count, count);
    return tensor;
}

const lw_layer_spec small_layers[LAYERS] = {
    {.units = 4, .activation = LW_ACTIVATION_LEAKY_RELU, .init = LW_INIT_NORMAL},
    {.units = 2, .activation = LW_ACTIVATION_SOFTMAX},
};

lw_net *small_net(uint64_t seed)
{
    return make_net(INPUTS, small_layers, LAYERS, seed);
}

const char *save_small(const char *name)
{
    const char *path = temp_path(name);
    lw_net *net = small_net(1);
    ASSERT_OK(lw_net_save(net, path));
    lw_net_destroy(net);
    return path;
}

int same_parameters(const lw_net *a, const lw_net *b)
{
    float *left = parameters_of(a), *right = parameters_of(b);
    const int same = memcmp(left, right, lw_net_parameter_count(a) * sizeof *left) == 0;
    free(left);
    free(right);
    return same;
}

composed_file other_program_file(double second_weight)
{
    composed_file file = safetensors_of(
        "{\"net.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"net.0.running\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[4,8]},"
        "\"net.0.weight\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[8,24]}}");
    add_f32(&file, 0.5f);
    add_number_le(&file, 4, 0);
    add_f64(&file, 0.1);
    add_f64(&file, second_weight);
    return file;
}

const char *save_numbered(const char *header, size_t floats)
{
    composed_file file = safetensors_of(header);
    for (size_t i = 0; i < floats; i++)
        add_f32(&file, (float)(i + 1));
    return save_composed(&file, "foreign.safetensors");
}
