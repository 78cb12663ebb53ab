/* Bad arguments of nn.h: networks, their parameters, and the calls of a custom training loop. */
#include "net_operands.h"

#include <lanewise/ranks.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Networks -------------------------------------------------------------------------------- */

static void net_create(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "net", lw_net_create(NULL, 3, 1));
    REFUSES(LW_EINVAL, "input", lw_net_create(&s.handle, 0, 1));
}

static void add_dense(lw_status (*add)(lw_net *net, size_t units, lw_activation activation))
{
    watch_operands();
    lw_net *net;
    ck_assert_int_eq(lw_net_create(&net, 3, 1), LW_OK);
    REFUSES(LW_EINVAL, "net", add(NULL, 4, LW_ACTIVATION_RELU));
    REFUSES(LW_EINVAL, "units", add(net, 0, LW_ACTIVATION_RELU));
    REFUSES(LW_EINVAL, "softmax", add(net, 1, LW_ACTIVATION_SOFTMAX));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "activation",
                add(net, 4, (lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i)));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "overflow", add(net, huge_sizes[i], LW_ACTIVATION_RELU));
    REFUSES(LW_ENOMEM, "memory", add(net, (size_t)1 << 50, LW_ACTIVATION_RELU));
    HOLDS(lw_net_layer_count(net) == 0 && lw_net_parameter_count(net) == 0);
    ck_assert_int_eq(add(net, 4, LW_ACTIVATION_SOFTMAX), LW_OK);
    REFUSES(LW_EINVAL, "softmax", add(net, 4, LW_ACTIVATION_RELU));
    HOLDS(lw_net_layer_count(net) == 1);
    lw_net_destroy(net);
}

static void net_add_dense(void)
{
    add_dense(lw_net_add_dense);
}

static lw_status add_with_init(lw_net *net, size_t units, lw_activation activation)
{
    return lw_net_add_dense_init(net, units, activation, LW_INIT_HE, 0.0f);
}

static void net_add_dense_init(void)
{
    add_dense(add_with_init);
    lw_net *net;
    ck_assert_int_eq(lw_net_create(&net, 3, 1), LW_OK);
#define ADD(init, scale) lw_net_add_dense_init(net, 4, LW_ACTIVATION_RELU, init, scale)
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "initialisation", ADD((lw_init)BAD_ENUM(LW_INIT_HE, i), 0.0f));
    static const float scales[] = {-1.0f, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        REFUSES(LW_EINVAL, "init_scale", ADD(LW_INIT_NORMAL, scales[i]));
#undef ADD
    lw_net_destroy(net);
}

static void net_clone(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "clone", lw_net_clone(NULL, net));
    REFUSES(LW_EINVAL, "net", lw_net_clone(&s.handle, NULL));
    expect_usable(net);
}

static void net_create_mlp(void)
{
    watch_operands();
    lw_layer_spec bad[2];
    const lw_layer_spec good[2] = {{.units = 4, .activation = LW_ACTIVATION_RELU},
                                   {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}};
#define CREATE(inputs, specs, count) lw_net_create_mlp(&s.handle, inputs, specs, count, 1)
#define WITH(field, value)           (memcpy(bad, good, sizeof bad), bad[0].field = (value), bad)
    REFUSES(LW_EINVAL, "net", lw_net_create_mlp(NULL, 3, good, 2, 1));
    REFUSES(LW_EINVAL, "input", CREATE(0, good, 2));
    REFUSES(LW_EINVAL, "layer", CREATE(3, NULL, 2));
    REFUSES(LW_EINVAL, "layer", CREATE(3, good, 0));
    REFUSES(LW_EINVAL, "units", CREATE(3, WITH(units, 0), 2));
    REFUSES(LW_EINVAL, "softmax", CREATE(3, WITH(activation, LW_ACTIVATION_SOFTMAX), 2));
    for (int i = 0; i < BAD_ENUMS; i++) {
        REFUSES(LW_EINVAL, "activation",
                CREATE(3, WITH(activation, (lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i)), 2));
        REFUSES(LW_EINVAL, "initialisation",
                CREATE(3, WITH(init, (lw_init)BAD_ENUM(LW_INIT_HE, i)), 2));
    }
    static const float scales[] = {-1.0f, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        REFUSES(LW_EINVAL, "init_scale", CREATE(3, WITH(init_scale, scales[i]), 2));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "overflow", CREATE(huge, good, 2));
        REFUSES(LW_EINVAL, "overflow", CREATE(3, WITH(units, huge), 2));
        REFUSES(LW_EINVAL, "overflow", CREATE(3, good, huge));
    }
    /* One unit with 2^62 weights, which exceed the address space; and weights that fit while the
     * padding between their panels does not. */
    REFUSES(LW_EINVAL, "overflow", CREATE(1, WITH(units, (size_t)PTRDIFF_MAX / 4), 1));
    bad[0] = (lw_layer_spec){.units = 33};
    REFUSES(LW_EINVAL, "overflow", CREATE(SIZE_MAX / 33 - 2, bad, 1));
    REFUSES(LW_ENOMEM, "memory", CREATE((size_t)1 << 50, good, 2));
#undef CREATE
#undef WITH
}

static void net_destroy(void)
{
    HARMLESS(lw_net_destroy(NULL));
}

static void net_inputs(void)
{
    HOLDS(lw_net_inputs(NULL) == 0);
}

static void net_outputs(void)
{
    HOLDS(lw_net_outputs(NULL) == 0);
}

static void net_layer_count(void)
{
    HOLDS(lw_net_layer_count(NULL) == 0);
}

static void net_parameter_count(void)
{
    HOLDS(lw_net_parameter_count(NULL) == 0);
}

static void net_memory(void)
{
    HOLDS(lw_net_memory(NULL) == 0);
}

static void net_seed(void)
{
    HOLDS(lw_net_seed(NULL) == 0);
}

static void net_precision(void)
{
    HOLDS(lw_net_precision(NULL) == LW_PRECISION_FP32);
}

static void net_set_threads(void)
{
    lw_net *net = watched_net();
    HARMLESS(lw_net_set_threads(NULL, 2));
    HARMLESS(lw_net_set_threads(net, UINT_MAX));
    ACCEPTS(lw_predict(net, ROWS, s.x, s.y));
    lw_net_set_threads(net, 0);
    expect_usable(net);
}

static void net_set_threshold(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net is NULL", lw_net_set_threshold(NULL, 0.5f));
    REFUSES(LW_EINVAL, "not finite", lw_net_set_threshold(net, NAN));
    REFUSES(LW_EINVAL, "inf is not finite", lw_net_set_threshold(net, INFINITY));
    HOLDS(lw_net_threshold(net) == 0.5f);
    expect_usable(net);
}

static void net_threshold(void)
{
    HOLDS(lw_net_threshold(NULL) == 0.5f);
}

static lw_status no_allreduce_f32(void *user, size_t n, float *x)
{
    (void)user;
    (void)n;
    (void)x;
    return LW_OK;
}

static lw_status no_allreduce_f64(void *user, size_t n, double *x)
{
    (void)user;
    (void)n;
    (void)x;
    return LW_OK;
}

static lw_status wait_for_nothing(void *user)
{
    (void)user;
    return LW_OK;
}

static void net_set_ranks(void)
{
    lw_net *net = watched_net();
    const lw_ranks good = {sizeof(lw_ranks), 0, 1, NULL, no_allreduce_f32, no_allreduce_f64,
                           wait_for_nothing};
    lw_ranks bad;
#define WITH(field, value) (bad = good, bad.field = (value), &bad)
    REFUSES(LW_EINVAL, "net", lw_net_set_ranks(NULL, &good));
    REFUSES(LW_EINVAL, "size", lw_net_set_ranks(net, WITH(size, 0)));
    REFUSES(LW_EINVAL, "size", lw_net_set_ranks(net, WITH(size, sizeof(lw_ranks) - 1)));
    REFUSES(LW_EINVAL, "size", lw_net_set_ranks(net, WITH(size, SIZE_MAX)));
    REFUSES(LW_EINVAL, "rank 1 of 1", lw_net_set_ranks(net, WITH(rank, 1)));
    REFUSES(LW_EINVAL, "of 1", lw_net_set_ranks(net, WITH(rank, UINT_MAX)));
    REFUSES(LW_EINVAL, "rank 0 of 0", lw_net_set_ranks(net, WITH(count, 0)));
    REFUSES(LW_EINVAL, "function", lw_net_set_ranks(net, WITH(allreduce_f32, NULL)));
    REFUSES(LW_EINVAL, "function", lw_net_set_ranks(net, WITH(allreduce_f64, NULL)));
    REFUSES(LW_EINVAL, "function", lw_net_set_ranks(net, WITH(wait, NULL)));
#undef WITH
    ACCEPTS(lw_net_set_ranks(net, NULL));
    expect_usable(net);
}

static int is_shard(lw_shard shard, size_t begin, size_t end, size_t of)
{
    return shard.begin == begin && shard.end == end && shard.of == of;
}

static void ranks_shard(void)
{
    lw_ranks ranks = {.rank = 1, .count = 3};
    HOLDS(is_shard(lw_ranks_shard(NULL, 7), 0, 1, 1));
    HOLDS(is_shard(lw_ranks_shard(&ranks, 0), 10, 21, 32));
    HOLDS(is_shard(lw_ranks_shard(&ranks, 2), 0, 1, 2));
    HOLDS(is_shard(lw_ranks_shard(&ranks, UINT32_MAX), UINT32_MAX / 3, UINT32_MAX / 3 * 2,
                   UINT32_MAX));
    HOLDS(is_shard(lw_ranks_shard(&ranks, (size_t)UINT32_MAX + 1), 1, 2, 3));
    HOLDS(is_shard(lw_ranks_shard(&ranks, LW_FULL_BATCH), 1, 2, 3));
    ranks.count = 0; /* an invalid rank group */
    HOLDS(is_shard(lw_ranks_shard(&ranks, 7), 0, 1, 1));
}

static void net_set_precision(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_set_precision(NULL, LW_PRECISION_BF16));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "precision",
                lw_net_set_precision(net, (lw_precision)BAD_ENUM(LW_PRECISION_BF16, i)));
    expect_usable(net);
}

static void net_initialize(void)
{
    REFUSES(LW_EINVAL, "net", lw_net_initialize(NULL, 1));
}

static void net_layer_info(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_layer_info(NULL, 0, &s.info));
    REFUSES(LW_EINVAL, "info", lw_net_layer_info(net, 0, NULL));
    REFUSES(LW_EINVAL, "layer", lw_net_layer_info(net, 2, &s.info));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "layer", lw_net_layer_info(net, huge_sizes[i], &s.info));
    expect_usable(net);
}

static void activation_name(void)
{
    for (int i = 0; i < BAD_ENUMS; i++)
        HOLDS(!strcmp(lw_activation_name((lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i)),
                      "unknown activation"));
}

static void activation_parse(void)
{
    watch_operands();
    REFUSES(LW_EINVAL, "name", lw_activation_parse(NULL, &s.activation));
    REFUSES(LW_EINVAL, "activation", lw_activation_parse("relu", NULL));
    REFUSES(LW_EINVAL, "activation", lw_activation_parse("ReLU", &s.activation));
    REFUSES(LW_EINVAL, "activation", lw_activation_parse("relu ", &s.activation));
    for (size_t i = 0; i < BAD_TEXTS; i++)
        REFUSES(LW_EINVAL, "activation", lw_activation_parse(bad_texts[i], &s.activation));
}

/* ---- Parameters ------------------------------------------------------------------------------ */

static void net_get_parameters(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_get_parameters(NULL, s.flat));
    REFUSES(LW_EINVAL, "flat", lw_net_get_parameters(net, NULL));
    expect_usable(net);
}

static void net_set_parameters(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_set_parameters(NULL, s.flat));
    REFUSES(LW_EINVAL, "flat", lw_net_set_parameters(net, NULL));
    expect_usable(net);
}

static void net_get_gradients(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_get_gradients(NULL, s.flat));
    REFUSES(LW_EINVAL, "flat", lw_net_get_gradients(net, NULL));
    REFUSES(LW_ESTATE, "backward", lw_net_get_gradients(net, s.flat));
    expect_usable(net);
}

static void net_set_gradients(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_set_gradients(NULL, s.flat));
    REFUSES(LW_EINVAL, "flat", lw_net_set_gradients(net, NULL));
    expect_usable(net);
}

static void net_get_layer(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_get_layer(NULL, 0, s.w, s.b));
    REFUSES(LW_EINVAL, "layer", lw_net_get_layer(net, 2, s.w, s.b));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "layer", lw_net_get_layer(net, huge_sizes[i], s.w, s.b));
    IDLE(lw_net_get_layer(net, 0, NULL, NULL));
    expect_usable(net);
}

static void net_set_layer(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_set_layer(NULL, 0, s.w, s.b));
    REFUSES(LW_EINVAL, "layer", lw_net_set_layer(net, 2, s.w, s.b));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "layer", lw_net_set_layer(net, huge_sizes[i], s.w, s.b));
    IDLE(lw_net_set_layer(net, 0, NULL, NULL));
    expect_usable(net);
}

static void net_get_layer_gradients(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_get_layer_gradients(NULL, 0, s.w, s.b));
    REFUSES(LW_ESTATE, "backward", lw_net_get_layer_gradients(net, 0, s.w, s.b));
    REFUSES(LW_EINVAL, "layer", lw_net_get_layer_gradients(net, 2, s.w, s.b));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "layer", lw_net_get_layer_gradients(net, huge_sizes[i], s.w, s.b));
    expect_usable(net);
}

/* ---- Optimizers ------------------------------------------------------------------------------ */

static void constructors(void)
{
    /* The constructor accepts any value; the call that uses the optimizer rejects it. */
    HOLDS(isnan(lw_sgd(NAN).learning_rate) && lw_sgd(NAN).kind == LW_OPTIMIZER_SGD);
    HOLDS(lw_sgd_momentum(-1.0f, INFINITY).momentum == INFINITY);
    HOLDS(lw_adam(-INFINITY).learning_rate == -INFINITY && lw_adam(0.0f).kind == LW_OPTIMIZER_ADAM);
    HOLDS(isnan(lw_adamw(1.0f, NAN).weight_decay) &&
          lw_adamw(1.0f, NAN).kind == LW_OPTIMIZER_ADAMW);
}

static void net_optimizer_info(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_optimizer_info(NULL, &s.optimizer));
    REFUSES(LW_EINVAL, "info", lw_net_optimizer_info(net, NULL));
    expect_usable(net);
}

/* ---- Custom training loops ------------------------------------------------------------------- */

static void net_reserve(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_reserve(NULL, 3));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "overflows", lw_net_reserve(net, huge_sizes[i]));
    REFUSES(LW_ENOMEM, "memory", lw_net_reserve(net, (size_t)1 << 50));
    IDLE(lw_net_reserve(net, 0));
    expect_usable(net);
    /* A small net, whose workspace differs. */
    const lw_layer_spec small = {.units = 1};
    ck_assert_int_eq(lw_net_create_mlp(&net, 2, &small, 1, 1), LW_OK);
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "overflows", lw_net_reserve(net, huge_sizes[i]));
    REFUSES(LW_ENOMEM, "memory", lw_net_reserve(net, (size_t)1 << 50));
    lw_net_destroy(net);
}

static void net_forward(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_forward(NULL, ROWS, s.x, s.y));
    REFUSES(LW_EINVAL, "x", lw_net_forward(net, ROWS, NULL, s.y));
    REFUSES(LW_EINVAL, "rows", lw_net_forward(net, 0, s.x, s.y));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "rows", lw_net_forward(net, huge_sizes[i], s.x, s.y));
    REFUSES(LW_ENOMEM, "memory", lw_net_forward(net, (size_t)1 << 50, s.x, s.y));
    IDLE(lw_net_forward(net, ROWS, s.x, NULL));
    expect_usable(net);
}

static void net_loss(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_loss(NULL, LW_LOSS_MSE, &s.target, &s.value));
    REFUSES(LW_ESTATE, "forward", lw_net_loss(net, LW_LOSS_MSE, &s.target, &s.value));
    ck_assert_int_eq(lw_net_forward(net, ROWS, s.x, NULL), LW_OK);
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "loss",
                lw_net_loss(net, (lw_loss)BAD_ENUM(LW_LOSS_CROSS_ENTROPY, i), &s.target, &s.value));
    REFUSES(LW_EINVAL, "target", lw_net_loss(net, LW_LOSS_MSE, NULL, &s.value));
    REFUSES(LW_EINVAL, "target", lw_net_loss(net, LW_LOSS_MSE, &(const lw_target){0}, &s.value));
    REFUSES(LW_EINVAL, "targets", lw_net_loss(net, LW_LOSS_MSE, &s.both, &s.value));
    REFUSES(LW_ESHAPE, "sigmoid",
            lw_net_loss(net, LW_LOSS_BINARY_CROSS_ENTROPY, &s.target, &s.value));
    static const int32_t labels[] = {-1, OUTPUTS, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        s.labels[ROWS - 1] = labels[i];
        REFUSES(LW_EDATA, "row", lw_net_loss(net, LW_LOSS_DEFAULT, &s.by_label, &s.value));
        s.labels[ROWS - 1] = 1;
    }
    IDLE(lw_net_loss(net, LW_LOSS_DEFAULT, &s.by_label, NULL));
    expect_usable(net);
}

static void net_backward(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_backward(NULL, s.y, NULL));
    REFUSES(LW_ESTATE, "forward", lw_net_backward(net, s.y, NULL));
    REFUSES(LW_ESTATE, "forward", lw_net_backward(net, NULL, NULL));
    ck_assert_int_eq(lw_net_forward(net, ROWS, s.x, NULL), LW_OK);
    REFUSES(LW_ESTATE, "loss", lw_net_backward(net, NULL, NULL));
    IDLE(lw_net_backward(net, s.y, NULL));
    expect_usable(net);
}

static void net_clip_gradients(void)
{
    static const float norms[] = {0.0f, -1.0f, NAN, -INFINITY};
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_net_clip_gradients(NULL, 1.0f, &s.value));
    REFUSES(LW_ESTATE, "backward", lw_net_clip_gradients(net, 1.0f, &s.value));
    ck_assert_int_eq(lw_net_set_gradients(net, s.flat), LW_OK);
    for (size_t i = 0; i < sizeof norms / sizeof *norms; i++)
        REFUSES(LW_EINVAL, "max_norm", lw_net_clip_gradients(net, norms[i], &s.value));
    IDLE(lw_net_clip_gradients(net, INFINITY, NULL));
    s.flat[0] = NAN;
    ck_assert_int_eq(lw_net_set_gradients(net, s.flat), LW_OK);
    REFUSES(LW_EDIVERGED, "norm", lw_net_clip_gradients(net, 1.0f, &s.value));
    expect_usable(net);
}

static void net_reset_optimizer(void)
{
    REFUSES(LW_EINVAL, "net", lw_net_reset_optimizer(NULL));
}

static void net_step(void)
{
    lw_net *net = watched_net();
    const lw_optimizer good = lw_adam(0.01f);
    lw_optimizer bad;
#define WITH(field, value) (bad = good, bad.field = (value), &bad)
    REFUSES(LW_EINVAL, "net", lw_net_step(NULL, &good));
    REFUSES(LW_EINVAL, "optimizer", lw_net_step(net, NULL));
    REFUSES(LW_ESTATE, "gradients", lw_net_step(net, &good));
    ck_assert_int_eq(lw_net_set_gradients(net, s.flat), LW_OK);
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "optimizer",
                lw_net_step(net, WITH(kind, (lw_optimizer_kind)BAD_ENUM(LW_OPTIMIZER_ADAMW, i))));
    static const float wrong[] = {NAN, INFINITY, -1.0f, -INFINITY};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        REFUSES(LW_EINVAL, "rate", lw_net_step(net, WITH(learning_rate, wrong[i])));
        REFUSES(LW_EINVAL, "decay", lw_net_step(net, WITH(weight_decay, wrong[i])));
        REFUSES(LW_EINVAL, "betas", lw_net_step(net, WITH(beta1, wrong[i])));
        REFUSES(LW_EINVAL, "betas", lw_net_step(net, WITH(beta2, wrong[i])));
        REFUSES(LW_EINVAL, "epsilon", lw_net_step(net, WITH(epsilon, wrong[i])));
        bad = lw_sgd_momentum(0.1f, wrong[i]);
        REFUSES(LW_EINVAL, "momentum", lw_net_step(net, &bad));
    }
    REFUSES(LW_EINVAL, "betas", lw_net_step(net, WITH(beta1, 1.0f)));
    bad = lw_sgd(0.1f);
    bad.nesterov = 1;
    REFUSES(LW_EINVAL, "momentum", lw_net_step(net, &bad));
#undef WITH
    expect_usable(net);
}

/* ---- Prediction ------------------------------------------------------------------------------ */

static void predict(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_predict(NULL, ROWS, s.x, s.y));
    REFUSES(LW_EINVAL, "x", lw_predict(net, ROWS, NULL, s.y));
    REFUSES(LW_EINVAL, "y", lw_predict(net, ROWS, s.x, NULL));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "rows", lw_predict(net, huge_sizes[i], s.x, s.y));
    IDLE(lw_predict(net, 0, NULL, NULL));
    expect_usable(net);
}

static void classify(void)
{
    lw_net *net = watched_net();
    REFUSES(LW_EINVAL, "net", lw_classify(NULL, ROWS, s.x, s.labels));
    REFUSES(LW_EINVAL, "x", lw_classify(net, ROWS, NULL, s.labels));
    REFUSES(LW_EINVAL, "label", lw_classify(net, ROWS, s.x, NULL));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "rows", lw_classify(net, huge_sizes[i], s.x, s.labels));
    IDLE(lw_classify(net, 0, NULL, NULL));
    expect_usable(net);
}

int main(int argc, char **argv)
{
    static const struct function_cases table[] = {
        {"lw_activation_name", activation_name},
        {"lw_activation_parse", activation_parse},
        {"lw_adam", constructors},
        {"lw_adamw", constructors},
        {"lw_classify", classify},
        {"lw_dataset_check", bad_dataset_check},
        {"lw_dataset_class", bad_dataset_class},
        {"lw_dataset_free", bad_dataset_free},
        {"lw_dataset_load_csv", bad_dataset_load_csv},
        {"lw_dataset_load_idx", bad_dataset_load_idx},
        {"lw_dataset_load_npy", bad_dataset_load_npy},
        {"lw_dataset_select", bad_dataset_select},
        {"lw_dataset_shard", bad_dataset_shard},
        {"lw_dataset_split", bad_dataset_split},
        {"lw_evaluate", bad_evaluate},
        {"lw_evaluation_free", bad_evaluation_free},
        {"lw_fit", bad_fit},
        {"lw_fit_source", bad_fit_source},
        {"lw_gradient_check", bad_gradient_check},
        {"lw_history_free", bad_history_free},
        {"lw_net_backward", net_backward},
        {"lw_net_clip_gradients", net_clip_gradients},
        {"lw_net_create", net_create},
        {"lw_net_create_mlp", net_create_mlp},
        {"lw_net_add_dense", net_add_dense},
        {"lw_net_add_dense_init", net_add_dense_init},
        {"lw_net_clone", net_clone},
        {"lw_net_destroy", net_destroy},
        {"lw_net_export_c", bad_net_export_c},
        {"lw_net_export_onnx", bad_net_export_onnx},
        {"lw_net_forward", net_forward},
        {"lw_net_get_gradients", net_get_gradients},
        {"lw_net_get_layer", net_get_layer},
        {"lw_net_get_layer_gradients", net_get_layer_gradients},
        {"lw_net_get_parameters", net_get_parameters},
        {"lw_net_gradient_check", bad_net_gradient_check},
        {"lw_net_import", bad_net_import},
        {"lw_net_import_with", bad_net_import_with},
        {"lw_net_initialize", net_initialize},
        {"lw_net_reset_optimizer", net_reset_optimizer},
        {"lw_net_inputs", net_inputs},
        {"lw_net_layer_count", net_layer_count},
        {"lw_net_layer_info", net_layer_info},
        {"lw_net_load", bad_net_load},
        {"lw_net_load_parameters", bad_net_load_parameters},
        {"lw_net_load_state", bad_net_load_state},
        {"lw_net_loss", net_loss},
        {"lw_net_memory", net_memory},
        {"lw_net_optimizer_info", net_optimizer_info},
        {"lw_net_outputs", net_outputs},
        {"lw_net_parameter_count", net_parameter_count},
        {"lw_net_precision", net_precision},
        {"lw_net_reserve", net_reserve},
        {"lw_net_save", bad_net_save},
        {"lw_net_save_state", bad_net_save_state},
        {"lw_net_seed", net_seed},
        {"lw_net_set_gradients", net_set_gradients},
        {"lw_net_set_layer", net_set_layer},
        {"lw_net_set_parameters", net_set_parameters},
        {"lw_net_set_precision", net_set_precision},
        {"lw_net_set_ranks", net_set_ranks},
        {"lw_ranks_shard", ranks_shard},
        {"lw_net_set_threads", net_set_threads},
        {"lw_net_set_threshold", net_set_threshold},
        {"lw_net_threshold", net_threshold},
        {"lw_net_step", net_step},
        {"lw_predict", predict},
        {"lw_sgd", constructors},
        {"lw_sgd_momentum", constructors},
        {"lw_net_schema", bad_net_schema},
        {"lw_net_set_schema", bad_net_set_schema},
        {"lw_schema_classes", bad_schema_getters},
        {"lw_schema_clone", bad_schema_clone},
        {"lw_schema_column_info", bad_schema_column_info},
        {"lw_schema_columns", bad_schema_getters},
        {"lw_schema_decode", bad_schema_decode},
        {"lw_schema_encode", bad_schema_encode},
        {"lw_schema_encode_arrays", bad_schema_encode_arrays},
        {"lw_schema_free", bad_schema_free},
        {"lw_schema_infer", bad_schema_infer},
        {"lw_schema_infer_arrays", bad_schema_infer_arrays},
        {"lw_schema_input_names", bad_schema_getters},
        {"lw_schema_inputs", bad_schema_getters},
        {"lw_schema_is_array", bad_schema_getters},
        {"lw_schema_table_options", bad_schema_table_options},
        {"lw_schema_target_info", bad_schema_target_info},
        {"lw_schema_targets", bad_schema_getters},
        {"lw_schema_task", bad_schema_getters},
        {"lw_split_rows", bad_split_rows},
        {"lw_table_column_name", bad_table_getters},
        {"lw_table_columns", bad_table_getters},
        {"lw_table_decimal", bad_table_getters},
        {"lw_table_field", bad_table_getters},
        {"lw_table_find_column", bad_table_find_column},
        {"lw_table_free", bad_table_free},
        {"lw_table_has_header", bad_table_getters},
        {"lw_table_is_text", bad_table_getters},
        {"lw_table_path", bad_table_getters},
        {"lw_table_read", bad_table_read},
        {"lw_table_rows", bad_table_getters},
        {"lw_table_separator", bad_table_getters},
        {"lw_train_step", bad_train_step},
        {"lw_npy_write_f32", bad_npy_write_f32},
        {"lw_npy_write_i32", bad_npy_write_i32},
    };
    return argc == 2 ? run_function_cases(argv[1], table, sizeof table / sizeof *table, NULL)
                     : EXIT_FAILURE;
}
