/* Narrow networks with a mini-batch, and what the general kernels make of them. */
#ifndef NARROW_CASE_H
#define NARROW_CASE_H

#include "data.h"
#include "guard.h"
#include "tally.h"

#include <lanewise/narrow.h>

enum { NARROW_BUFFERS = 16 };

/* The kind of target. */
enum narrow_target { TARGET_VALUES, TARGET_LABELS };

struct narrow_shape {
    size_t inputs, layer_count;
    lw_narrow_layer layers[LW_NARROW_LAYERS];
};

struct narrow_case {
    lw_narrow plan;
    lw_narrow_batch batch;
    size_t outputs,
        given_rows; /* rows of x and of the target: more than the batch's with an index */
    float *x, *values, *gradient, *y, *row_loss;
    int32_t *labels;
    size_t *index;
    float *parameters, *sums, *m, *v, *workspace;
    size_t guards;
    struct guard guard[NARROW_BUFFERS];
};

/* Random operands, each of which ends at a page that must not be touched. */
void narrow_case_create(struct narrow_case *c, const struct narrow_shape *shape, size_t rows,
                        lw_narrow_loss loss, enum narrow_target target, int picked);
void narrow_case_destroy(struct narrow_case *c);

/* "2-10-5-1 (1 1 3), 17 rows by index, loss 1 of labels", in a buffer that the next call overwrites. */
const char *narrow_case_title(const struct narrow_case *c);

struct narrow_results {
    float *y, *row_loss, *sums; /* released with free */
};

/* By the general kernels for rows, and plain loops for the sums of each block. */
void narrow_reference(const struct narrow_case *c, struct narrow_results *want);

/* lw_narrow_pass of all blocks, in so many parts; copies of what it wrote. */
void narrow_run(struct tally *tally, const struct narrow_case *c, size_t parts,
                struct narrow_results *got);

void narrow_results_free(struct narrow_results *results);

void narrow_compare(struct tally *tally, const struct narrow_case *c,
                    const struct narrow_results *got, const struct narrow_results *want,
                    const char *what);

#endif
