/* The mini-batches of a run, from a data set or a callback. With several ranks, each rank has its
 * rows of every batch. */
#ifndef LANEWISE_BATCHES_H
#define LANEWISE_BATCHES_H

#include "data/batch_partition.h"
#include "step.h"

enum { LW_DEFAULT_BATCH_SIZE = 32 };

typedef struct lw_batches {
    const lw_dataset *data; /* data set or source is set */
    const lw_batch_source *source;
    const lw_loss_rule *rule;     /* what the targets of a source must suit */
    const lw_net *net;            /* its ranks divide the batches */
    int is_partitioned;           /* 1: batches are divided between ranks */
    lw_batch_partition partition; /* used if is_partitioned; data has the rows of this rank */
    size_t batch_rows;            /* rows of a full batch, on all ranks */
    size_t max_rows;              /* rows of the largest batch, on this rank */
    size_t rows_total;            /* rows of an epoch, on all ranks; 0: unknown */

    size_t epoch;               /* current epoch */
    size_t rows_done, own_done; /* rows of its finished batches, on all ranks and on this one */
    size_t number;              /* number of its finished batches */
    size_t next_rows, next_all_rows; /* rows of the next batch, on this rank and on all ranks */
    lw_random after;                 /* the generator at the end of the epoch */
    int shuffle;
    size_t *index;     /* order of the rows; NULL: in place, without a copy */
    lw_gather buffers; /* one batch, for shuffled rows and for the callback */
    lw_dataset scaled; /* data, with weights divided by their mean over all ranks */
    float *weights;
} lw_batches;

/*
 * Opens the batches of a data set. status: the result of checking data; if it is a failure, a
 * distributed network still takes part in the exchange that reports it, and data is not used. A
 * batch of all rows is never shuffled. Close with lw_batches_close, also after a failure.
 */
lw_status lw_batches_open_data(lw_batches *batches, const lw_net *net, lw_status status,
                               const lw_dataset *data, size_t batch_size, int shuffle);

/* Opens the batches of a callback. Close with lw_batches_close, also after a failure. */
lw_status lw_batches_open_source(lw_batches *batches, const lw_net *net, const lw_loss_rule *rule,
                                 const lw_batch_source *source, size_t batch_size);

void lw_batches_close(lw_batches *batches);

/* Starts an epoch. Shuffles the rows in an order that depends only on the generator, which is not
 * changed: batches->after is the generator of the next epoch. */
void lw_batches_start(lw_batches *batches, const lw_random *random, size_t epoch);

/* Skips count batches. Returns LW_EDATA if a source has fewer. */
lw_status lw_batches_skip(lw_batches *batches, size_t count);

/* Returns the next batch, valid until the next call. At the end of the epoch batch->all_rows is 0.
 */
lw_status lw_batches_next(lw_batches *batches, lw_batch *batch);

/* The number of batches of an epoch; 0 if unknown. */
size_t lw_batches_count(const lw_batches *batches);

#endif
