/* The layers that lw_net_import_with finds, orders and refuses in files of other programs. */
#include "saved_nets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lw_import_options make_options(void)
{
    return (lw_import_options){.size = sizeof(lw_import_options),
                               .hidden = LW_ACTIVATION_TANH,
                               .output = LW_ACTIVATION_LINEAR};
}

/* Asserts a network of these elements in the order of the flat view. */
static void expect_imported(const char *path, const lw_import_options *options, size_t count,
                            const float *expected)
{
    lw_net *net;
    ASSERT_OK(lw_net_import_with(&net, path, options));
    ck_assert_uint_eq(lw_net_parameter_count(net), count);
    float *flat = parameters_of(net);
    assert_same_bits(path, count, flat, expected);
    free(flat);
    lw_net_destroy(net);
}

static void expect_refused(const char *path, const lw_import_options *options, lw_status status,
                           const char *const *words)
{
    lw_net *net = (lw_net *)(void *)&net;
    for (; *words; words++)
        ASSERT_FILE_REJECTED(status, path, *words, lw_net_import_with(&net, path, options));
    ck_assert_ptr_eq(net, &net);
}
#define REFUSED(path, options, status, ...)                                                        \
    expect_refused(path, options, status, (const char *const[]){__VA_ARGS__, NULL})

/* z1 (1 x 2), a.fc2 (3 x 1) and out (1 x 3), which are sorted and stored in another order. */
/* clang-format off */
#define NAMED_LAYERS                                                                               \
    "{" MATRIX("out.weight", 1, 3, 0, 12) "," VECTOR("out.bias", 1, 12, 16) ","                    \
    MATRIX("z1.weight", 1, 2, 16, 24) "," VECTOR("z1.bias", 1, 24, 28) ","                         \
    MATRIX("a.fc2.weight", 3, 1, 28, 40) "," VECTOR("a.fc2.bias", 3, 40, 52) "}"
/* clang-format on */
static const float named[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 1, 2, 3, 4};

START_TEST(unique_shapes_give_the_order)
{
    const lw_import_options options = make_options();
    expect_imported(save_numbered(NAMED_LAYERS, 13), &options, 13, named);
}
END_TEST

START_TEST(a_single_unnumbered_layer_is_a_network)
{
    static const float expected[] = {1, 2, 3};
    const lw_import_options options = make_options();
    expect_imported(
        save_numbered("{" MATRIX("weight", 1, 2, 0, 8) "," VECTOR("bias", 1, 8, 12) "}", 3),
        &options, 3, expected);
}
END_TEST

/* clang-format off */
#define CIRCULAR_LAYERS                                                                            \
    "{" MATRIX("m.encode.weight", 1, 2, 0, 8) "," MATRIX("m.decode.weight", 2, 1, 8, 16) "}"
/* clang-format on */

START_TEST(ambiguous_shapes_need_an_order)
{
    static const char *const names[] = {"encode", "decode"}, *const full[] = {"m.decode",
                                                                              "m.encode"};
    static const float encode_first[] = {1, 2, 0, 3, 4, 0, 0},
                       decode_first[] = {3, 4, 0, 0, 1, 2, 0};
    lw_import_options options = make_options();
    const char *path = save_numbered(CIRCULAR_LAYERS, 4);
    REFUSED(path, &options, LW_ESHAPE, "'m.decode' (2 x 1), 'm.encode' (1 x 2)", "options->order",
            "options->prefix");
    options.prefix = "m";
    options.order = names;
    options.order_count = 2;
    expect_imported(path, &options, 7, encode_first);
    options.prefix = NULL;
    options.order = full;
    expect_imported(path, &options, 7, decode_first);
}
END_TEST

START_TEST(many_equal_layers_are_not_searched_for_long)
{
    enum { COUNT = 64 };
    char header[COUNT * 90], *next = header;
    for (int i = 0; i < COUNT; i++)
        next += sprintf(
            next, "%c\"l%dx.weight\":{\"dtype\":\"F32\",\"shape\":[%d,1],\"data_offsets\":[%d,%d]}",
            i == 0 ? '{' : ',', i, i < COUNT - 2 ? 1 : 2,
            4 * (i < COUNT - 2 ? i : 2 * i - COUNT + 2),
            4 * (i < COUNT - 2 ? i + 1 : 2 * i - COUNT + 4));
    sprintf(next, "}");
    const lw_import_options options = make_options();
    REFUSED(save_numbered(header, COUNT + 2), &options, LW_ESHAPE, "'l0x' (1 x 1)",
            " more; options->order");
}
END_TEST

START_TEST(numbers_that_do_not_chain_are_refused)
{
    lw_import_options options = make_options();
    static const char *const reverse[] = {"fc2", "fc1"};
    static const float expected[] = {3, 4, 0, 1, 2, 0, 0};
    const char *path = save_numbered(
        "{" MATRIX("fc1.weight", 2, 1, 0, 8) "," MATRIX("fc2.weight", 1, 3, 8, 20) "}", 5);
    REFUSED(path, &options, LW_ESHAPE, "'fc2.weight' is 1 x 3, but follows 'fc1.weight'",
            "options->order", "embedding");
    path = save_numbered(
        "{" MATRIX("fc1.weight", 2, 1, 0, 8) "," MATRIX("fc2.weight", 1, 2, 8, 16) "}", 4);
    options.order = reverse;
    options.order_count = 2;
    expect_imported(path, &options, 7, expected);
}
END_TEST

START_TEST(wrong_orders_are_refused)
{
    static const char *const orders[][3] = {
        {"z1", "fc2", "out"}, {"z1", "z1", "out"}, {"z1", "out", "a.fc2"}, {"z1", "a.fc2", "out"}};
    static const char *const reasons[] = {
        "has the name 'fc2'; layers: 'a.fc2' (3 x 1)", "'z1' is named twice",
        "'out.weight' is 1 x 3",
        "'out.*' (a dense layer outside the network, 2 tensors); options->prefix"};
    static const lw_status statuses[] = {LW_ESHAPE, LW_EINVAL, LW_ESHAPE, LW_ESHAPE};
    const char *path = save_numbered(NAMED_LAYERS, 13);
    for (size_t i = 0; i < 4; i++) {
        lw_import_options options = make_options();
        options.order = orders[i];
        options.order_count = i < 3 ? 3 : 2;
        REFUSED(path, &options, statuses[i], reasons[i]);
    }
}
END_TEST

/* clang-format off */
#define TWO_NETWORKS                                                                               \
    "{" MATRIX("actor.0.weight", 1, 2, 0, 8) "," VECTOR("actor.0.bias", 1, 8, 12) ","              \
    MATRIX("critic.0.weight", 1, 2, 12, 20) "," MATRIX("critic.2.weight", 1, 1, 20, 24) ","        \
    MATRIX("critics.0.weight", 1, 1, 24, 28) "}"
/* clang-format on */

START_TEST(a_prefix_selects_a_module)
{
    static const float actor[] = {1, 2, 3}, critic[] = {4, 5, 0, 6, 0};
    static const char *const order[] = {"0", "2"};
    const char *path = save_numbered(TWO_NETWORKS, 7);
    lw_import_options options = make_options();
    REFUSED(path, &options, LW_ESHAPE, "'actor.0'", "options->prefix");
    options.prefix = "actor";
    expect_imported(path, &options, 3, actor);
    options.prefix = "critic.";
    expect_imported(path, &options, 5, critic);
    options.order = order;
    options.order_count = 2;
    expect_imported(path, &options, 5, critic);
    options = make_options();
    options.prefix = "act";
    REFUSED(path, &options, LW_ESHAPE,
            "no tensor is under the prefix 'act'; the file has 'actor', 'critic', 'critics'");
}
END_TEST

/* What on_unplaced received. */
typedef struct unplaced {
    size_t count;
    char text[1000];
} unplaced;

static void record(void *user, const char *tensor, const char *reason)
{
    unplaced *to = user;
    to->count++;
    const size_t length = strlen(to->text);
    snprintf(to->text + length, sizeof to->text - length, "%s: %s\n", tensor, reason);
}

#define AFTER_LAYERS(tensors)                                                                      \
    "{" MATRIX("0.weight", 1, 2, 0, 8) "," MATRIX("3.weight", 1, 1, 8, 12) "," tensors "}"

/* Tensors after the layers 0 and 3, of 4 elements. */
/* clang-format off */
static const struct {
    const char *header, *kind;
} unsupported[] = {
    {AFTER_LAYERS(VECTOR("1.weight", 2, 12, 20) "," VECTOR("1.bias", 2, 20, 28)),
     "layer or group norm"},
    {AFTER_LAYERS(VECTOR("1.weight", 1, 12, 16) "," VECTOR("1.bias", 1, 16, 20) ","
                  VECTOR("1.running_mean", 1, 20, 24) "," VECTOR("1.running_var", 1, 24, 28)),
     "batch or instance norm"},
    {AFTER_LAYERS(VECTOR("1.running_var", 4, 12, 28)), "batch or instance norm"},
    {AFTER_LAYERS(VECTOR("1.num_batches_tracked", 4, 12, 28)), "batch or instance norm"},
    {AFTER_LAYERS(VECTOR("1.weight", 1, 12, 16) "," VECTOR("2.weight", 3, 16, 28)), "PReLU"},
    {AFTER_LAYERS(VECTOR("1.weight", 4, 12, 28)), "PReLU or RMS norm"},
    {AFTER_LAYERS("\"1.weight\":{\"dtype\":\"F32\",\"shape\":[1,2,2],\"data_offsets\":[12,28]}"),
     "convolution"},
    {AFTER_LAYERS(MATRIX("word_Embeddings.weight", 2, 2, 12, 28)), "embedding"},
    {AFTER_LAYERS(MATRIX("rnn.weight_ih_l0", 2, 2, 12, 28)), "recurrent layer"},
    {AFTER_LAYERS(MATRIX("a.in_proj_weight", 2, 2, 12, 28)), "attention"},
    {AFTER_LAYERS(MATRIX("1.weight_v", 2, 2, 12, 28)), "weight normalization"},
    {AFTER_LAYERS(VECTOR("0.scale", 4, 12, 28)), "not a dense layer's weight or bias"},
    {AFTER_LAYERS(VECTOR("scale", 4, 12, 28)), "not a dense layer's weight or bias"},
    {AFTER_LAYERS(VECTOR("1.bias", 4, 12, 28)), "not a dense layer's weight or bias"},
};
/* clang-format on */
enum { UNSUPPORTED = sizeof unsupported / sizeof *unsupported };

START_TEST(other_layers_are_refused_by_name)
{
    const char *path = save_numbered(unsupported[_i].header, 7);
    lw_import_options options = make_options();
    REFUSED(path, &options, LW_ESHAPE, unsupported[_i].kind, "options->partial");
    unplaced left = {0};
    static const float expected[] = {1, 2, 0, 3, 0};
    options.partial = 1;
    options.on_unplaced = record;
    options.user = &left;
    expect_imported(path, &options, 5, expected);
    ck_assert_uint_ge(left.count, 1);
    ck_assert_msg(strstr(left.text, unsupported[_i].kind) != NULL, "%s", left.text);
}
END_TEST

START_TEST(partial_imports_report_each_tensor)
{
    /* clang-format off */
    static const char header[] =
        "{" MATRIX("0.weight", 1, 2, 0, 8) "," VECTOR("0.bias", 1, 8, 12) ","
        MATRIX("2.weight", 2, 1, 12, 20) "," VECTOR("2.bias", 2, 20, 28) ","
        MATRIX("ema.0.weight", 1, 2, 28, 36) "," MATRIX("embedding.weight", 1, 1, 36, 40) ","
        MATRIX("01.weight", 1, 1, 40, 44) "," MATRIX("1234567890.weight", 1, 1, 44, 48) ","
        VECTOR("1.scale", 1, 48, 52) "}";
    /* clang-format on */
    static const float expected[] = {1, 2, 3, 4, 5, 6, 7};
    unplaced left = {0};
    lw_import_options options = make_options();
    const char *path = save_numbered(header, 13);
    options.on_unplaced = record;
    options.user = &left;
    REFUSED(path, &options, LW_ESHAPE, "'embedding.weight' (embedding)");
    ck_assert_uint_eq(left.count, 0);
    options.partial = 1;
    expect_imported(path, &options, 7, expected);
    ck_assert_str_eq(left.text, "01.weight: a dense layer outside the network\n"
                                "1.scale: not a dense layer's weight or bias\n"
                                "1234567890.weight: a dense layer outside the network\n"
                                "ema.0.weight: a dense layer outside the network\n"
                                "embedding.weight: embedding\n");
}
END_TEST

START_TEST(moments_of_a_training_state_are_ignored)
{
    lw_net *net = small_net(1), *imported;
    const float x[INPUTS] = {1.0f}, y[] = {1.0f, 1.0f, 1.0f, 1.0f};
    const lw_optimizer adam = lw_adam(0.1f);
    ASSERT_OK(lw_train_step(net, LW_LOSS_MSE, &adam, 1, x, &(lw_target){.values = y}, NULL));
    const char *path = temp_path("state");
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = 1}, path));
    const lw_import_options options = make_options();
    ASSERT_OK(lw_net_import_with(&imported, path, &options));
    ck_assert(same_parameters(net, imported));
    lw_net_destroy(net);
    lw_net_destroy(imported);
}
END_TEST

START_TEST(other_slopes_are_refused)
{
    static const char *const slopes[] = {"0.2", "0.01", "steep"};
    for (size_t i = 0; i < 3; i++) {
        char header[300];
        snprintf(header, sizeof header, "{\"__metadata__\":{\"negative_slope\":\"%s\"},%s}",
                 slopes[i], MATRIX("0.weight", 1, 1, 0, 4));
        const char *path = save_numbered(header, 1);
        static const float expected[] = {1, 0};
        lw_import_options options = make_options();
        expect_imported(path, &options, 2, expected);
        options.output = LW_ACTIVATION_LEAKY_RELU;
        if (i == 0)
            REFUSED(path, &options, LW_ESHAPE, "leaky ReLU with slope 0.2 ", "only 0.01");
        else if (i == 1)
            expect_imported(path, &options, 2, expected);
        else
            REFUSED(path, &options, LW_EFORMAT, "negative_slope", "steep");
        options.negative_slope = 0.01f;
        expect_imported(path, &options, 2, expected);
        options.negative_slope = 0.3f;
        REFUSED(path, &options, LW_ESHAPE, "leaky ReLU with slope 0.3");
    }
}
END_TEST

int main(void)
{
    TCase *layers = temp_files_case("import_layers");
    tcase_add_test(layers, unique_shapes_give_the_order);
    tcase_add_test(layers, a_single_unnumbered_layer_is_a_network);
    tcase_add_test(layers, ambiguous_shapes_need_an_order);
    tcase_add_test(layers, many_equal_layers_are_not_searched_for_long);
    tcase_add_test(layers, numbers_that_do_not_chain_are_refused);
    tcase_add_test(layers, wrong_orders_are_refused);
    tcase_add_test(layers, a_prefix_selects_a_module);
    tcase_add_loop_test(layers, other_layers_are_refused_by_name, 0, UNSUPPORTED);
    tcase_add_test(layers, partial_imports_report_each_tensor);
    tcase_add_test(layers, moments_of_a_training_state_are_ignored);
    tcase_add_test(layers, other_slopes_are_refused);
    return run_case("import_layers", layers);
}
