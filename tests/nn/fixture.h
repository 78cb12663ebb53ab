/* What the suites of networks and training share. */
#ifndef LANEWISE_TEST_FIXTURE_H
#define LANEWISE_TEST_FIXTURE_H

#include <check.h>
#include <lanewise/nn.h>
#include <string.h>

/* A call that must succeed; says why it did not. */
#define ASSERT_OK(call)                                                                            \
    do {                                                                                           \
        const lw_status status_ = (call);                                                          \
        ck_assert_msg(status_ == LW_OK, #call ": %s: %s", lw_status_name(status_),                 \
                      lw_last_error());                                                            \
    } while (0)

/* A call that must fail with that status, and a message that holds the text. */
#define ASSERT_FAILS(expected, text, call)                                                         \
    do {                                                                                           \
        const lw_status status_ = (call);                                                          \
        ck_assert_msg(status_ == (expected), #call ": %s instead of " #expected,                   \
                      lw_status_name(status_));                                                    \
        ck_assert_msg(strstr(lw_last_error(), (text)) != NULL, #call ": \"%s\" lacks \"%s\"",      \
                      lw_last_error(), (text));                                                    \
    } while (0)

/* Whether LANEWISE_TEST_FAST is set: fewer cases and repetitions, for emulators and sanitizers. */
int is_fast_run(void);

/* Of a test number that stands for every scenario with each of so many optimizers: where tests are thin, each scenario
 * has one. */
int is_left_out(int number, int optimizers);

/* Uniform in [low, high); released with free. */
float *uniform_floats(size_t n, float low, float high, uint64_t seed);

/* Uniform in 0..classes-1; released with free. */
int32_t *uniform_labels(size_t n, int32_t classes, uint64_t seed);

/* n floats that no computation here produces by chance, to see that they are left alone. */
float *canary_floats(size_t n);
int is_canary(size_t n, const float *floats);

/* The network of these layers; asserts that it can be made. */
lw_net *make_net(size_t inputs, const lw_layer_spec *layers, size_t count, uint64_t seed);

/* A narrow network is trained as if it were none from now on. Before parameters are set: they move to where the
 * general kernels read them. */
void use_general_kernels(lw_net *net);

/* The flat views; released with free. */
float *parameters_of(const lw_net *net);
float *gradients_of(const lw_net *net);

/* Asserts equal bits. */
void assert_same_bits(const char *what, size_t n, const float *got, const float *want);

/* Runs a suite: the exit status of its program, 0 if tests ran and none failed. */
int run_suite(Suite *suite);

#endif
