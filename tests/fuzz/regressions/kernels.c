/*
 * Edges of shapes, memory and numbers, each on every instruction set of the machine. The target
 * compares results with double precision; the expected text states which case an input selects.
 */
#include "cases.h"
#include "operations.h"
#include "regressions.h"

#include <stdio.h>
#include <string.h>

/* Values of byte 1, which selects the function; see runs in fuzz_kernels.c. */
enum { OPERATION = 0, WEIGHTS = 4, UPDATE = 5, BF16 = 6, SMALL_NET = 7 };

/* How operands are stored; see draw_layout. */
enum { HEAP_ROWS = 0, GUARD_BELOW = 1, GUARD_ABOVE = 3, PADDED = 7 << 2, TIGHT = 1 << 7 };

/* Special numbers; see special. SPECIAL: the operand, the element, the number. */
enum { ZERO, MINUS_ZERO, INFINITE, MINUS_INFINITE, NOT_A_NUMBER, SMALLEST, LARGEST = 7 };
#define SPECIAL(operand, element, number) operand, 0, element, number
#define DRAWS(...)                        .draws = {__VA_ARGS__}
#define NO_DRAWS                          DRAWS(0)
#define ONE_SPECIAL(element, number)      DRAWS(1, SPECIAL(0, element, number)), .has_specials = 1

enum { DRAWS_MAX = 12, AS_IT_IS = 1 };

typedef struct operation_case {
    const char *name, *operation;
    uint8_t variant, layout, fill;
    uint8_t m, n, k;          /* 1 to 70 */
    uint8_t draws[DRAWS_MAX]; /* factors, then special numbers */
    int has_specials;
    int is_packed; /* an operand was packed before */
} operation_case;

static const operation_case operation_cases[] = {
    {"sgemm_one_element", "lw_sgemm", 0, HEAP_ROWS, EIGHTHS, 1, 1, 1, NO_DRAWS},
    {"sgemm_one_more_than_tiles", "lw_sgemm", 0, HEAP_ROWS, EIGHTHS, 49, 33, 17, NO_DRAWS},
    {"sgemm_both_transposed_above_guard", "lw_sgemm", 3, GUARD_BELOW, UNIFORM, 17, 31, 9, NO_DRAWS},
    {"sgemm_last_row_below_guard", "lw_sgemm", 0, GUARD_ABOVE | PADDED | TIGHT, UNIFORM, 15, 47, 5,
     NO_DRAWS},
    {"sgemm_alpha_0", "lw_sgemm", 20, HEAP_ROWS, UNIFORM, 5, 17, 3, NO_DRAWS},
    {"sgemm_alpha_and_beta_0", "lw_sgemm", 24, HEAP_ROWS, UNIFORM, 5, 17, 3, NO_DRAWS},
    {"sgemm_long_sum_that_cancels", "lw_sgemm", 4, HEAP_ROWS, CANCELLING, 7, 16, 70,
     DRAWS(192, 128)},
    {"sgemm_infinity_times_0", "lw_sgemm", 0, HEAP_ROWS, UNIFORM, 3, 17, 2,
     DRAWS(192, 2, SPECIAL(0, 0, INFINITE), SPECIAL(1, 0, ZERO)), .has_specials = 1},
    {"sgemm_packed_operand", "lw_sgemm", 0, GUARD_ABOVE, UNIFORM, 13, 33, 8, NO_DRAWS,
     .is_packed = 1},
    {"linear_forward_packed_weights", "lw_linear_forward", 1, GUARD_ABOVE, UNIFORM, 13, 33, 8,
     NO_DRAWS, .is_packed = 1},
    {"linear_forward_without_bias_and_z", "lw_linear_forward", 22, GUARD_ABOVE, UNIFORM, 9, 17, 5,
     NO_DRAWS},
    {"linear_forward_relu_of_nan", "lw_linear_forward", 1, HEAP_ROWS, UNIFORM, 3, 17, 5,
     ONE_SPECIAL(0, NOT_A_NUMBER)},
    {"linear_forward_gelu_of_wide_range", "lw_linear_forward", 5, HEAP_ROWS, WIDE, 3, 17, 5,
     NO_DRAWS},
    {"linear_backward_input_last_row_below_guard", "lw_linear_backward_input", 2,
     GUARD_ABOVE | PADDED | TIGHT, UNIFORM, 9, 17, 5, NO_DRAWS},
    {"linear_backward_weights_adds_without_bias", "lw_linear_backward_weights", 3, HEAP_ROWS,
     EIGHTHS, 9, 17, 5, NO_DRAWS},
    {"activate_sigmoid_in_place", "lw_activate", 10, GUARD_ABOVE, WIDE, 1, 33, 1, NO_DRAWS},
    {"activate_relu_of_minus_0", "lw_activate", 1, HEAP_ROWS, UNIFORM, 1, 17, 1,
     ONE_SPECIAL(16, MINUS_ZERO)},
    {"activate_tanh_of_subnormal", "lw_activate", 4, HEAP_ROWS, UNIFORM, 1, 17, 1,
     ONE_SPECIAL(16, SMALLEST)},
    {"activate_backward_silu_in_place", "lw_activate_backward", 13, GUARD_BELOW, UNIFORM, 1, 33, 1,
     NO_DRAWS},
    {"exp_of_minus_infinity", "lw_vector_exp", 0, HEAP_ROWS, UNIFORM, 1, 17, 1,
     ONE_SPECIAL(16, MINUS_INFINITE)},
    {"exp_of_nan_in_tail", "lw_vector_exp", 0, HEAP_ROWS, UNIFORM, 1, 17, 1,
     ONE_SPECIAL(16, NOT_A_NUMBER)},
    {"log_tail_below_guard", "lw_vector_log", 0, GUARD_ABOVE, UNIFORM, 1, 31, 1, NO_DRAWS},
    {"scale_of_subnormal", "lw_vector_scale", 0, HEAP_ROWS, UNIFORM, 1, 17, 1,
     ONE_SPECIAL(0, SMALLEST)},
    {"sum_squares_beyond_float32", "lw_vector_sum_squares", 0, HEAP_ROWS, UNIFORM, 1, 33, 1,
     ONE_SPECIAL(32, LARGEST)},
    {"softmax_of_one_column", "lw_softmax", 0, HEAP_ROWS, WIDE, 5, 1, 1, NO_DRAWS},
    {"softmax_with_infinity", "lw_softmax", 0, HEAP_ROWS, UNIFORM, 3, 17, 1,
     ONE_SPECIAL(16, INFINITE)},
    {"softmax_of_minus_infinity_alone", "lw_softmax", 0, HEAP_ROWS, UNIFORM, 1, 1, 1,
     ONE_SPECIAL(0, MINUS_INFINITE)},
    {"log_softmax_of_wide_range_in_place", "lw_log_softmax", 1, GUARD_ABOVE | PADDED | TIGHT, WIDE,
     5, 17, 1, NO_DRAWS},
    {"softmax_backward_tail_below_guard", "lw_softmax_backward", 0, GUARD_ABOVE, UNIFORM, 5, 15, 1,
     NO_DRAWS},
    {"column_sums_adds_65_rows", "lw_column_sums", 1, HEAP_ROWS, EIGHTHS, 65, 17, 1, NO_DRAWS},
    {"argmax_with_nan", "lw_argmax", 0, HEAP_ROWS, UNIFORM, 3, 17, 1, ONE_SPECIAL(1, NOT_A_NUMBER)},
    {"cross_entropy_in_place", "lw_softmax_cross_entropy", 3, GUARD_ABOVE | PADDED | TIGHT, WIDE, 5,
     17, 1, NO_DRAWS},
    {"cross_entropy_of_one_class", "lw_softmax_cross_entropy", 0, HEAP_ROWS, WIDE, 5, 1, 1,
     NO_DRAWS},
    {"cross_entropy_probs_loss_only", "lw_softmax_cross_entropy_probs", 1, HEAP_ROWS, UNIFORM, 5,
     17, 1, NO_DRAWS},
    {"sigmoid_cross_entropy_of_wide_range", "lw_sigmoid_cross_entropy", 0, HEAP_ROWS, WIDE, 5, 17,
     1, NO_DRAWS},
    {"squared_error_gradient_only", "lw_squared_error", 2, GUARD_BELOW, UNIFORM, 5, 17, 1,
     NO_DRAWS},
    {"sgd_update_tail_below_guard", "lw_sgd_update", 3, GUARD_ABOVE, UNIFORM, 1, 33, 1, NO_DRAWS},
    {"adam_update_tail_below_guard", "lw_adam_update", 3, GUARD_ABOVE, UNIFORM, 1, 33, 1, NO_DRAWS},
};

/* Functions of other headers: the bytes after byte 1, and the case that they select. */
typedef struct drawn_case {
    const char *name;
    uint8_t run, draws[DRAWS_MAX];
    const char *text;
} drawn_case;

static const drawn_case drawn_cases[] = {
    {"weights_one_unit", WEIGHTS, {0, 0, 0, 0}, "weights 0, 1 x 1 x 1"},
    {"weights_one_more_than_panel", WEIGHTS, {4, 32, 16, 5}, "weights 5, 5 x 33 x 17"},
    {"update_one_more_than_panel", UPDATE, {4, 32, 16, 5}, "update 5, 5 x 33 x 17"},
    {"bf16_odd_sizes", BF16, {2, 16, 32, 1}, "bf16 1, 3 x 17 x 33"},
    /* Inputs, layers - 1, units and activation of each, rows - 1, loss, target. */
    {"small_net_largest",
     SMALL_NET,
     {31, 1, 16, 4, 16, 4, 32, 0, 0},
     "small net 31-16, 2 layers, 33 rows: LW_OK"},
    {"small_net_one_layer_of_128_weights",
     SMALL_NET,
     {8, 0, 16, 4, 32, 0, 0},
     "small net 8-16, 1 layers, 33 rows: LW_OK"},
    {"small_net_one_layer_of_135_weights",
     SMALL_NET,
     {9, 0, 15, 4, 32, 0, 0},
     "small net 9-15, 1 layers, 33 rows: LW_ESHAPE"},
    {"small_net_one_row",
     SMALL_NET,
     {2, 1, 4, 3, 1, 3, 0, 0, 0},
     "small net 2-4, 2 layers, 1 rows: LW_OK"},
    {"small_net_inputs_32",
     SMALL_NET,
     {32, 1, 16, 4, 16, 4, 32, 0, 0},
     "small net 32-16, 2 layers, 33 rows: LW_ESHAPE"},
    {"small_net_units_17",
     SMALL_NET,
     {31, 1, 17, 4, 16, 4, 32, 0, 0},
     "small net 31-17, 2 layers, 33 rows: LW_ESHAPE"},
};

/* Every input on every instruction set. */
static void check(const char *name, const uint8_t *draws, size_t count, const char *text)
{
    const expected_outcome expected = {LW_OK, text};
    for (uint8_t isa = 0; lw_isa_available(isa); isa++) {
        char on_isa[64];
        snprintf(on_isa, sizeof on_isa, "%s.%s", name, lw_isa_available(isa));
        input_add(&isa, 1);
        input_add(draws, count);
        input_check(on_isa, &expected);
    }
}

static void check_operation(const operation_case *c)
{
    const struct operation *operation = operation_find(c->operation);
    FUZZ_CHECK(operation, "there is no %s", c->operation);
    uint8_t draws[9 + DRAWS_MAX] = {OPERATION,
                                    (uint8_t)(operation - operations),
                                    c->variant,
                                    c->layout,
                                    c->fill,
                                    c->is_packed ? 0 : AS_IT_IS,
                                    (uint8_t)(c->m - 1),
                                    (uint8_t)(c->n - 1),
                                    (uint8_t)(c->k - 1)};
    memcpy(draws + 9, c->draws, DRAWS_MAX);
    char text[128];
    snprintf(text, sizeof text, "%s %d, %d x %d x %d%s%s", c->operation, c->variant, c->m, c->n,
             c->k, c->is_packed ? ", packed" : "", c->has_specials ? ", special numbers" : "");
    check(c->name, draws, sizeof draws, text);
}

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof operation_cases / sizeof *operation_cases; i++)
        check_operation(&operation_cases[i]);
    for (size_t i = 0; i < sizeof drawn_cases / sizeof *drawn_cases; i++) {
        uint8_t draws[1 + DRAWS_MAX] = {drawn_cases[i].run};
        memcpy(draws + 1, drawn_cases[i].draws, DRAWS_MAX);
        check(drawn_cases[i].name, draws, sizeof draws, drawn_cases[i].text);
    }
}
