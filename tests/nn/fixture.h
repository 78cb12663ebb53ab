/* Shared by the suites of networks and training. */
#ifndef LANEWISE_TEST_FIXTURE_H
#define LANEWISE_TEST_FIXTURE_H

#include <check.h>
#include <lanewise/nn.h>
#include <string.h>

/* Asserts that the call succeeds; the failure message contains the library's error message. */
#define ASSERT_OK(call)                                                                            \
    do {                                                                                           \
        const lw_status status_ = (call);                                                          \
        ck_assert_msg(status_ == LW_OK, #call ": %s: %s", lw_status_name(status_),                 \
                      lw_last_error());                                                            \
    } while (0)

/* Asserts that the call fails with this status, and that its message contains the text. */
#define ASSERT_FAILS(expected, text, call)                                                         \
    do {                                                                                           \
        const lw_status status_ = (call);                                                          \
        ck_assert_msg(status_ == (expected), #call ": %s instead of " #expected,                   \
                      lw_status_name(status_));                                                    \
        ck_assert_msg(strstr(lw_last_error(), (text)) != NULL, #call ": \"%s\" lacks \"%s\"",      \
                      lw_last_error(), (text));                                                    \
    } while (0)

/* Returns whether LANEWISE_TEST_FAST is set: fewer cases and repetitions, for emulators and
 * sanitizers. */
int is_fast_run(void);

/* For loop tests over scenarios x optimizers: returns whether this number is skipped. A fast run
 * tests each scenario with one optimizer. */
int is_skipped(int number, int optimizers);

/* Uniform in [low, high); release with free. */
float *uniform_floats(size_t n, float low, float high, uint64_t seed);

/* Uniform in 0..classes-1; release with free. */
int32_t *uniform_labels(size_t n, int32_t classes, uint64_t seed);

/* n floats that no computation in these tests produces, to detect whether they are written. */
float *canary_floats(size_t n);
int is_canary(size_t n, const float *floats);

/* Creates a network of these layers; asserts success. */
lw_net *make_net(size_t inputs, const lw_layer_spec *layers, size_t count, uint64_t seed);

/* Makes a small net use the general kernels. Call it before setting parameters, because it changes
 * their layout. */
void use_general_kernels(lw_net *net);

/* Flat parameters and gradients; release with free. */
float *parameters_of(const lw_net *net);
float *gradients_of(const lw_net *net);

/* Asserts that the bits are equal. */
void assert_same_bits(const char *what, size_t n, const float *got, const float *want);

/* Asserts that no element differs by more than the bound. */
void assert_near(const char *what, size_t n, const float *got, const float *want, double bound);

/* Runs a suite. Returns the exit status of its program: 0 if tests ran and none failed. */
int run_suite(Suite *suite);

/* Runs a suite of one test case. */
int run_case(const char *name, TCase *tcase);

#endif
