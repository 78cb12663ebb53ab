#include "sums.h"

#include "mpi_status.h"

#include <stdlib.h>
#include <string.h>

/* What fits an int, in whole sections of gradients. */
enum { MOST_FLOATS = 1 << 30 };

/* From so many ranks on sums are received elsewhere. In place Open MPI 4.1 reduces to one rank and sends the result from
 * there, whatever the size: 4 MiB over four hosts at 200 Mb/s took 1008 ms, and 428 to a second buffer. Of fewer ranks it
 * does so in either case. */
enum { LEAST_ELSEWHERE = 4 };

/* ---- Room ---- */

/* For another sum. */
static lw_status reserve_sum(lw_mpi_sums *all)
{
    enum { MORE = 16 };
    if (all->begun < all->room)
        return LW_OK;
    const size_t room = all->room + MORE;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): with some MPIs its elements are pointers */
    MPI_Request *requests = realloc(all->requests, room * sizeof *requests);
    if (requests)
        all->requests = requests;
    lw_mpi_sum *sums = requests ? realloc(all->sums, room * sizeof *sums) : NULL;
    if (!sums)
        return lw_fail(LW_ENOMEM, "no memory for %zu sums over ranks", room);
    for (size_t i = all->room; i < room; i++)
        sums[i] = (lw_mpi_sum){0};
    all->sums = sums;
    all->room = room;
    return LW_OK;
}

/* In a sum, for what is sent or received elsewhere than where the gradients lie. */
static lw_status reserve_buffer(lw_mpi_sum *sum, size_t bytes)
{
    if (bytes <= sum->room)
        return LW_OK;
    void *buffer = malloc(bytes);
    if (!buffer)
        return lw_fail(LW_ENOMEM, "no memory for a sum of %zu bytes", bytes);
    free(sum->buffer);
    sum->buffer = buffer;
    sum->room = bytes;
    return LW_OK;
}

void lw_mpi_free_sums(lw_mpi_sums *all)
{
    for (size_t i = 0; i < all->room; i++)
        free(all->sums[i].buffer);
    free(all->sums);
    free(all->requests);
}

/* ---- Beginning ---- */

/* Of n numbers of so many bytes, for which there is room; to MPI_IN_PLACE or another place. */
static lw_status begin(lw_mpi_sums *all, const void *from, void *to, size_t n, size_t bytes,
                       MPI_Datatype type, MPI_Op op)
{
    if (all->begun == 0)
        all->first = MPI_Wtime();
    const lw_status status = lw_mpi_check(
        MPI_Iallreduce(from, to, (int)n, type, op, all->comm, &all->requests[all->begun]),
        "sum over ranks");
    if (status != LW_OK)
        return status;
    all->begun++;
    all->times.sums++;
    all->times.bytes += (double)(n * bytes);
    return LW_OK;
}

static lw_status begin_floats(lw_mpi_sums *all, lw_bucket bucket)
{
    lw_status status = reserve_sum(all);
    if (status != LW_OK)
        return status;
    lw_mpi_sum *sum = &all->sums[all->begun];
    sum->bucket = bucket;
    const size_t n = bucket.n;
    const int is_elsewhere = all->count >= LEAST_ELSEWHERE;
    if (all->add_bf16 == MPI_OP_NULL) {
        if (!is_elsewhere)
            return begin(all, MPI_IN_PLACE, bucket.x, n, sizeof *bucket.x, MPI_FLOAT, MPI_SUM);
        status = reserve_buffer(sum, n * sizeof *bucket.x);
        return status == LW_OK
                   ? begin(all, bucket.x, sum->buffer, n, sizeof *bucket.x, MPI_FLOAT, MPI_SUM)
                   : status;
    }
    status = reserve_buffer(sum, (is_elsewhere ? 2 : 1) * n * sizeof(lw_bf16));
    /* What is received comes first, so that it lies there in either case. */
    lw_bf16 *received = sum->buffer, *sent = is_elsewhere && received ? received + n : received;
    if (status == LW_OK)
        status = lw_bf16_from_float(n, bucket.x, sent);
    return status == LW_OK ? begin(all, is_elsewhere ? sent : MPI_IN_PLACE, received, n,
                                   sizeof *sent, MPI_UINT16_T, all->add_bf16)
                           : status;
}

/* After a failure nothing more is begun: the other ranks would add something else to it. */
static lw_status begin_open(lw_mpi_sums *all)
{
    lw_bucket left = all->open;
    lw_status status = LW_OK;
    all->open = (lw_bucket){0};
    while (left.n > 0 && status == LW_OK) {
        const size_t n = left.n < MOST_FLOATS ? left.n : MOST_FLOATS;
        status = begin_floats(all, (lw_bucket){left.x, n});
        left = (lw_bucket){left.x + n, left.n - n};
    }
    return status;
}

/* Messages, all of them, move on only while MPI is called. */
static lw_status move_on(lw_mpi_sums *all)
{
    int done;
    return all->begun == 0
               ? LW_OK
               : lw_mpi_check(MPI_Test(&all->requests[all->begun - 1], &done, MPI_STATUS_IGNORE),
                              "sum over ranks");
}

lw_status lw_mpi_add_floats(void *user, size_t n, float *x)
{
    lw_mpi_sums *all = user;
    lw_status status = LW_OK;
    if (n == 0)
        return LW_OK;
    if (all->open.n == 0 || x + n != all->open.x)
        status = begin_open(all);
    if (status == LW_OK)
        all->open = (lw_bucket){x, n + all->open.n};
    if (status == LW_OK && all->open.n >= all->bucket_floats)
        status = begin_open(all);
    return status == LW_OK ? move_on(all) : status;
}

lw_status lw_mpi_add_doubles(void *user, size_t n, double *x)
{
    lw_mpi_sums *all = user;
    if (n == 0)
        return LW_OK;
    const lw_status status = reserve_sum(all);
    if (status != LW_OK)
        return status;
    all->sums[all->begun].bucket = (lw_bucket){0};
    return begin(all, MPI_IN_PLACE, x, n, sizeof *x, MPI_DOUBLE, MPI_SUM);
}

/* ---- The end ---- */

/* For all that was begun, also if some of it has failed. */
static lw_status finish(lw_mpi_sums *all)
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < all->begun; i++) {
        const lw_status done =
            lw_mpi_check(MPI_Wait(&all->requests[i], MPI_STATUS_IGNORE), "sum over ranks");
        status = status == LW_OK ? done : status;
    }
    return status;
}

/* What has been received elsewhere, to where it belongs. */
static lw_status put_back(const lw_mpi_sums *all)
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < all->begun && status == LW_OK; i++) {
        const lw_mpi_sum *sum = &all->sums[i];
        const lw_bucket *bucket = &sum->bucket;
        if (bucket->x && all->add_bf16 != MPI_OP_NULL)
            status = lw_bf16_to_float(bucket->n, sum->buffer, bucket->x);
        else if (bucket->x && all->count >= LEAST_ELSEWHERE)
            memcpy(bucket->x, sum->buffer, bucket->n * sizeof *bucket->x);
    }
    return status;
}

lw_status lw_mpi_wait(void *user)
{
    lw_mpi_sums *all = user;
    lw_status status = begin_open(all);
    if (all->begun == 0)
        return status;
    const double before = MPI_Wtime();
    const lw_status waited = finish(all);
    status = status == LW_OK ? waited : status;
    if (status == LW_OK)
        status = put_back(all);
    const double after = MPI_Wtime();
    all->times.waited += after - before;
    all->times.begun += after - all->first;
    all->begun = 0;
    return status;
}
