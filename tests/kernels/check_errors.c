/* The errors that all functions have in common. */
#include "checks.h"
#include "failure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int is_used(const struct operand *x)
{
    return x->use == INPUT || x->use == OUTPUT || x->use == UPDATED;
}

static int is_output(const struct operand *x)
{
    return x->use == OUTPUT || x->use == UPDATED;
}

static void check_failure(struct tally *tally, struct problem *p, lw_status want, const char *name)
{
    failure_check(tally, p->operation->call(p), want, p->operation->name, name);
}

static void check_null(struct tally *tally, struct problem *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct operand *x = &p->operand[i];
        void *const data = x->data;
        if (x->optional || x->use == ABSENT)
            continue;
        x->data = NULL;
        if (x->use == IGNORED)
            TALLY_CHECK(tally, p->operation->call(p) == LW_OK, "%s: %s", problem_title(p),
                        lw_last_error());
        else
            check_failure(tally, p, LW_EINVAL, x->name);
        x->data = data;
        problem_check_intact(tally, p, x->use != IGNORED);
        problem_restore(p);
    }
}

/* Sizes that exceed the address space, one of which wraps around to a small number of bytes. */
static const size_t beyond_memory[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4 + 2,
                                       PTRDIFF_MAX / 4 + 1};
enum { BEYOND = sizeof beyond_memory / sizeof *beyond_memory };

static void check_leading_dimension(struct tally *tally, struct problem *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct operand *x = &p->operand[i];
        const size_t ld = x->ld;
        if (!is_used(x) || x->is_vector)
            continue;
        const size_t wrong[] = {x->cols - 1, 0};
        for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
            x->ld = wrong[w];
            check_failure(tally, p, LW_EINVAL, x->name);
        }
        for (size_t w = 0; w < BEYOND; w++) {
            x->ld = beyond_memory[w];
            check_failure(tally, p, LW_EINVAL, x->name);
        }
        x->ld = ld;
        problem_check_intact(tally, p, 1);
    }
}

static void check_overflow(struct tally *tally, const struct problem *p)
{
    enum { DIMENSIONS = 3 };
    for (int d = 0; d < DIMENSIONS * BEYOND; d++) {
        struct problem huge = {.operation = p->operation, .variant = p->variant};
        const size_t beyond = beyond_memory[d / DIMENSIONS];
        int depends = 0;
        huge.m = d % DIMENSIONS == 0 ? beyond : p->m;
        huge.n = d % DIMENSIONS == 1 ? beyond : p->n;
        huge.k = d % DIMENSIONS == 2 ? beyond : p->k;
        huge.operation->shape(&huge);
        for (size_t i = 0; i < p->count; i++) {
            struct operand *x = &huge.operand[i];
            const struct operand *small = &p->operand[i];
            x->data = small->data;
            x->ld = x->cols;
            depends |= is_used(x) && (x->rows != small->rows || x->cols != small->cols);
        }
        if (depends)
            check_failure(tally, &huge, LW_EINVAL, NULL);
        problem_check_intact(tally, p, 1);
    }
}

/* An output at `shift` floats from the start of another operand. */
static void check_placement(struct tally *tally, const struct problem *p, size_t output,
                            size_t other, size_t shift)
{
    struct problem q = *p;
    struct operand *out = &q.operand[output], *x = &q.operand[other];
    const size_t floats = operand_extent(out) + operand_extent(x);
    float *block = malloc(2 * floats * sizeof *block);
    TALLY_CHECK(tally, block != NULL, "no memory");
    if (!block)
        return;
    float *const copy = block + floats;
    for (size_t i = 0; i < floats; i++)
        block[i] = 0.0f; /* also a valid label */
    memcpy(copy, block, floats * sizeof *block);
    x->data = block;
    out->data = block + shift;
    if (shift < operand_extent(x)) {
        check_failure(tally, &q, LW_EOVERLAP, out->name);
        TALLY_CHECK(tally, !memcmp(block, copy, floats * sizeof *block),
                    "%s: changed %s on failure", problem_title(p), out->name);
    } else {
        TALLY_CHECK(tally, q.operation->call(&q) == LW_OK, "%s: %s next to %s: %s",
                    problem_title(p), out->name, x->name, lw_last_error());
    }
    free(block);
    problem_restore((struct problem *)p);
}

static void check_overlap(struct tally *tally, const struct problem *p)
{
    for (size_t o = 0; o < p->count; o++) {
        const struct operand *out = &p->operand[o];
        for (size_t i = 0; is_output(out) && i < p->count; i++) {
            const struct operand *x = &p->operand[i];
            if (i == o || !is_used(x))
                continue;
            if (!out->in_place_with || strcmp(out->in_place_with, x->name))
                check_placement(tally, p, o, i, 0);
            /* By two floats: fewer is not enough for a double. */
            check_placement(tally, p, o, i, 2);
            check_placement(tally, p, o, i, operand_extent(x) - 1 - operand_extent(x) % 2);
            check_placement(tally, p, o, i, operand_extent(x) + operand_extent(x) % 2);
        }
    }
}

/* An output in the gaps between the rows of another operand; `ahead` floats closer to it than
 * permitted, with a leading dimension `apart` larger. */
static void check_gaps(struct tally *tally, const struct problem *p, size_t output, size_t other,
                       size_t ahead, size_t apart)
{
    struct problem q = *p;
    struct operand *out = &q.operand[output], *x = &q.operand[other];
    const size_t ld = x->cols + out->cols + apart;
    const size_t floats = ((out->rows > x->rows ? out->rows : x->rows) + 1) * (ld + apart);
    float *const block = calloc(2 * floats, sizeof *block);
    TALLY_CHECK(tally, block != NULL, "no memory");
    if (!block)
        return;
    x->ld = ld;
    x->data = block;
    out->ld = ld + apart;
    out->data = block + x->cols - ahead;
    if (ahead + apart > 0) {
        check_failure(tally, &q, LW_EOVERLAP, out->name);
        TALLY_CHECK(tally, !memcmp(block, block + floats, floats * sizeof *block),
                    "%s: changed %s on failure", problem_title(p), out->name);
    } else {
        TALLY_CHECK(tally, q.operation->call(&q) == LW_OK, "%s: %s in the gaps of %s: %s",
                    problem_title(p), out->name, x->name, lw_last_error());
    }
    free(block);
    problem_restore((struct problem *)p);
}

static void check_interleaved(struct tally *tally, const struct problem *p)
{
    for (size_t o = 0; o < p->count; o++) {
        const struct operand *out = &p->operand[o];
        for (size_t i = 0; is_output(out) && !out->is_vector && i < p->count; i++) {
            const struct operand *x = &p->operand[i];
            if (i == o || !is_used(x) || x->is_vector)
                continue;
            check_gaps(tally, p, o, i, 0, 0);
            check_gaps(tally, p, o, i, 1, 0);
            check_gaps(tally, p, o, i, 0, 1);
        }
    }
}

void check_errors(struct tally *tally, const struct operation *operation)
{
    for (int variant = 0; variant < operation->variants; variant++) {
        const struct layout layout = {.memory = HEAP, .padding = 1};
        const struct size size = {3, operation->extents == VECTOR ? 20 : 5, 4};
        struct problem p;
        problem_create(&p, operation, variant, size, layout, UNIFORM);
        if (!p.in_place) {
            check_null(tally, &p);
            check_leading_dimension(tally, &p);
            check_overlap(tally, &p);
            check_interleaved(tally, &p);
        }
        check_overflow(tally, &p);
        problem_destroy(&p);
    }
}
