/* Bad arguments of the kernels library. Functions that take plain operands are tested by
 * tests/kernels/check_errors.c. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "cases_kernels.h"
#include "../kernels/operations.h"

#include <lanewise/internal/cache.h>
#include <lanewise/internal/isa.h>
#include <lanewise/internal/peak.h>
#include <lanewise/kernels.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- Instruction sets, threads, messages ----------------------------------------------------- */

static void version(void)
{
    HOLDS(strlen(lw_version()) > 0);
}

static void status_name(void)
{
    for (int i = 0; i < BAD_ENUMS; i++)
        HOLDS(!strcmp(lw_status_name((lw_status)BAD_ENUM(LW_EUNSUPPORTED, i)), "unknown status"));
}

static void last_error(void)
{
    HOLDS(!strcmp(lw_last_error(), "no message"));
}

static void set_error(void)
{
    enum { LONG = 100000, CUT = 511 };
    static char text[LONG];
    memset(text, '%', sizeof text - 1);
    watch_memory(text, sizeof text);
    HOLDS(lw_fail((lw_status)-1, "%s", "") == (lw_status)-1 && !strcmp(lw_last_error(), ""));
    HOLDS(lw_fail(LW_EDATA, "%s", text) == LW_EDATA && strlen(lw_last_error()) == CUT &&
          !memcmp(lw_last_error(), text, CUT));
    /* Formats a message from the previous one. */
    HOLDS(lw_fail(LW_EIO, "%s", "one") == LW_EIO &&
          lw_fail(LW_EDATA, "two: %s, %s", lw_last_error(), lw_last_error()) == LW_EDATA &&
          !strcmp(lw_last_error(), "two: one, one"));
    HOLDS(lw_fail(LW_EDATA, "%s", "a\033[2J\n\tb\177\302\233c\303\244") == LW_EDATA &&
          !strcmp(lw_last_error(), "a?[2J??b???c\303\244"));
    HOLDS(lw_fail(LW_EDATA, "%s", "\233A\303") == LW_EDATA && !strcmp(lw_last_error(), "?A?"));
    /* Called through a volatile pointer, so that the compiler does not apply printf warnings. */
    lw_status (*volatile set)(lw_status, const char *, ...) = lw_fail;
    HOLDS(set(LW_EDATA, NULL) == LW_EDATA && !strcmp(lw_last_error(), ""));
}

static void isa_name(void)
{
    HOLDS(strlen(lw_isa_name()) > 0);
}

static void isa_status(void)
{
    static const char *const bad[] = {"mmx", "%s%n%s%n", "avx2 ", "AVX2", "-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(setenv("LANEWISE_ISA", bad[i], 1), 0);
        REFUSES(LW_EISA, lw_isa_name(), lw_isa_status());
        ck_assert_ptr_nonnull(strstr(lw_last_error(), bad[i]));
    }
    unsetenv("LANEWISE_ISA");
    IDLE(lw_isa_status());
}

static void isa_available(void)
{
    size_t sets = 0;
    while (lw_isa_available(sets))
        sets++;
    HOLDS(sets > 0);
    HOLDS(!lw_isa_available(sets + 1) && !lw_isa_available(SIZE_MAX));
}

static void isa_select(void)
{
    static char name[4096];
    memset(name, 'x', sizeof name - 1);
    const char *const before = lw_isa_name();
    REFUSES(LW_EINVAL, "name", lw_isa_select(NULL));
    REFUSES(LW_EISA, "instruction", lw_isa_select(""));
    REFUSES(LW_EISA, "instruction", lw_isa_select("%s%n%s%n"));
    REFUSES(LW_EISA, "instruction", lw_isa_select(name));
    REFUSES(LW_EISA, "scalar2", lw_isa_select("scalar2"));
    HOLDS(!strcmp(lw_isa_name(), before));
    ACCEPTS(lw_isa_select(before));
}

static void cache_bytes(void)
{
    static const int none[] = {0, -1, 4, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        HOLDS(lw_cache_bytes(none[i]) == 0);
    HOLDS(lw_cache_bytes(1) > 0);
}

static void scratch_reserve(void)
{
    ACCEPTS(lw_scratch_reserve());
    IDLE(lw_scratch_reserve());
}

static void max_threads(void)
{
    HOLDS(lw_max_threads() >= 1);
}

static void set_threads(void)
{
    HOLDS(lw_set_threads(-1) == 0);
    HOLDS(lw_set_threads(INT_MIN) == 0 && lw_max_threads() >= 1);
    HOLDS(lw_set_threads(LW_MAX_THREADS) == 0);
    const int max = lw_max_threads(); /* 1024, or the limit of OpenMP */
    HOLDS(lw_set_threads(INT_MAX) == LW_MAX_THREADS && lw_max_threads() == max);
    HOLDS(lw_set_threads(0) == INT_MAX && lw_max_threads() <= max);
}

static void measure_peak(void)
{
    HOLDS(lw_measure_peak(-1) > 0.0);
    HOLDS(lw_measure_peak(INT_MAX) > 0.0);
}

static void activation_saves_input(void)
{
    for (int i = 0; i < BAD_ENUMS; i++)
        HOLDS(lw_activation_saves_input((lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i)) == 0);
}

static void activation_is_elementwise(void)
{
    for (int i = 0; i < BAD_ENUMS; i++)
        HOLDS(!lw_activation_is_elementwise((lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i)));
    HOLDS(!lw_activation_is_elementwise(LW_ACTIVATION_SOFTMAX));
    HOLDS(lw_activation_is_elementwise(LW_ACTIVATION_SILU));
}

static void isa_current(void)
{
    HOLDS(lw_isa_current() != NULL);
}

static void isa_enter(void)
{
    HOLDS(lw_isa_enter(NULL) == NULL);
    HOLDS(lw_isa_enter(lw_isa_current()) == NULL);
    HOLDS(lw_isa_enter(NULL) == lw_isa_current());
}

/* ---- Packed operands ---- */

enum { N = 64 };
static struct {
    float before, a[N], b[N], c[N], d[N], e[N], after;
} s;

/* Fills the operands with small numbers. The cases use the middle of the arrays. */
static void watch_operands(void)
{
    for (size_t i = 0; i < sizeof s / sizeof(float); i++)
        (&s.before)[i] = (float)(i % 7) * 0.25f;
    watch_memory(&s, sizeof s);
}

static void pack(void)
{
    lw_packed_matrix *packed = (lw_packed_matrix *)(void *)&s;
    watch_operands();
    watch_memory(&packed, sizeof packed);
    REFUSES(LW_EINVAL, "packed", lw_sgemm_pack(NULL, 0, 3, 4, s.b, 4));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "transb", lw_sgemm_pack(&packed, BAD_ENUM(1, i), 3, 4, s.b, 4));
    REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 0, 3, 4, NULL, 4));
    REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 0, 3, 4, s.b, 3));
    REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 1, 3, 4, s.b, 2));
    REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 0, 0, 4, NULL, 0));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 0, huge, 4, s.b, 4));
        REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 0, 3, huge, s.b, huge));
        REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 0, 3, 4, s.b, huge));
        REFUSES(LW_EINVAL, "b", lw_sgemm_pack(&packed, 1, huge, 4, s.b, huge));
    }
    /* Operands that fit the address space, while their packed form does not or cannot be
     * allocated. */
    const size_t max = (size_t)PTRDIFF_MAX / sizeof(float);
    REFUSES(LW_ENOMEM, "memory", lw_sgemm_pack(&packed, 0, max / 17, 17, s.b, 17));
    REFUSES(LW_ENOMEM, "memory", lw_sgemm_pack(&packed, 0, max, 1, s.b, 1));
    REFUSES(LW_ENOMEM, "memory", lw_sgemm_pack(&packed, 0, 1, max, s.b, max));
    /* Empty operands can be packed, also when b is NULL. */
    static const size_t empty[][2] = {{0, 4}, {3, 0}, {0, 0}};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        lw_packed_matrix *made = NULL;
        ACCEPTS(lw_sgemm_pack(&made, 0, empty[i][0], empty[i][1], NULL, empty[i][1]));
        ck_assert_ptr_nonnull(made);
        lw_packed_matrix_destroy(made);
        /* A sum of no terms, or an empty result. */
        ACCEPTS(lw_sgemm_pack(&made, 1, empty[i][0], empty[i][1], NULL, empty[i][0]));
        ACCEPTS(lw_sgemm_packed(0, 2, 1.0f, NULL, empty[i][0], made, 0.0f, s.c, empty[i][1]));
        lw_packed_matrix_destroy(made);
    }
}

static void packed_destroy(void)
{
    HARMLESS(lw_packed_matrix_destroy(NULL));
}

static lw_packed_matrix *packed_weights(void)
{
    lw_packed_matrix *made;
    ck_assert_int_eq(lw_sgemm_pack(&made, 0, 3, 4, s.b, 4), LW_OK);
    return made;
}

static void sgemm_packed(void)
{
    watch_operands();
    lw_packed_matrix *b = packed_weights();
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "transa",
                lw_sgemm_packed(BAD_ENUM(1, i), 2, 1.0f, s.a, 3, b, 0.0f, s.c, 4));
    REFUSES(LW_EINVAL, "b", lw_sgemm_packed(0, 2, 1.0f, s.a, 3, NULL, 0.0f, s.c, 4));
    REFUSES(LW_EINVAL, "a", lw_sgemm_packed(0, 2, 1.0f, NULL, 3, b, 0.0f, s.c, 4));
    REFUSES(LW_EINVAL, "a", lw_sgemm_packed(0, 2, 1.0f, s.a, 2, b, 0.0f, s.c, 4));
    REFUSES(LW_EINVAL, "a", lw_sgemm_packed(1, 2, 1.0f, s.a, 1, b, 0.0f, s.c, 4));
    REFUSES(LW_EINVAL, "c", lw_sgemm_packed(0, 2, 1.0f, s.a, 3, b, 0.0f, NULL, 4));
    REFUSES(LW_EINVAL, "c", lw_sgemm_packed(0, 2, 1.0f, s.a, 3, b, 0.0f, s.c, 3));
    REFUSES(LW_EINVAL, "c", lw_sgemm_packed(0, 2, 0.0f, NULL, 0, b, 2.0f, NULL, 4));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "c", lw_sgemm_packed(0, huge, 1.0f, s.a, 3, b, 0.0f, s.c, 4));
        REFUSES(LW_EINVAL, "a", lw_sgemm_packed(0, 2, 1.0f, s.a, huge, b, 0.0f, s.c, 4));
        REFUSES(LW_EINVAL, "c", lw_sgemm_packed(0, 2, 1.0f, s.a, 3, b, 0.0f, s.c, huge));
    }
    REFUSES(LW_EOVERLAP, "c", lw_sgemm_packed(0, 2, 1.0f, s.c, 3, b, 0.0f, s.c, 4));
    REFUSES(LW_EOVERLAP, "c", lw_sgemm_packed(0, 2, 1.0f, s.c + 7, 3, b, 0.0f, s.c, 4));
    REFUSES(LW_EOVERLAP, "c", lw_sgemm_packed(0, 2, 1.0f, s.c, 8, b, 0.0f, s.c + 2, 8));
    ACCEPTS(lw_sgemm_packed(0, 2, 1.0f, s.c, 8, b, 0.0f, s.c + 3,
                            8)); /* rows of C in the padding of C */
    ACCEPTS(lw_sgemm_packed(0, 2, 1.0f, s.c + 8, 3, b, 0.0f, s.c, 4));
    ACCEPTS(lw_sgemm_packed(0, 2, NAN, s.a, 3, b, INFINITY, s.c, 4));
    IDLE(lw_sgemm_packed(0, 0, 1.0f, NULL, 3, b, 0.0f, NULL, 4));
    lw_packed_matrix_destroy(b);
}

static void linear_forward_packed(void)
{
    watch_operands();
    lw_packed_matrix *w = packed_weights();
    const lw_activation relu = LW_ACTIVATION_RELU;
#define FORWARD(batch, x, ldx, w, b, activation, z, ldz, y, ldy)                                   \
    lw_linear_forward_packed(batch, x, ldx, w, b, (lw_activation)(activation), z, ldz, y, ldy)
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "activation",
                FORWARD(2, s.a, 3, w, s.e, BAD_ENUM(LW_ACTIVATION_SOFTMAX, i), s.c, 4, s.d, 4));
    REFUSES(LW_EINVAL, "activation",
            FORWARD(2, s.a, 3, w, s.e, LW_ACTIVATION_SOFTMAX, s.c, 4, s.d, 4));
    REFUSES(LW_EINVAL, "w", FORWARD(2, s.a, 3, NULL, s.e, relu, s.c, 4, s.d, 4));
    REFUSES(LW_EINVAL, "x", FORWARD(2, NULL, 3, w, s.e, relu, s.c, 4, s.d, 4));
    REFUSES(LW_EINVAL, "y", FORWARD(2, s.a, 3, w, s.e, relu, s.c, 4, NULL, 4));
    REFUSES(LW_EINVAL, "x", FORWARD(2, s.a, 2, w, s.e, relu, s.c, 4, s.d, 4));
    REFUSES(LW_EINVAL, "z", FORWARD(2, s.a, 3, w, s.e, relu, s.c, 3, s.d, 4));
    REFUSES(LW_EINVAL, "y", FORWARD(2, s.a, 3, w, s.e, relu, s.c, 4, s.d, 3));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "y", FORWARD(huge, s.a, 3, w, s.e, relu, s.c, 4, s.d, 4));
        REFUSES(LW_EINVAL, "x", FORWARD(2, s.a, huge, w, s.e, relu, s.c, 4, s.d, 4));
        REFUSES(LW_EINVAL, "z", FORWARD(2, s.a, 3, w, s.e, relu, s.c, huge, s.d, 4));
        REFUSES(LW_EINVAL, "y", FORWARD(2, s.a, 3, w, s.e, relu, s.c, 4, s.d, huge));
    }
    REFUSES(LW_EOVERLAP, "y", FORWARD(2, s.a, 3, w, s.e, relu, s.c, 4, s.a, 4));
    REFUSES(LW_EOVERLAP, "y", FORWARD(2, s.a, 3, w, s.d + 7, relu, s.c, 4, s.d, 4));
    REFUSES(LW_EOVERLAP, "y", FORWARD(2, s.a, 3, w, s.e, relu, s.d, 4, s.d, 4));
    REFUSES(LW_EOVERLAP, "z", FORWARD(2, s.a, 3, w, s.e, relu, s.a, 4, s.d, 4));
    REFUSES(LW_EOVERLAP, "z", FORWARD(2, s.a, 3, w, s.c, relu, s.c, 4, s.d, 4));
    ACCEPTS(FORWARD(2, s.a, 3, w, NULL, relu, NULL, 0, s.d, 4));
    IDLE(FORWARD(0, NULL, 3, w, NULL, relu, NULL, 4, NULL, 4));
#undef FORWARD
    lw_packed_matrix_destroy(w);
}

static int elsewhere(const char *function)
{
    return operation_find(function) != NULL;
}

int main(int argc, char **argv)
{
    static const struct function_cases table[] = {
        {"lw_activate", NULL},
        {"lw_activate_backward", NULL},
        {"lw_activation_is_elementwise", activation_is_elementwise},
        {"lw_activation_saves_input", activation_saves_input},
        {"lw_adam_update", NULL},
        {"lw_argmax", NULL},
        {"lw_bf16_from_float", bad_bf16_from_float},
        {"lw_bf16_gather", bad_bf16_gather},
        {"lw_bf16_linear_backward_input", bad_bf16_linear_backward_input},
        {"lw_bf16_linear_backward_weights", bad_bf16_linear_backward_weights},
        {"lw_bf16_linear_forward", bad_bf16_linear_forward},
        {"lw_bf16_pack", bad_bf16_pack},
        {"lw_bf16_packed_size", bad_bf16_packed_size},
        {"lw_bf16_to_float", bad_bf16_to_float},
        {"lw_bf16_weights_of", bad_bf16_weights_of},
        {"lw_bf16_weights_pack", bad_bf16_weights_pack},
        {"lw_bf16_weights_update", bad_bf16_weights_update},
        {"lw_cache_bytes", cache_bytes},
        {"lw_column_sums", NULL},
        {"lw_vector_exp", NULL},
        {"lw_fail", set_error},
        {"lw_isa_available", isa_available},
        {"lw_isa_current", isa_current},
        {"lw_isa_enter", isa_enter},
        {"lw_isa_name", isa_name},
        {"lw_isa_select", isa_select},
        {"lw_isa_status", isa_status},
        {"lw_last_error", last_error},
        {"lw_linear_backward_input", NULL},
        {"lw_linear_backward_weights", NULL},
        {"lw_linear_forward", NULL},
        {"lw_linear_forward_packed", linear_forward_packed},
        {"lw_vector_log", NULL},
        {"lw_log_softmax", NULL},
        {"lw_max_threads", max_threads},
        {"lw_measure_peak", measure_peak},
        {"lw_small_net_blocks", bad_small_net_blocks},
        {"lw_small_net_fits", bad_small_net_fits},
        {"lw_small_net_pass", bad_small_net_pass},
        {"lw_small_net_plan", bad_small_net_plan},
        {"lw_small_net_step", bad_small_net_step},
        {"lw_sgemm_pack", pack},
        {"lw_packed_matrix_destroy", packed_destroy},
        {"lw_vector_scale", NULL},
        {"lw_scratch_reserve", scratch_reserve},
        {"lw_set_threads", set_threads},
        {"lw_sgd_update", NULL},
        {"lw_sgemm", NULL},
        {"lw_sgemm_packed", sgemm_packed},
        {"lw_sigmoid_cross_entropy", NULL},
        {"lw_softmax", NULL},
        {"lw_softmax_backward", NULL},
        {"lw_softmax_cross_entropy", NULL},
        {"lw_softmax_cross_entropy_probs", NULL},
        {"lw_squared_error", NULL},
        {"lw_status_name", status_name},
        {"lw_vector_sum_squares", NULL},
        {"lw_version", version},
        {"lw_weights_pack", bad_weights_arrange},
        {"lw_weights_backward_input", bad_weights_backward_input},
        {"lw_weights_backward_update", bad_weights_backward_update},
        {"lw_weights_floats", bad_weights_floats},
        {"lw_weights_forward", bad_weights_forward},
        {"lw_weights_of", bad_weights_of},
        {"lw_weights_index", bad_weights_place},
        {"lw_weights_unpack", bad_weights_restore},
        {"lw_weights_update", bad_weights_update},
    };
    return argc == 2 ? run_function_cases(argv[1], table, sizeof table / sizeof *table, elsewhere)
                     : EXIT_FAILURE;
}
