#include "allreduce.h"

#include "mpi_status.h"

#include <stdlib.h>
#include <string.h>

/* MPI counts are int. A multiple of the alignment of gradients. */
enum { MAX_FLOATS = 1 << 30 };

/* With this many ranks or more, results are received in a second buffer. In place, Open MPI 4.1
 * reduces to one rank and broadcasts from there, whatever the size: 4 MiB over four hosts at 200
 * Mb/s took 1008 ms, and 428 ms with a second buffer. With fewer ranks it always does so. */
enum { MIN_RANKS_OUT_OF_PLACE = 4 };

/* ---- Memory ---- */

/* Makes room for another reduction. */
static lw_status reserve_reduction(lw_mpi_allreduce *state)
{
    enum { MORE = 16 };
    if (state->started < state->capacity)
        return LW_OK;
    const size_t capacity = state->capacity + MORE;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): MPI_Request is a pointer in some MPIs */
    MPI_Request *requests = realloc(state->requests, capacity * sizeof *requests);
    if (requests)
        state->requests = requests;
    lw_mpi_reduction *reductions =
        requests ? realloc(state->reductions, capacity * sizeof *reductions) : NULL;
    if (!reductions)
        return lw_fail(LW_ENOMEM, "no memory for %zu reductions over ranks", capacity);
    for (size_t i = state->capacity; i < capacity; i++)
        reductions[i] = (lw_mpi_reduction){0};
    state->reductions = reductions;
    state->capacity = capacity;
    return LW_OK;
}

/* Grows the buffer of a reduction, for operands that are not sent or received in place. */
static lw_status reserve_buffer(lw_mpi_reduction *reduction, size_t bytes)
{
    if (bytes <= reduction->capacity)
        return LW_OK;
    void *buffer = malloc(bytes);
    if (!buffer)
        return lw_fail(LW_ENOMEM, "no memory for a reduction of %zu bytes", bytes);
    free(reduction->buffer);
    reduction->buffer = buffer;
    reduction->capacity = bytes;
    return LW_OK;
}

void lw_mpi_allreduce_free(lw_mpi_allreduce *state)
{
    for (size_t i = 0; i < state->capacity; i++)
        free(state->reductions[i].buffer);
    free(state->reductions);
    free(state->requests);
}

/* ---- Start ---- */

/* Starts a reduction of n numbers of `bytes` bytes each. from may be MPI_IN_PLACE. Its entry in
 * reductions is reserved. */
static lw_status start(lw_mpi_allreduce *state, const void *from, void *to, size_t n, size_t bytes,
                       MPI_Datatype type, MPI_Op op)
{
    if (state->started == 0)
        state->first = MPI_Wtime();
    const lw_status status = lw_mpi_check(
        MPI_Iallreduce(from, to, (int)n, type, op, state->comm, &state->requests[state->started]),
        "all-reduce");
    if (status != LW_OK)
        return status;
    state->started++;
    state->times.reductions++;
    state->times.bytes += (double)(n * bytes);
    return LW_OK;
}

static lw_status start_f32(lw_mpi_allreduce *state, lw_bucket bucket)
{
    lw_status status = reserve_reduction(state);
    if (status != LW_OK)
        return status;
    lw_mpi_reduction *reduction = &state->reductions[state->started];
    reduction->bucket = bucket;
    const size_t n = bucket.n;
    const int out_of_place = state->count >= MIN_RANKS_OUT_OF_PLACE;
    if (state->op_bf16 == MPI_OP_NULL) {
        if (!out_of_place)
            return start(state, MPI_IN_PLACE, bucket.x, n, sizeof *bucket.x, MPI_FLOAT, MPI_SUM);
        status = reserve_buffer(reduction, n * sizeof *bucket.x);
        return status == LW_OK ? start(state, bucket.x, reduction->buffer, n, sizeof *bucket.x,
                                       MPI_FLOAT, MPI_SUM)
                               : status;
    }
    status = reserve_buffer(reduction, (out_of_place ? 2 : 1) * n * sizeof(lw_bf16));
    /* Received numbers come first in the buffer, whether it has a second half or not. */
    lw_bf16 *received = reduction->buffer,
            *sent = out_of_place && received ? received + n : received;
    if (status == LW_OK)
        status = lw_bf16_from_float(n, bucket.x, sent);
    return status == LW_OK ? start(state, out_of_place ? sent : MPI_IN_PLACE, received, n,
                                   sizeof *sent, MPI_UINT16_T, state->op_bf16)
                           : status;
}

/* Starts the pending bucket. Starts nothing more after a failure: the reductions of this rank would
 * no longer match those of the others. */
static lw_status start_pending(lw_mpi_allreduce *state)
{
    lw_bucket left = state->pending;
    lw_status status = LW_OK;
    state->pending = (lw_bucket){0};
    while (left.n > 0 && status == LW_OK) {
        const size_t n = left.n < MAX_FLOATS ? left.n : MAX_FLOATS;
        status = start_f32(state, (lw_bucket){left.x, n});
        left = (lw_bucket){left.x + n, left.n - n};
    }
    return status;
}

/* Gives MPI time to make progress, which it makes only while it is called. */
static lw_status progress(lw_mpi_allreduce *state)
{
    int done;
    return state->started == 0 ? LW_OK
                               : lw_mpi_check(MPI_Test(&state->requests[state->started - 1], &done,
                                                       MPI_STATUS_IGNORE),
                                              "all-reduce");
}

lw_status lw_mpi_allreduce_f32(void *user, size_t n, float *x)
{
    lw_mpi_allreduce *state = user;
    lw_status status = LW_OK;
    if (n == 0)
        return LW_OK;
    if (state->pending.n == 0 || x + n != state->pending.x)
        status = start_pending(state);
    if (status == LW_OK)
        state->pending = (lw_bucket){x, n + state->pending.n};
    if (status == LW_OK && state->pending.n >= state->bucket_floats)
        status = start_pending(state);
    return status == LW_OK ? progress(state) : status;
}

lw_status lw_mpi_allreduce_f64(void *user, size_t n, double *x)
{
    lw_mpi_allreduce *state = user;
    if (n == 0)
        return LW_OK;
    const lw_status status = reserve_reduction(state);
    if (status != LW_OK)
        return status;
    state->reductions[state->started].bucket = (lw_bucket){0};
    return start(state, MPI_IN_PLACE, x, n, sizeof *x, MPI_DOUBLE, MPI_SUM);
}

/* ---- Wait ---- */

/* Waits for all reductions, even if one has failed; returns the first failure. */
static lw_status finish(lw_mpi_allreduce *state)
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < state->started; i++) {
        const lw_status done =
            lw_mpi_check(MPI_Wait(&state->requests[i], MPI_STATUS_IGNORE), "all-reduce");
        status = status == LW_OK ? done : status;
    }
    return status;
}

/* Copies results that were not received in place. */
static lw_status copy_results(const lw_mpi_allreduce *state)
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < state->started && status == LW_OK; i++) {
        const lw_mpi_reduction *reduction = &state->reductions[i];
        const lw_bucket *bucket = &reduction->bucket;
        if (bucket->x && state->op_bf16 != MPI_OP_NULL)
            status = lw_bf16_to_float(bucket->n, reduction->buffer, bucket->x);
        else if (bucket->x && state->count >= MIN_RANKS_OUT_OF_PLACE)
            memcpy(bucket->x, reduction->buffer, bucket->n * sizeof *bucket->x);
    }
    return status;
}

lw_status lw_mpi_wait(void *user)
{
    lw_mpi_allreduce *state = user;
    lw_status status = start_pending(state);
    if (state->started == 0)
        return status;
    const double before = MPI_Wtime();
    const lw_status waited = finish(state);
    status = status == LW_OK ? waited : status;
    if (status == LW_OK)
        status = copy_results(state);
    const double after = MPI_Wtime();
    state->times.wait_seconds += after - before;
    state->times.exchange_seconds += after - state->first;
    state->started = 0;
    return status;
}
