/* Errors of the elementwise functions in ulp. */
#ifndef ULP_H
#define ULP_H

#include "isa_table.h"

struct ulp_function {
    const char *name;
    void (*kernel)(const struct lw_isa *isa, size_t n, const float *x, float *y);
    double (*exact)(double x);
    double (*bound)(double x); /* in ulp */
};

extern const struct ulp_function ulp_functions[];
extern const size_t ulp_function_count;

/* The largest error, and the largest ratio to the permitted error. */
struct ulp_worst {
    double ulps, ratio;
    float x, at_ratio;
};

/* n numbers, at most ULP_BATCH, on `count` instruction sets; worst has an entry for each set. */
enum { ULP_BATCH = 4096 };
void ulp_measure(const struct ulp_function *function, const struct lw_isa *const *sets,
                 size_t count, size_t n, const float *x, struct ulp_worst *worst);
void ulp_merge(struct ulp_worst *worst, const struct ulp_worst *other);

#endif
