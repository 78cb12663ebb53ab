/* A dense layer whose weights lie in the form of lanewise/internal/weights.h, with operands between
 * guard pages. */
#ifndef WEIGHTS_CASE_H
#define WEIGHTS_CASE_H

#include "data.h"
#include "guard.h"
#include "tally.h"

#include <lanewise/internal/weights.h>

/* What is done to the parameters; for each its parameters in weights_rules. */
enum { WEIGHTS_RULES = 7 };

struct weights_rule {
    const char *name;
    int is_adam, has_velocity;
    lw_sgd_update_params sgd;
    lw_adam_update_params adam;
};

extern const struct weights_rule weights_rules[WEIGHTS_RULES];

/* The same numbers row-major, as the functions of kernels.h take them. */
struct weights_values {
    float *w, *m, *v;     /* in x out */
    float *b, *b_m, *b_v; /* out */
};

enum { WEIGHTS_BUFFERS = 12 };

struct weights_case {
    lw_weights weights;
    size_t batch, ldx, lddz;
    float *x, *dz;        /* batch rows, with gaps between them */
    float *m, *v;         /* as weights.w: what belongs to no element holds a canary */
    float *b, *b_m, *b_v; /* out */
    struct weights_values start;
    size_t guards;
    struct guard guard[WEIGHTS_BUFFERS];
};

/* Random operands of so many rows, `gap` floats between two of them; each lies at a page that must
 * not be touched, at the one after or before it. */
void weights_case_create(struct weights_case *c, size_t batch, size_t in, size_t out, size_t gap,
                         enum guard_side side);
void weights_case_destroy(struct weights_case *c);

/* Parameters and moments as they were created. */
void weights_case_restore(struct weights_case *c);

/* "5 x 100 x 33", batch, in and out, in a buffer that the next call overwrites. */
const char *weights_case_title(const struct weights_case *c);

/* batch rows of cols random floats, ld apart, at a guard page; NULL for none. */
float *weights_case_rows(struct weights_case *c, size_t cols, size_t ld);

struct weights_values weights_values_copy(const struct weights_case *c);
void weights_values_free(struct weights_values *values);

/* lw_linear_backward_weights with beta = 0. */
void weights_gradient(struct tally *tally, const struct weights_case *c, float *g, float *gb);

/* Rows first..first+count-1 of values, and with_bias, by lw_sgd_update or lw_adam_update. */
void weights_reference(struct tally *tally, const struct weights_case *c,
                       const struct weights_rule *rule, const float *g, const float *gb,
                       size_t first, size_t count, int with_bias, struct weights_values *values);

/* What the functions of weights.h take for that; without b if it is another range's. */
lw_layer_update weights_update_of(const struct weights_case *c, const struct weights_rule *rule,
                                  int with_bias);

/* Parameters and moments are those values, and what lies between them is untouched. */
void weights_compare(struct tally *tally, const struct weights_case *c,
                     const struct weights_values *want, const char *what);

/* Counts elements of unequal bits. */
void weights_same(struct tally *tally, const struct weights_case *c, const char *what,
                  const char *name, size_t count, const float *got, const float *want);

/* Room for count floats, at least for one; released with free. */
float *weights_floats(size_t count);

/* The functions under test; a mutant takes the place of one. */
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
