#include "deal.h"

#include "base/part.h"
#include "base/random.h"

#include <stdlib.h>

/* The first place of a rank in a batch; that of rank number ranks is the end. */
static size_t first_place(const lw_deal *deal, size_t rank)
{
    return lw_part_begin(deal->batch_rows, rank, deal->ranks);
}

static size_t places_of(const lw_deal *deal, size_t rank)
{
    /* A batch of all rows has a place for each. */
    return deal->batch_rows == deal->rows ? deal->rows_of_rank[rank]
                                          : first_place(deal, rank + 1) - first_place(deal, rank);
}

/* The row of this rank at which a place's stretch begins; that of the place behind the last is the end. */
static size_t first_of_stretch(const lw_deal *deal, size_t place)
{
    const size_t own = deal->rows_of_rank[deal->rank];
    if (!deal->is_even)
        return lw_part_begin(own, place, places_of(deal, deal->rank));
    return lw_part_begin(deal->rows, first_place(deal, deal->rank) + place, deal->batch_rows) -
           deal->first_row;
}

static size_t rows_in_batch(const lw_deal *deal, size_t rank, size_t number)
{
    const size_t places = places_of(deal, rank), rows = deal->rows_of_rank[rank];
    if (places == 0 || number > rows / places)
        return 0;
    const size_t left = rows - number * places;
    return left < places ? left : places;
}

/* What follows from the numbers of rows. */
static lw_status arrange(lw_deal *deal)
{
    size_t before = 0;
    for (size_t rank = 0; rank < deal->ranks; rank++)
        deal->rows += deal->rows_of_rank[rank];
    if (deal->rows == 0)
        return lw_fail(LW_EDATA, "no rank has a row");
    if (deal->batch_rows > deal->rows)
        deal->batch_rows = deal->rows;
    deal->is_even = deal->batch_rows < deal->rows;
    for (size_t rank = 0; rank < deal->ranks; rank++) {
        const size_t rows = deal->rows_of_rank[rank], places = places_of(deal, rank);
        if (places == 0 && rows > 0)
            return lw_fail(LW_EINVAL, "a batch of %zu rows has none for rank %zu of %zu",
                           deal->batch_rows, rank, deal->ranks);
        const size_t batches = places == 0 ? 0 : rows / places + (rows % places != 0);
        deal->batches = batches > deal->batches ? batches : deal->batches;
        if (deal->is_even &&
            before != lw_part_begin(deal->rows, first_place(deal, rank), deal->batch_rows))
            deal->is_even = 0;
        if (rank == deal->rank)
            deal->first_row = before;
        before += rows;
    }
    return LW_OK;
}

/* Tells all ranks how many rows each has. */
static lw_status tell_rows(lw_deal *deal, const lw_net *net, lw_status status, size_t rows)
{
    double *counts = calloc(deal->ranks + LW_RANKS_EXTRA, sizeof *counts);
    deal->rows_of_rank = calloc(deal->ranks, sizeof *deal->rows_of_rank);
    if (!counts || !deal->rows_of_rank) {
        free(counts);
        return lw_fail(LW_ENOMEM, "no memory for the rows of %zu ranks", deal->ranks);
    }
    counts[deal->rank] = (double)rows;
    status = lw_ranks_sum(net, status, deal->ranks, counts);
    for (size_t rank = 0; rank < deal->ranks; rank++)
        deal->rows_of_rank[rank] = (size_t)counts[rank];
    free(counts);
    return status;
}

lw_status lw_deal_open(lw_deal *deal, const lw_net *net, lw_status status, size_t rows,
                       size_t batch_rows)
{
    const lw_ranks *ranks = &net->shared->ranks;
    *deal = (lw_deal){.rank = ranks->rank, .ranks = ranks->count, .batch_rows = batch_rows};
    status = tell_rows(deal, net, status, rows);
    if (status == LW_OK)
        status = arrange(deal);
    if (status != LW_OK)
        return status;
    deal->stretch = calloc(deal->batches, sizeof *deal->stretch);
    return deal->stretch ? LW_OK
                         : lw_fail(LW_ENOMEM, "no memory for an order of %zu rows", deal->batches);
}

void lw_deal_close(lw_deal *deal)
{
    free(deal->rows_of_rank);
    free(deal->stretch);
    *deal = (lw_deal){0};
}

void lw_deal_batch(const lw_deal *deal, size_t number, size_t *own, size_t *all)
{
    *all = 0;
    for (size_t rank = 0; rank < deal->ranks; rank++)
        *all += rows_in_batch(deal, rank, number);
    *own = rows_in_batch(deal, deal->rank, number);
}

size_t lw_deal_most_rows(const lw_deal *deal)
{
    return rows_in_batch(deal, deal->rank, 0);
}

/* The rows of a place's stretch in the order in which the batches have them: the same on whichever rank it is. */
static size_t order_stretch(const lw_deal *deal, uint64_t key, size_t place)
{
    const size_t first = first_of_stretch(deal, place);
    const size_t rows = first_of_stretch(deal, place + 1) - first;
    for (size_t i = 0; i < rows; i++)
        deal->stretch[i] = first + i;
    if (key != 0) {
        lw_random seed = {.state = key + first_place(deal, deal->rank) + place};
        lw_random random = {.state = lw_random_u64(&seed)};
        lw_random_shuffle(&random, rows, deal->stretch);
    }
    return rows;
}

void lw_deal_order(const lw_deal *deal, uint64_t key, size_t *index)
{
    const size_t places = places_of(deal, deal->rank), own = deal->rows_of_rank[deal->rank];
    const size_t common =
        places == 0 ? 0 : own / places; /* batches in which all places have rows */
    size_t *last = index + common * places;
    for (size_t place = 0; place < places; place++) {
        const size_t rows = order_stretch(deal, key, place);
        for (size_t i = 0; i < common; i++)
            index[i * places + place] = deal->stretch[i];
        if (rows > common)
            *last++ = deal->stretch[common];
    }
}
