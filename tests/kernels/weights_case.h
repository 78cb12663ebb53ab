/* A dense layer with weights in the layout of lanewise/internal/weights.h; operands between guard
 * pages. */
#ifndef WEIGHTS_CASE_H
#define WEIGHTS_CASE_H

#include "data.h"
#include "guard.h"
#include "tally.h"

#include <lanewise/internal/weights.h>

/* The update rules; weights_rules contains their parameters. */
enum { WEIGHTS_RULES = 7 };

struct weights_rule {
    const char *name;
    int is_adam, has_velocity;
    lw_sgd_update_params sgd;
    lw_adam_update_params adam;
};

extern const struct weights_rule weights_rules[WEIGHTS_RULES];

/* The same values row-major, as the functions of kernels.h expect. */
struct weights_values {
    float *w, *m, *v;     /* in x out */
    float *b, *b_m, *b_v; /* out */
};

enum { WEIGHTS_BUFFERS = 12 };

struct weights_case {
    lw_weights weights;
    size_t batch, ldx, lddz;
    float *x, *dz;        /* batch rows, with gaps between them */
    float *m, *v;         /* as weights.w; padding contains a canary */
    float *b, *b_m, *b_v; /* out */
    struct weights_values start;
    size_t guards;
    struct guard guard[WEIGHTS_BUFFERS];
};

/* Creates random operands for `batch` rows, with `gap` floats between rows, adjacent to guard pages
 * after or before them. */
void weights_case_create(struct weights_case *c, size_t batch, size_t in, size_t out, size_t gap,
                         enum guard_side side);
void weights_case_destroy(struct weights_case *c);

/* Parameters and moments as created. */
void weights_case_restore(struct weights_case *c);

/* For example "5 x 100 x 33": batch, in, out. The next call overwrites the buffer. */
const char *weights_case_title(const struct weights_case *c);

/* batch rows of cols random floats, ld apart, adjacent to a guard page; NULL if omitted. */
float *weights_case_rows(struct weights_case *c, size_t cols, size_t ld);

struct weights_values weights_values_copy(const struct weights_case *c);
void weights_values_free(struct weights_values *values);

/* lw_linear_backward_weights with beta = 0. */
void weights_gradient(struct tally *tally, const struct weights_case *c, float *g, float *gb);

/* Updates rows first..first+count-1 of values, with_bias also the biases, by lw_sgd_update or
 * lw_adam_update. */
void weights_reference(struct tally *tally, const struct weights_case *c,
                       const struct weights_rule *rule, const float *g, const float *gb,
                       size_t first, size_t count, int with_bias, struct weights_values *values);

/* Arguments of the functions of weights.h for the same update; without b if another range includes
 * it. */
lw_layer_update weights_update_of(const struct weights_case *c, const struct weights_rule *rule,
                                  int with_bias);

/* Requires that parameters and moments equal the values, and that padding is unchanged. */
void weights_compare(struct tally *tally, const struct weights_case *c,
                     const struct weights_values *want, const char *what);

/* Number of elements with unequal bits. */
void weights_same(struct tally *tally, const struct weights_case *c, const char *what,
                  const char *name, size_t count, const float *got, const float *want);

/* Allocates count floats, at least one; free with free. */
float *weights_floats(size_t count);

/* The functions under test; a mutant replaces one. */
struct weights_functions {
    lw_status (*forward)(const lw_weights *weights, size_t batch, const float *x, size_t ldx,
                         const float *b, lw_activation activation, float *z, size_t ldz, float *y,
                         size_t ldy);
    lw_status (*backward_input)(const lw_weights *weights, size_t batch, const float *dz,
                                size_t lddz, lw_activation activation, const float *saved,
                                size_t lds, float *dx, size_t lddx);
    lw_status (*backward_update)(const lw_weights *weights, size_t first, size_t count,
                                 size_t batch, const float *x, size_t ldx, const float *dz,
                                 size_t lddz, const lw_layer_update *update);
    lw_status (*update)(const lw_weights *weights, size_t first, size_t count, const float *g,
                        const float *gb, const lw_layer_update *update);
};

extern struct weights_functions weights_functions;

#endif
