#include "problem.h"

#include "operations.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Value of padding and outputs: a distinct NaN, so that a read appears in the result and an element
 * that was not written is detected. */
static const uint32_t CANARY = 0x7fc0dead;

static void *need(void *memory)
{
    if (!memory) {
        fputs("no memory for a test\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

size_t operand_extent(const struct operand *x)
{
    return x->rows && x->cols ? (x->rows - 1) * x->ld + x->cols : 0;
}

static int is_output(const struct operand *x)
{
    return x->use == OUTPUT || x->use == UPDATED;
}

static void allocate(struct operand *x, struct layout layout)
{
    const size_t floats = operand_extent(x);
    if (x->use == ABSENT || floats == 0)
        return;
    if (layout.memory == GUARDED) {
        x->guard = guard_alloc(floats * sizeof(float), layout.side);
        x->data = need(x->guard.data);
    } else {
        const size_t offset = x->domain == RESULT_DOUBLE ? 0 : layout.offset;
        x->heap = need(malloc((floats + offset) * sizeof(float)));
        x->data = (float *)x->heap + offset;
    }
    x->before = need(malloc(floats * sizeof(float)));
}

static float in_domain(enum operand_domain domain, float value)
{
    if (domain == REAL)
        return value;
    value = fabsf(value);
    return domain == PROBABILITY && value > 1.0f ? 1.0f / value : value;
}

static void fill_operand(struct operand *x, enum fill fill, int alternating, size_t labels,
                         struct generator *from)
{
    for (size_t i = 0; i < operand_extent(x); i++)
        x->before[i] = float_of(CANARY);
    if (x->use != INPUT && x->use != UPDATED)
        return;
    for (size_t r = 0; r < x->rows; r++) {
        for (size_t c = 0; c < x->cols; c++) {
            float *element = &x->before[r * x->ld + c];
            if (x->domain == LABEL) {
                const int32_t label = (int32_t)(generate_bits(from) % labels);
                memcpy(element, &label, sizeof label);
                continue;
            }
            *element = in_domain(x->domain, generate_value(from, fill));
            if (alternating && (r + c) % 2 == 1 && x->domain == REAL)
                *element = -*element;
        }
    }
}

void problem_create(struct problem *p, const struct operation *operation, int variant,
                    struct size size, struct layout layout, enum fill fill)
{
    *p = (struct problem){.operation = operation, .variant = variant};
    p->m = size.m;
    p->n = size.n;
    p->k = size.k;
    operation->shape(p);
    struct generator from = {(size.m * 1000 + size.n) * 1000 + size.k + (size_t)variant};
    for (size_t i = 0; i < p->count; i++) {
        struct operand *x = &p->operand[i];
        const int tight = (layout.tight == TIGHT_FIRST && i == 0) ||
                          (layout.tight == TIGHT_LAST && i + 1 == p->count);
        x->ld = x->cols + (x->is_vector || tight ? 0 : layout.padding * (i + 1));
        allocate(x, layout);
        if (x->data)
            fill_operand(x, fill, fill == CANCELLING && i == 0, p->n, &from);
    }
    problem_restore(p);
}

void problem_destroy(struct problem *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct operand *x = &p->operand[i];
        guard_free(&x->guard);
        free(x->heap);
        free(x->before);
        x->data = x->heap = x->before = NULL;
    }
}

void problem_restore(struct problem *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct operand *x = &p->operand[i];
        if (x->data)
            memcpy(x->data, x->before, operand_extent(x) * sizeof(float));
    }
}

struct traced_call {
    const struct problem *problem;
    lw_status status;
};

static void call_traced(void *argument)
{
    struct traced_call *call = argument;
    call->status = call->problem->operation->call(call->problem);
}

static int is_guarded(const struct problem *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->operand[i].guard.data)
            return 1;
    }
    return 0;
}

void problem_run(struct tally *tally, struct problem *p)
{
    struct traced_call call = {p, LW_OK};
    if (is_guarded(p)) {
        const int faulted = guard_trap(call_traced, &call);
        TALLY_CHECK(tally, !faulted, "%s: touched a guard page", problem_title(p));
        if (faulted)
            return;
    } else {
        call_traced(&call);
    }
    TALLY_CHECK(tally, call.status == LW_OK, "%s: %s, %s", problem_title(p),
                lw_status_name(call.status), lw_last_error());
    problem_check_intact(tally, p, 0);
}

static uint32_t word_at(const void *data, size_t i)
{
    uint32_t word;
    memcpy(&word, (const char *)data + i * sizeof word, sizeof word);
    return word;
}

void problem_check_intact(struct tally *tally, const struct problem *p, int failed)
{
    for (size_t o = 0; o < p->count; o++) {
        const struct operand *x = &p->operand[o];
        for (size_t i = 0; x->data && i < operand_extent(x); i++) {
            const uint32_t now = word_at(x->data, i), before = word_at(x->before, i);
            const int element = i % x->ld < x->cols;
            if (failed || !element || !is_output(x))
                TALLY_CHECK(tally, now == before, "%s: changed %s%s at %zu, %zu", problem_title(p),
                            element ? "" : "the padding of ", x->name, i / x->ld, i % x->ld);
            else if (x->use == OUTPUT)
                TALLY_CHECK(tally, now != CANARY, "%s: did not write %s at %zu, %zu",
                            problem_title(p), x->name, i / x->ld, i % x->ld);
        }
    }
}

int same_bits(float x, float y)
{
    return bits_of(x) == bits_of(y) || (isnan(x) && isnan(y));
}

void problem_compare(struct tally *tally, const struct problem *p, const struct problem *other,
                     const char *what)
{
    for (size_t o = 0; o < p->count; o++) {
        const struct operand *x = &p->operand[o], *y = &other->operand[o];
        for (size_t r = 0; x->data && is_output(x) && r < x->rows; r++) {
            for (size_t c = 0; c < x->cols; c++) {
                const float got = float_of(word_at(x->data, r * x->ld + c));
                const float want = float_of(word_at(y->data, r * y->ld + c));
                const int same =
                    bits_of(got) == bits_of(want) || (x->domain < LABEL && same_bits(got, want));
                TALLY_CHECK(tally, same, "%s, %s: %s at %zu, %zu is %a, not %a", problem_title(p),
                            what, x->name, r, c, (double)got, (double)want);
            }
        }
    }
}

const struct operand *problem_source(const struct problem *p, size_t input, size_t output)
{
    return &p->operand[p->in_place ? output : input];
}

const char *problem_title(const struct problem *p)
{
    static char title[128];
    snprintf(title, sizeof title, "%s variant %d of %zu x %zu x %zu", p->operation->name,
             p->variant, p->m, p->n, p->k);
    return title;
}
