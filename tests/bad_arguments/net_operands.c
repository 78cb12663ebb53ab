#include "net_operands.h"

#include "train/net.h"

#include <stdlib.h>
#include <string.h>

struct operands s;

/* Filled by watch_operands. */
static char long_text[8192];
const char *const bad_texts[BAD_TEXTS] = {"", "no/such/%s%n%d%s", "no/such/\033[31m\n\t",
                                          long_text};

void watch_operands(void)
{
    memset(long_text, 'a', sizeof long_text - 1);
    for (size_t i = 0; i < CAPACITY; i++) {
        s.x[i] = s.y[i] = s.flat[i] = s.w[i] = (float)(i % 5) * 0.25f - 0.5f;
        s.parameters[i] = s.gradient[i] = 0.5;
        s.labels[i] = (int32_t)(i % OUTPUTS);
    }
    s.target = (lw_target){.values = s.y};
    s.by_label = (lw_target){.labels = s.labels};
    s.both = (lw_target){.values = s.y, .labels = s.labels};
    s.data = (lw_dataset){
        .rows = ROWS, .inputs = INPUTS, .outputs = OUTPUTS, .x = s.x, .target = s.by_label};
    watch_memory(&s, sizeof s);
}

static const lw_layer_spec layers[] = {{.units = HIDDEN, .activation = LW_ACTIVATION_GELU},
                                       {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX}};

static lw_net *trained_net(void)
{
    lw_net *net;
    const lw_optimizer adam = lw_adam(0.01f);
    ck_assert_int_eq(lw_net_create_mlp(&net, INPUTS, layers, 2, 7), LW_OK);
    ck_assert_int_eq(lw_train_step(net, LW_LOSS_DEFAULT, &adam, ROWS, s.x, &s.by_label, NULL),
                     LW_OK);
    return net;
}

lw_net *watched_net(void)
{
    watch_operands();
    lw_net *net = trained_net();
    const size_t bytes = net->padded_count * sizeof(float);
    watch_memory(net->parameters, bytes);
    watch_memory(net->optimizer.velocity, bytes);
    watch_memory(net->optimizer.variance, bytes);
    return net;
}

void expect_usable(lw_net *net)
{
    enum { LONGEST = 256 };
    float got[LONGEST], want[LONGEST];
    unwatch_memory();
    lw_net *twin = trained_net();
    lw_net *const both[] = {net, twin};
    const lw_optimizer adam = lw_adam(0.01f);
    ck_assert_uint_le(lw_net_parameter_count(twin), LONGEST);
    for (size_t i = 0; i < 2; i++) {
        lw_fit_options options = {
            .size = sizeof options, .optimizer = adam, .batch_size = 4, .epochs = 2};
        ck_assert_int_eq(lw_fit(both[i], &s.data, &options), LW_OK);
        ck_assert_int_eq(lw_net_get_parameters(both[i], i == 0 ? got : want), LW_OK);
    }
    ck_assert_mem_eq(got, want, lw_net_parameter_count(twin) * sizeof(float));
    lw_net_destroy(net);
    lw_net_destroy(twin);
}
