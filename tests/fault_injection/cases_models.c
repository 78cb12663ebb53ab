/* Cases that save and load networks and training states. */
#include "trials.h"

#include <stdlib.h>
#include <string.h>

enum { INPUTS = 5 };

static const lw_layer_spec layers[] = {{.units = 4, .activation = LW_ACTIVATION_SILU},
                                       {.units = 6, .activation = LW_ACTIVATION_TANH},
                                       {.units = 2}};

static lw_net *net, *loaded;
static lw_position position;

static void train(unsigned seed)
{
    static const float x[INPUTS] = {1.0f, -2.0f, 3.0f, 0.5f, 0.0f}, y[2] = {0.5f, 1.0f};
    const lw_optimizer adam = lw_adam(0.1f);
    REQUIRE_OK(lw_net_initialize(net, seed));
    REQUIRE_OK(lw_train_step(net, LW_LOSS_MSE, &adam, 1, x, &(lw_target){.values = y}, NULL));
}

static void prepare(void)
{
    position = (lw_position){0};
    REQUIRE_OK(lw_net_create_mlp(&net, INPUTS, layers, 3, 1));
    train(1);
}

/* The file exists already. */
static void prepare_over(void)
{
    prepare();
    write_text("model", "old contents");
}

/* Saves the network to files, then changes it. */
static void prepare_loading(void)
{
    prepare();
    REQUIRE_OK(lw_net_save(net, file_path("model")));
    REQUIRE_OK(lw_net_save_state(net, &(lw_position){.epochs = 7}, file_path("state")));
    train(2);
}

static void release(void)
{
    lw_net_destroy(net);
    lw_net_destroy(loaded);
    net = loaded = NULL;
}

static uint64_t observe(uint64_t hash)
{
    hash = hash_net(hash_bytes(hash, &position, sizeof position), net);
    return loaded ? hash_net(hash, loaded) : hash;
}

static lw_status save(void)
{
    return lw_net_save(net, file_path("model"));
}

static lw_status save_state(void)
{
    return lw_net_save_state(net, &(lw_position){.epochs = 3}, file_path("model"));
}

static lw_status export_onnx(void)
{
    return lw_net_export_onnx(net, file_path("model"));
}

static lw_status export_c(void)
{
    return lw_net_export_c(net, file_path("model"), "my_net");
}

static lw_status load(void)
{
    return lw_net_load(&loaded, file_path("model"));
}

static lw_status load_parameters(void)
{
    return lw_net_load_parameters(net, file_path("model"));
}

static lw_status import(void)
{
    return lw_net_import(&loaded, file_path("model"), LW_ACTIVATION_TANH, LW_ACTIVATION_LINEAR);
}

static lw_status import_with(void)
{
    static const char *const order[] = {"0", "2", "4"};
    return lw_net_import_with(&loaded, file_path("model"),
                              &(lw_import_options){.size = sizeof(lw_import_options),
                                                   .output = LW_ACTIVATION_TANH,
                                                   .order = order,
                                                   .order_count = 3,
                                                   .partial = 1});
}

static lw_status load_state(void)
{
    return lw_net_load_state(net, &position, file_path("state"));
}

const fault_case model_cases[] = {
    {"save", prepare, save, observe, release, NULL},
    {"save over a file", prepare_over, save, observe, release, NULL},
    {"save_state", prepare_over, save_state, observe, release, NULL},
    {"export_onnx", prepare_over, export_onnx, observe, release, NULL},
    {"export_c", prepare_over, export_c, observe, release, NULL},
    {"load", prepare_loading, load, observe, release, NULL},
    {"load_parameters", prepare_loading, load_parameters, observe, release, NULL},
    {"import", prepare_loading, import, observe, release, NULL},
    {"import_with", prepare_loading, import_with, observe, release, NULL},
    {"load_state", prepare_loading, load_state, observe, release, NULL},
    {0}};
