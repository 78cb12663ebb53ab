/* Products with a packed operand: the bits of the unpacked ones, and their errors. */
#include "cases.h"
#include "checks.h"
#include "failure.h"
#include "sizes.h"

#include <stdlib.h>
#include <string.h>

/* Restores the output to its value before the call, for a second call; the caller frees the
 * returned result. */
static float *take_result(struct operand *output)
{
    const size_t bytes = operand_extent(output) * sizeof(float);
    if (!output->data)
        return NULL;
    float *result = malloc(bytes);
    if (result) {
        memcpy(result, output->data, bytes);
        memcpy(output->data, output->before, bytes);
    }
    return result;
}

static void compare(struct tally *tally, const struct problem *p, const struct operand *output,
                    const float *want)
{
    const float *got = output->data;
    for (size_t i = 0; got && i < operand_extent(output); i++)
        TALLY_CHECK(tally, same_bits(got[i], want[i]), "%s, packed: %s at %zu is %a, not %a",
                    problem_title(p), output->name, i, (double)got[i], (double)want[i]);
}

static void check_sgemm_packed(struct tally *tally, struct problem *p)
{
    const struct parameters *q = &p->parameters;
    const struct operand *a = &p->operand[0], *b = &p->operand[1];
    struct operand *c = &p->operand[2];
    lw_packed_matrix *packed = NULL;
    problem_run(tally, p);
    float *want = take_result(c);
    TALLY_CHECK(tally, lw_sgemm_pack(&packed, q->transb, p->k, p->n, b->data, b->ld) == LW_OK,
                "%s: not packed", problem_title(p));
    TALLY_CHECK(tally,
                lw_sgemm_packed(q->transa, p->m, q->alpha, a->data, a->ld, packed, q->beta, c->data,
                                c->ld) == LW_OK,
                "%s: failed packed", problem_title(p));
    compare(tally, p, c, want);
    lw_packed_matrix_destroy(packed);
    free(want);
}

/* Forward pass with W, or its transpose, packed; compared with want. */
static void check_forward_with(struct tally *tally, struct problem *p, int transb, const float *w,
                               size_t ldw, const float *want_z, const float *want_y)
{
    const struct operand *x = &p->operand[0], *b = &p->operand[2];
    struct operand *z = &p->operand[3], *y = &p->operand[4];
    lw_packed_matrix *packed = NULL;
    TALLY_CHECK(tally, lw_sgemm_pack(&packed, transb, p->k, p->n, w, ldw) == LW_OK,
                "%s: not packed", problem_title(p));
    TALLY_CHECK(tally,
                lw_linear_forward_packed(p->m, x->data, x->ld, packed, b->data,
                                         p->parameters.activation, z->data, z->ld, y->data,
                                         y->ld) == LW_OK,
                "%s: failed packed", problem_title(p));
    compare(tally, p, z, want_z);
    compare(tally, p, y, want_y);
    lw_packed_matrix_destroy(packed);
}

static void check_forward_packed(struct tally *tally, struct problem *p)
{
    const struct operand *w = &p->operand[1];
    problem_run(tally, p);
    float *want_z = take_result(&p->operand[3]), *want_y = take_result(&p->operand[4]);
    check_forward_with(tally, p, 0, w->data, w->ld, want_z, want_y);
    float *transposed = malloc((p->k * p->n + 1) * sizeof *transposed);
    for (size_t j = 0; transposed && j < p->n; j++) {
        for (size_t l = 0; l < p->k; l++)
            transposed[j * p->k + l] = w->before[l * w->ld + j];
    }
    check_forward_with(tally, p, 1, transposed, p->k, want_z, want_y);
    free(transposed);
    free(want_z);
    free(want_y);
}

void case_packed(struct tally *tally, struct problem *p)
{
    const int is_sgemm = strcmp(p->operation->name, "lw_sgemm") == 0;
    /* lw_sgemm_packed always uses chain order. */
    if (p->operand[1].use != INPUT || (is_sgemm && takes_dot_products(p)))
        return;
    if (is_sgemm)
        check_sgemm_packed(tally, p);
    else
        check_forward_packed(tally, p);
}

static void check_sizes(struct tally *tally, const char *name, struct size_list list)
{
    const struct operation *operation = operation_find(name);
    for (size_t i = 0; i < list.count; i++) {
        /* Every variant over the sizes, each without and with padding. */
        const int variant = (int)(i % (size_t)operation->variants);
        const struct layout layout = {.memory = HEAP,
                                      .padding = i / (size_t)operation->variants % 2};
        struct problem p;
        problem_create(&p, operation, variant, list.size[i], layout, UNIFORM);
        case_packed(tally, &p);
        problem_destroy(&p);
    }
    size_list_free(&list);
}

static void check_packed_errors(struct tally *tally)
{
    const float x[16] = {0.0f};
    float y[16] = {7.0f};
    lw_packed_matrix *packed = NULL, *made = NULL;
    failure_check(tally, lw_sgemm_pack(NULL, 0, 2, 2, x, 2), LW_EINVAL, "lw_sgemm_pack", "packed");
    failure_check(tally, lw_sgemm_pack(&packed, 2, 2, 2, x, 2), LW_EINVAL, "lw_sgemm_pack",
                  "transb");
    failure_check(tally, lw_sgemm_pack(&packed, 0, 2, 2, NULL, 2), LW_EINVAL, "lw_sgemm_pack", "b");
    failure_check(tally, lw_sgemm_pack(&packed, 0, 2, 3, x, 2), LW_EINVAL, "lw_sgemm_pack", "b");
    TALLY_CHECK(tally, !packed, "lw_sgemm_pack: a handle from a failure");
    TALLY_CHECK(tally, lw_sgemm_pack(&made, 0, 2, 2, x, 2) == LW_OK, "lw_sgemm_pack failed");
    failure_check(tally, lw_sgemm_packed(0, 2, 1.0f, x, 2, NULL, 0.0f, y, 2), LW_EINVAL,
                  "lw_sgemm_packed", "b");
    failure_check(tally, lw_sgemm_packed(2, 2, 1.0f, x, 2, made, 0.0f, y, 2), LW_EINVAL,
                  "lw_sgemm_packed", "transa");
    failure_check(tally, lw_sgemm_packed(0, 2, 1.0f, NULL, 2, made, 0.0f, y, 2), LW_EINVAL,
                  "lw_sgemm_packed", "a");
    failure_check(tally, lw_sgemm_packed(0, 2, 1.0f, y, 2, made, 0.0f, y, 2), LW_EOVERLAP,
                  "lw_sgemm_packed", "c");
    failure_check(tally,
                  lw_linear_forward_packed(2, x, 2, NULL, NULL, LW_ACTIVATION_RELU, NULL, 0, y, 2),
                  LW_EINVAL, "lw_linear_forward_packed", "w");
    failure_check(
        tally, lw_linear_forward_packed(2, x, 2, made, NULL, LW_ACTIVATION_SOFTMAX, NULL, 0, y, 2),
        LW_EINVAL, "lw_linear_forward_packed", "activation");
    failure_check(tally,
                  lw_linear_forward_packed(2, x, 1, made, NULL, LW_ACTIVATION_RELU, NULL, 0, y, 2),
                  LW_EINVAL, "lw_linear_forward_packed", "x");
    TALLY_CHECK(tally, y[0] == 7.0f, "an output changed on failure");
    lw_packed_matrix_destroy(made);
    lw_packed_matrix_destroy(NULL);
}

void check_packed(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    const struct operation *sgemm = operation_find("lw_sgemm");
    const struct operation *forward = operation_find("lw_linear_forward");
    check_sizes(tally, "lw_sgemm", sizes_at_edges(sgemm));
    check_sizes(tally, "lw_sgemm", sizes_skinny_m(sgemm));
    check_sizes(tally, "lw_sgemm", sizes_of_paths(sgemm));
    check_sizes(tally, "lw_linear_forward", sizes_at_edges(forward));
    check_sizes(tally, "lw_linear_forward", sizes_of_paths(forward));
    check_packed_errors(tally);
}
