#include "checks.h"
#include "dispatch.h"
#include "sizes.h"

#include <math.h>
#include <string.h>

extern const struct lw_isa lw_isa_fmaf_reference;

static void check_fill(struct tally *tally, const struct operation *operation, int variant,
                       struct size size, size_t padding, enum fill fill)
{
    const struct lw_isa *const isa = lw_isa_current();
    const struct layout layout = {.memory = HEAP, .padding = padding};
    struct problem p, reference;
    problem_create(&p, operation, variant, size, layout, fill);
    problem_create(&reference, operation, variant, size, layout, fill);
    problem_run(tally, &p);
    lw_isa_use(&lw_isa_fmaf_reference);
    problem_run(tally, &reference);
    lw_isa_use(isa);
    problem_compare(tally, &p, &reference, "against fmaf");
    problem_destroy(&p);
    problem_destroy(&reference);
}

void check_bits(struct tally *tally, const struct operation *operation)
{
    struct size_list list = sizes_skinny_m(operation);
    for (size_t i = 0; i < list.count; i++) {
        for (int variant = 0; variant < operation->variants; variant++) {
            for (size_t padding = 0; padding <= 2; padding += 2) {
                check_fill(tally, operation, variant, list.size[i], padding, UNIFORM);
                check_fill(tally, operation, variant, list.size[i], padding, WIDE);
            }
        }
    }
    size_list_free(&list);
}

/* One step of a chain, with or without FMA as on the current set. */
static float step(float a, float b, float c)
{
    return strcmp(lw_isa_name(), "scalar") ? fmaf(a, b, c) : a * b + c;
}

static float element(const struct operand *x, int transposed, size_t i, size_t j)
{
    return transposed ? x->before[j * x->ld + i] : x->before[i * x->ld + j];
}

static void check_element(struct tally *tally, const struct problem *p, const struct operand *x,
                          size_t i, size_t j, float want)
{
    const float got = ((const float *)x->data)[i * x->ld + j];
    TALLY_CHECK(tally, same_bits(got, want), "%s, one chain: %s at %zu, %zu is %a, not %a",
                problem_title(p), x->name, i, j, (double)got, (double)want);
}

/* The other order, 16 chains and a tree: row i of a times column j of b. */
static float dot_product(const struct operand *a, const struct operand *b, int transb, size_t i,
                         size_t j, size_t steps)
{
    float chain[16] = {0.0f};
    for (size_t l = 0; l < steps; l++)
        chain[l % 16] = step(element(a, 0, i, l), element(b, transb, l, j), chain[l % 16]);
    for (size_t width = 8; width > 0; width /= 2) {
        for (size_t l = 0; l < width; l++)
            chain[l] += chain[l + width];
    }
    return chain[0];
}

static void check_sgemm_chain(struct tally *tally, const struct problem *p)
{
    const struct parameters *q = &p->parameters;
    const struct operand *a = &p->operand[0], *b = &p->operand[1], *c = &p->operand[2];
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->n; j++) {
            const float start = q->beta == 0.0f ? 0.0f : q->beta * element(c, 0, i, j);
            float chain = start;
            for (size_t l = 0; q->alpha != 0.0f && l < p->k; l++)
                chain = step(q->alpha * element(a, q->transa, i, l), element(b, q->transb, l, j),
                             chain);
            if (takes_dot_products(p))
                chain = start + dot_product(a, b, q->transb, i, j, p->k);
            check_element(tally, p, c, i, j, chain);
        }
    }
}

static void check_forward_chain(struct tally *tally, const struct problem *p)
{
    const struct operand *x = &p->operand[0], *w = &p->operand[1], *b = &p->operand[2];
    const struct operand *z = &p->operand[3], *y = &p->operand[4];
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->n; j++) {
            float chain = 0.0f;
            for (size_t l = 0; l < p->k; l++)
                chain = step(element(x, 0, i, l), element(w, 0, l, j), chain);
            if (takes_dot_products(p))
                chain = dot_product(x, w, 0, i, j, p->k);
            if (b->data)
                chain += b->before[j];
            if (z->data)
                check_element(tally, p, z, i, j, chain);
            if (p->parameters.activation == LW_ACTIVATION_LINEAR)
                check_element(tally, p, y, i, j, chain);
            if (p->parameters.activation == LW_ACTIVATION_RELU)
                check_element(tally, p, y, i, j, chain > 0.0f ? chain : 0.0f);
        }
    }
}

static void check_backward_input_chain(struct tally *tally, const struct problem *p)
{
    const struct operand *dz = &p->operand[0], *w = &p->operand[1];
    const struct operand *saved = &p->operand[2], *dx = &p->operand[3];
    const int relu = p->parameters.activation == LW_ACTIVATION_RELU;
    if (!relu && p->parameters.activation != LW_ACTIVATION_LINEAR)
        return;
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->k; j++) {
            float chain = 0.0f;
            for (size_t l = 0; l < p->n; l++)
                chain = step(element(dz, 0, i, l), element(w, 0, j, l), chain);
            if (takes_dot_products(p))
                chain = dot_product(dz, w, 1, i, j, p->n);
            const int passes = !relu || element(saved, 0, i, j) > 0.0f;
            check_element(tally, p, dx, i, j, passes ? chain : 0.0f);
        }
    }
}

static void check_sums_chain(struct tally *tally, const struct problem *p, const struct operand *x,
                             const struct operand *sums)
{
    for (size_t j = 0; sums->data && j < p->n; j++) {
        float chain = p->parameters.beta == 0.0f ? 0.0f : sums->before[j];
        for (size_t i = 0; i < p->m; i++)
            chain += element(x, 0, i, j);
        check_element(tally, p, sums, 0, j, chain);
    }
}

static void check_column_sums_chain(struct tally *tally, const struct problem *p)
{
    check_sums_chain(tally, p, &p->operand[0], &p->operand[1]);
}

static void check_backward_weights_chain(struct tally *tally, const struct problem *p)
{
    const struct operand *x = &p->operand[0], *dz = &p->operand[1], *dw = &p->operand[2];
    for (size_t i = 0; i < p->k; i++) {
        for (size_t j = 0; j < p->n; j++) {
            float chain = p->parameters.beta == 0.0f ? 0.0f : element(dw, 0, i, j);
            for (size_t l = 0; l < p->m; l++)
                chain = step(element(x, 0, l, i), element(dz, 0, l, j), chain);
            check_element(tally, p, dw, i, j, chain);
        }
    }
    check_sums_chain(tally, p, dz, &p->operand[3]);
}

void check_chains(struct tally *tally, const struct operation *unused)
{
    static const struct {
        const char *operation;
        void (*check)(struct tally *tally, const struct problem *p);
    } chains[] = {{"lw_sgemm", check_sgemm_chain},
                  {"lw_linear_forward", check_forward_chain},
                  {"lw_linear_backward_input", check_backward_input_chain},
                  {"lw_linear_backward_weights", check_backward_weights_chain},
                  {"lw_column_sums", check_column_sums_chain}};
    /* Kernels that require contiguous rows of both operands must not be used if only one has them.
     */
    enum { LAYOUTS = 4 };
    static const struct layout layouts[LAYOUTS] = {
        {.memory = HEAP},
        {.memory = HEAP, .padding = 1},
        {.memory = HEAP, .padding = 1, .tight = TIGHT_FIRST},
        {.memory = HEAP, .padding = 1, .tight = TIGHT_LAST}};
    (void)unused;
    for (size_t c = 0; c < sizeof chains / sizeof *chains; c++) {
        const struct operation *operation = operation_find(chains[c].operation);
        struct size_list list = sizes_skinny_m(operation);
        for (size_t i = 0; i < list.count; i++) {
            for (int form = 0; form < LAYOUTS * operation->variants; form++) {
                const struct layout layout = layouts[form % LAYOUTS];
                struct problem p;
                problem_create(&p, operation, form / LAYOUTS, list.size[i], layout, UNIFORM);
                problem_run(tally, &p);
                chains[c].check(tally, &p);
                problem_destroy(&p);
            }
        }
        size_list_free(&list);
    }
}
