/* Training states that are not loaded or saved. The files are valid ones with some bytes
 * replaced. */
#define _XOPEN_SOURCE 700
#include "saved_nets.h"
#include "train/net.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const float x[] = {0.5f, -1.0f, 2.0f, 1.5f, 0.0f, -0.5f};
static const int32_t labels[] = {0, 1};

static void train(lw_net *net, const lw_optimizer *optimizer, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        ASSERT_OK(lw_train_step(net, LW_LOSS_CROSS_ENTROPY, optimizer, 2, x,
                                &(lw_target){.labels = labels}, NULL));
}

/* A small net of seed 1 after 3 steps of Adam and 5 epochs; the network and the bytes of its
 * file. */
static lw_net *net_of_state;
static unsigned char *bytes;
static size_t size;

static void make_state(void)
{
    const lw_optimizer adam = lw_adam(0.1f);
    net_of_state = small_net(1);
    train(net_of_state, &adam, 3);
    const char *path = temp_path("state.safetensors");
    ASSERT_OK(lw_net_save_state(net_of_state, &(lw_position){.epochs = 5}, path));
    bytes = file_bytes(path, &size);
}

static void free_state(void)
{
    free(bytes);
    lw_net_destroy(net_of_state);
}

/* Finds the nth occurrence of text in the header, from 0. */
static unsigned char *find(const char *text, size_t nth)
{
    const size_t length = strlen(text);
    for (size_t at = 8; at + length <= size; at++)
        if (memcmp(bytes + at, text, length) == 0 && nth-- == 0)
            return bytes + at;
    ck_abort_msg("no '%s' in the header", text);
    return NULL;
}

/* A network with training state; loading fails and does not change it. */
static void expect_rejected(lw_status expected, const char *place, lw_net *net, const char *path)
{
    lw_position done = {.epochs = 42};
    const lw_optimizer_state before = net->optimizer;
    const uint64_t generator = net->random.state;
    float *parameters = parameters_of(net);
    ASSERT_FILE_REJECTED(expected, path, place, lw_net_load_state(net, &done, path));
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, parameters);
    ck_assert_uint_eq(done.epochs, 42);
    ck_assert_uint_eq(net->random.state, generator);
    ck_assert_mem_eq(&net->optimizer, &before, sizeof before);
    free(parameters);
    free(after);
}

static lw_net *other_net(void)
{
    const lw_optimizer momentum = lw_sgd_momentum(0.1f, 0.9f);
    lw_net *net = small_net(9);
    train(net, &momentum, 2);
    return net;
}

/* The file with old replaced by new, which has the same length. */
static void expect_rejected_replacement(lw_status expected, const char *place, const char *old,
                                        size_t nth, const char *new)
{
    ck_assert_uint_eq(strlen(old), strlen(new));
    unsigned char *at = find(old, nth);
    memcpy(at, new, strlen(new));
    lw_net *net = other_net();
    expect_rejected(expected, place, net, temp_file("exchanged.safetensors", bytes, size));
    lw_net_destroy(net);
    memcpy(at, old, strlen(old));
}

START_TEST(inconsistent_metadata_are_rejected)
{
    static const struct {
        const char *place, *old, *new;
    } cases[] = {
        {"no 'lanewise'", "\"lanewise\"", "\"lanewisX\""},
        {"no 'training_state'; lw_net_save_state did not", "\"training_state\"",
         "\"training_statX\""},
        {"'training_state' is '1'", "\"training_state\":\"2\"", "\"training_state\":\"1\""},
        {"no 'epochs'", "\"epochs\"", "\"epochX\""},
        {"'epochs' is ''", "\"epochs\":\"5\"", "\"epochs\":\"\" "},
        {"'epochs' is '-'", "\"epochs\":\"5\"", "\"epochs\":\"-\""},
        {"no 'batches'", "\"batches\"", "\"batcheX\""},
        {"'batches' is '-'", "\"batches\":\"0\"", "\"batches\":\"-\""},
        {"no 'loss'", "\"loss\"", "\"losX\""},
        {"no 'seed'", "\"seed\"", "\"seeX\""},
        {"'seed' is 'x'", "\"seed\":\"1\"", "\"seed\":\"x\""},
        {"no 'generator'", "\"generator\"", "\"generatoX\""},
        {"no 'precision'", "\"precision\"", "\"precisioX\""},
        {"'precision' is 'fp31'", "\"fp32\"", "\"fp31\""},
        {"no 'optimizer.kind'", "\"optimizer.kind\"", "\"optimizer.kinX\""},
        {"'optimizer.kind' is 'adax'", "\"adam\"", "\"adax\""},
        {"no 'optimizer.steps'", "\"optimizer.steps\"", "\"optimizer.stepX\""},
        {"'optimizer.steps' is 'x'", "steps\":\"3\"", "steps\":\"x\""},
        {"'optimizer.steps' is '3', which", "\"adam\"", "\"none\""},
        {"no 'optimizer.moments'", "\"optimizer.moments\"", "\"optimizer.momentX\""},
        {"'optimizer.moments' is '1', but adam has 2", "moments\":\"2\"", "moments\":\"1\""},
        {"'optimizer.moments' is '3'", "moments\":\"2\"", "moments\":\"3\""},
        {"'optimizer.moments' is '/'", "moments\":\"2\"", "moments\":\"/\""},
        {"'optimizer.moments' is '2', which", "\"adam\"", "\"sgd\" "},
    };
    make_state();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect_rejected_replacement(LW_EFORMAT, cases[k].place, cases[k].old, 0, cases[k].new);
    free_state();
}
END_TEST

/* A number consists of digits only. */
START_TEST(malformed_numbers_are_rejected)
{
    static const char *const wrong[] = {"-", "+", " ", ".", "x"};
    make_state();
    char *text = (char *)find("\"generator\":\"", 0) + strlen("\"generator\":\"");
    const char digit = *text;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        *text = *wrong[k];
        lw_net *net = other_net();
        expect_rejected(LW_EFORMAT, "'generator' is '", net,
                        temp_file("exchanged.safetensors", bytes, size));
        lw_net_destroy(net);
    }
    *text = digit;
    free_state();
}
END_TEST

static const char *save_state_of_generator(uint64_t generator)
{
    const char *path = temp_path("generator.safetensors");
    lw_net *net = small_net(1);
    net->random.state = generator;
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = 0}, path));
    lw_net_destroy(net);
    return path;
}

START_TEST(numbers_out_of_range_are_rejected)
{
    const char *path = save_state_of_generator(UINT64_MAX);
    lw_net *net = other_net();
    lw_position done;
    ASSERT_OK(lw_net_load_state(net, &done, path));
    ck_assert_uint_eq(net->random.state, UINT64_MAX);
    bytes = file_bytes(path, &size);
    find("18446744073709551615", 0)[19] = '6';
    expect_rejected(LW_EFORMAT, "'generator' is '18446744073709551616'", net,
                    temp_file("large.safetensors", bytes, size));
    free(bytes);
    lw_net_destroy(net);
}
END_TEST

START_TEST(moments_of_another_shape_are_rejected)
{
    static const char *const prefixes[] = {"optimizer.exp_avg.", "optimizer.exp_avg_sq."};
    make_state();
    for (size_t moment = 0; moment < 2; moment++)
        for (size_t tensor = 0; tensor < 2 * LAYERS; tensor++) {
            char missing[40];
            snprintf(missing, sizeof missing, "X%s", prefixes[moment] + 1);
            char place[40];
            snprintf(place, sizeof place, "no tensor '%s", prefixes[moment]);
            expect_rejected_replacement(LW_ESHAPE, place, prefixes[moment], tensor, missing);
        }
    free_state();
}
END_TEST

/* The last tensor is the bias of the second moment. */
START_TEST(invalid_moments_are_rejected)
{
    static const struct {
        const char *place;
        unsigned char bytes[4];
    } cases[] = {
        {"element 1 is nan", {0, 0, 0xc0, 0x7f}},
        {"element 1 is inf", {0, 0, 0x80, 0x7f}},
        {"'optimizer.exp_avg_sq.*', parameter 25 is -1, below 0", {0, 0, 0x80, 0xbf}},
    };
    make_state();
    lw_net *net = other_net();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        memcpy(bytes + size - 4, cases[k].bytes, 4);
        expect_rejected(LW_EDATA, cases[k].place, net,
                        temp_file("damaged.safetensors", bytes, size));
    }
    lw_net_destroy(net);
    free_state();
}
END_TEST

START_TEST(states_of_another_network_are_rejected)
{
    static const struct {
        const char *place;
        size_t inputs, count;
        lw_layer_spec layers[3];
    } cases[] = {
        {"layer 0 of the state is 3-4, of the network 4-4",
         4,
         2,
         {{.units = 4, .activation = LW_ACTIVATION_LEAKY_RELU},
          {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}}},
        {"layer 1 of the state is 4-2, of the network 4-3",
         3,
         2,
         {{.units = 4, .activation = LW_ACTIVATION_LEAKY_RELU},
          {.units = 3, .activation = LW_ACTIVATION_SOFTMAX}}},
        {"layer 0 of the state has activation leaky_relu, of the network relu",
         3,
         2,
         {{.units = 4, .activation = LW_ACTIVATION_RELU},
          {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}}},
        {"layer 1 of the state has activation softmax, of the network linear",
         3,
         2,
         {{.units = 4, .activation = LW_ACTIVATION_LEAKY_RELU}, {.units = 2}}},
        {"the state has 2 layers, the network 1", 3, 1, {{.units = 4}}},
        {"the state has 2 layers, the network 3", 3, 3, {{.units = 4}, {.units = 2}, {.units = 2}}},
    };
    make_state();
    const char *path = temp_file("state.safetensors", bytes, size);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lw_net *net = make_net(cases[k].inputs, cases[k].layers, cases[k].count, 2);
        expect_rejected(LW_ESHAPE, cases[k].place, net, path);
        lw_net_destroy(net);
    }
    lw_net *net = other_net();
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_BF16));
    expect_rejected(LW_ESTATE, "the state has precision fp32, the network bf16", net, path);
    lw_net_destroy(net);

    /* A saved network without training state. */
    net = other_net();
    expect_rejected(LW_EFORMAT, "no 'training_state'", net, save_small("net.safetensors"));
    lw_net_destroy(net);
    free_state();
}
END_TEST

/* Distance between the bytes that are tested. */
static size_t step(void)
{
    return is_fast_run() ? 7 : 1;
}

START_TEST(a_truncated_state_is_rejected)
{
    make_state();
    lw_net *net = other_net();
    for (size_t cut = 0; cut < size; cut += step())
        expect_rejected(LW_EFORMAT, "", net, temp_file("cut.safetensors", bytes, cut));
    lw_net_destroy(net);
    free_state();
}
END_TEST

START_TEST(a_damaged_header_is_rejected_or_read)
{
    static const unsigned char flips[] = {0x01, 0x04, 0x80};
    make_state();
    const size_t header = 8 + bytes[0] + 256U * bytes[1];
    lw_net *net = other_net();
    for (size_t at = 0; at < header; at += step())
        for (size_t k = 0; k < sizeof flips; k++) {
            lw_position done = {.epochs = 42};
            bytes[at] ^= flips[k];
            const char *path = temp_file("flipped.safetensors", bytes, size);
            bytes[at] ^= flips[k];
            const lw_status status = lw_net_load_state(net, &done, path);
            if (status == LW_OK)
                continue;
            ck_assert_uint_eq(done.epochs, 42);
            ck_assert_msg(strstr(lw_last_error(), path) != NULL, "\"%s\" lacks the file",
                          lw_last_error());
        }
    lw_net_destroy(net);
    free_state();
}
END_TEST

static void expect_old_file(const char *path)
{
    size_t now;
    unsigned char *after = file_bytes(path, &now);
    ck_assert_uint_eq(now, size);
    ck_assert_mem_eq(after, bytes, size);
    ck_assert_uint_eq(temp_file_count(), 1);
    free(after);
}

START_TEST(an_unusable_state_is_not_saved)
{
    make_state();
    const char *path = temp_path("state.safetensors");
    lw_optimizer_state *state = &net_of_state->optimizer;
    state->velocity[0] = NAN;
    ASSERT_FILE_REJECTED(LW_EDATA, path, "not written: element 0 of 'optimizer.exp_avg.",
                         lw_net_save_state(net_of_state, &(lw_position){.epochs = 6}, path));
    state->velocity[0] = 0.0f;
    state->variance[0] = INFINITY;
    ASSERT_FILE_REJECTED(LW_EDATA, path, "not written: element 0 of 'optimizer.exp_avg_sq.",
                         lw_net_save_state(net_of_state, &(lw_position){.epochs = 6}, path));
    state->variance[0] = 0.0f;
    lw_tensor_values(net_of_state->layers[0], 1)[1] = NAN;
    ASSERT_FILE_REJECTED(LW_EDATA, path, "not written: element 1 of '",
                         lw_net_save_state(net_of_state, &(lw_position){.epochs = 6}, path));
    expect_old_file(path);
    free_state();
}
END_TEST

/* A limit on file sizes simulates a full disk. */
START_TEST(a_full_disk_keeps_the_old_state)
{
    make_state();
    const char *path = temp_path("state.safetensors");
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = size - 1;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ASSERT_FILE_REJECTED(LW_EIO, path, "File too large",
                         lw_net_save_state(net_of_state, &(lw_position){.epochs = 6}, path));
    limit.rlim_cur = before;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_old_file(path);
    free_state();
}
END_TEST

START_TEST(states_need_a_network_and_a_path)
{
    lw_position done = {.epochs = 42};
    lw_net *net = small_net(1);
    const char *in_missing = temp_path("missing/state.safetensors"), *directory = temp_path(".");
    ASSERT_FILE_REJECTED(LW_EIO, in_missing, "No such file",
                         lw_net_save_state(net, &(lw_position){.epochs = 1}, in_missing));
    ASSERT_FILE_REJECTED(LW_EIO, directory, "directory",
                         lw_net_save_state(net, &(lw_position){.epochs = 1}, directory));
    expect_rejected(LW_EIO, "No such file", net, in_missing);
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_save_state(NULL, &(lw_position){.epochs = 1}, directory));
    ASSERT_FAILS(LW_EINVAL, "path", lw_net_save_state(net, &(lw_position){.epochs = 1}, NULL));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_load_state(NULL, &done, directory));
    ASSERT_FAILS(LW_EINVAL, "position", lw_net_load_state(net, NULL, directory));
    ASSERT_FAILS(LW_EINVAL, "path", lw_net_load_state(net, &done, NULL));
    ck_assert_uint_eq(temp_file_count(), 0);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *states = temp_files_case("states");
    tcase_add_test(states, inconsistent_metadata_are_rejected);
    tcase_add_test(states, malformed_numbers_are_rejected);
    tcase_add_test(states, numbers_out_of_range_are_rejected);
    tcase_add_test(states, moments_of_another_shape_are_rejected);
    tcase_add_test(states, invalid_moments_are_rejected);
    tcase_add_test(states, states_of_another_network_are_rejected);
    tcase_add_test(states, a_truncated_state_is_rejected);
    tcase_add_test(states, a_damaged_header_is_rejected_or_read);
    tcase_add_test(states, an_unusable_state_is_not_saved);
    tcase_add_test(states, a_full_disk_keeps_the_old_state);
    tcase_add_test(states, states_need_a_network_and_a_path);
    return run_case("refused states", states);
}
