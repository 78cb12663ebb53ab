/* Small networks with a mini-batch, and their expected results from the general kernels. */
#ifndef SMALL_NET_CASE_H
#define SMALL_NET_CASE_H

#include "data.h"
#include "guard.h"
#include "tally.h"

#include <lanewise/internal/small_net.h>

enum { NARROW_BUFFERS = 16 };

/* The kind of target. */
enum small_net_target { TARGET_VALUES, TARGET_LABELS };

struct small_net_shape {
    size_t inputs, layer_count;
    lw_small_net_layer layers[LW_SMALL_NET_MAX_LAYERS];
};

struct small_net_case {
    lw_small_net plan;
    lw_small_net_batch batch;
    size_t outputs,
        given_rows; /* rows of x and of the target; more than the batch if there is an index */
    float *x, *values, *gradient, *y, *row_loss;
    int32_t *labels;
    size_t *index;
    float *parameters, *sums, *m, *v, *workspace;
    size_t guards;
    struct guard guard[NARROW_BUFFERS];
};

/* Random operands, each adjacent to a guard page. */
void small_net_case_create(struct small_net_case *c, const struct small_net_shape *shape,
                           size_t rows, lw_small_net_loss loss, enum small_net_target target,
                           int picked);
void small_net_case_destroy(struct small_net_case *c);

/* For example "2-10-5-1 (1 1 3), 17 rows by index, loss 1 of labels". The next call overwrites the
 * buffer. */
const char *small_net_case_title(const struct small_net_case *c);

struct small_net_results {
    float *y, *row_loss, *sums; /* released with free */
};

/* Computed with the general kernels for rows, and plain loops for the sums of each block. */
void small_net_reference(const struct small_net_case *c, struct small_net_results *want);

/* Runs lw_small_net_pass over all blocks in the given number of parts; returns copies of its
 * outputs. */
void small_net_run(struct tally *tally, const struct small_net_case *c, size_t parts,
                   struct small_net_results *got);

void small_net_results_free(struct small_net_results *results);

void small_net_compare(struct tally *tally, const struct small_net_case *c,
                       const struct small_net_results *got, const struct small_net_results *want,
                       const char *what);

#endif
