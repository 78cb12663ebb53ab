/* The mini-batches of a run: rows of a data set in some order, or what a callback delivers; of a
 * network with ranks, this rank's part of each. */
#ifndef LANEWISE_BATCHES_H
#define LANEWISE_BATCHES_H

#include "data/batch_partition.h"
#include "step.h"

enum { LW_DEFAULT_BATCH_SIZE = 32 };

typedef struct lw_batches {
    const lw_dataset *data; /* one of the two */
    const lw_batch_source *source;
    const lw_net *net;            /* whose ranks share the batches */
    int is_partitioned;           /* among several processes */
    lw_batch_partition partition; /* of a data set whose rows are those of one rank */
    size_t batch_rows;            /* rows of a whole batch, on all ranks */
    size_t most_rows;             /* of a batch on this rank */
    size_t rows_total;            /* of an epoch; 0: not known */

    size_t epoch, rows_done;         /* where the run is */
    size_t number, own_done;         /* of the batches, and of this rank's rows */
    size_t next_rows, next_all_rows; /* of the next batch of a data set, on this rank and on all */
    lw_random after;                 /* the generator at the end of the epoch */
    int shuffle;
    size_t *index;  /* order of the rows; NULL: as they lie, without a copy */
    lw_gather room; /* of one batch, for shuffled rows and for the callback */
} lw_batches;

/*
 * On a data set that has been checked, with that status: only ranks, which tell each other, may
 * call it after a failure. A batch that holds all rows is never shuffled: it would be the same
 * batch. Released with lw_batches_close, after a failure too.
 */
lw_status lw_batches_open_data(lw_batches *batches, const lw_net *net, lw_status status,
                               const lw_dataset *data, size_t batch_size, int shuffle);

lw_status lw_batches_open_source(lw_batches *batches, const lw_net *net,
                                 const lw_batch_source *source, size_t batch_size);

void lw_batches_close(lw_batches *batches);

/* Goes to the beginning of an epoch; where rows are shuffled, draws an order that depends on the
 * generator alone. The generator stays as it was: that of the next epoch is after it. */
void lw_batches_start(lw_batches *batches, const lw_random *random, size_t epoch);

/* Passes over so many batches. LW_EDATA if a source does not deliver them. */
lw_status lw_batches_skip(lw_batches *batches, size_t count);

/* The next batch, valid until the one after it; batch->all_rows is 0 at the end of the epoch. */
lw_status lw_batches_next(lw_batches *batches, lw_batch *batch);

/* Batches of an epoch; 0 if that is not known. */
size_t lw_batches_count(const lw_batches *batches);

#endif
