#define _POSIX_C_SOURCE 200809L
#include "thread_ranks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct rank_group rank_group;

typedef struct group_member {
    rank_group *group;
    lw_ranks ranks;
    pthread_t thread;
    size_t begun, last;
    pending_sum sums[MAX_PENDING_SUMS];
    void *copies[MAX_PENDING_SUMS]; /* of the values at the start of the sum */
} group_member;

struct rank_group {
    unsigned count;
    pthread_barrier_t barrier;
    rank_body body;
    void *user;
    group_member members[MAX_RANKS];
};

static const void *numbers_of(const pending_sum *sum, size_t *bytes)
{
    *bytes = sum->n * (sum->floats ? sizeof *sum->floats : sizeof *sum->doubles);
    return sum->floats ? (const void *)sum->floats : sum->doubles;
}

static lw_status begin(group_member *member, pending_sum sum)
{
    size_t bytes;
    const void *numbers = numbers_of(&sum, &bytes);
    ck_assert_uint_lt(member->begun, MAX_PENDING_SUMS);
    member->sums[member->begun] = sum;
    member->copies[member->begun] = malloc(bytes + 1);
    ck_assert_ptr_nonnull(member->copies[member->begun]);
    memcpy(member->copies[member->begun++], numbers, bytes);
    return LW_OK;
}

/* Values of a pending all-reduce may be in transmission: asserts that they have not changed. */
static void assert_unchanged(const group_member *member)
{
    for (size_t i = 0; i < member->begun; i++) {
        size_t bytes;
        const void *numbers = numbers_of(&member->sums[i], &bytes);
        ck_assert_msg(memcmp(member->copies[i], numbers, bytes) == 0,
                      "values of pending sum %zu of %zu have changed", i, member->begun);
        free(member->copies[i]);
    }
}

static lw_status allreduce_f32(void *user, size_t n, float *x)
{
    return begin(user, (pending_sum){.floats = x, .n = n});
}

static lw_status allreduce_f64(void *user, size_t n, double *x)
{
    return begin(user, (pending_sum){.doubles = x, .n = n});
}

/* Sums array i of all ranks, element by element, into total. */
static void sum_values(const rank_group *group, size_t i, double *total)
{
    for (unsigned rank = 0; rank < group->count; rank++) {
        const pending_sum *sum = &group->members[rank].sums[i];
        for (size_t j = 0; j < sum->n; j++) {
            const double x = sum->floats ? (double)sum->floats[j] : sum->doubles[j];
            total[j] = sum->floats ? (double)((float)total[j] + (float)x) : total[j] + x;
        }
    }
}

static lw_status wait_for_sums(void *user)
{
    group_member *member = user;
    const rank_group *group = member->group;
    assert_unchanged(member);
    pthread_barrier_wait(&member->group->barrier);
    double *totals[MAX_PENDING_SUMS];
    for (size_t i = 0; i < member->begun; i++) {
        for (unsigned rank = 0; rank < group->count; rank++) {
            const pending_sum *other = &group->members[rank].sums[i];
            ck_assert_uint_eq(group->members[rank].begun, member->begun);
            ck_assert_uint_eq(other->n, member->sums[i].n);
            ck_assert_int_eq(!other->floats, !member->sums[i].floats);
        }
        totals[i] = calloc(member->sums[i].n + 1, sizeof(double));
        ck_assert_ptr_nonnull(totals[i]);
        sum_values(group, i, totals[i]);
    }
    pthread_barrier_wait(&member->group->barrier);
    for (size_t i = 0; i < member->begun; i++) {
        const pending_sum *sum = &member->sums[i];
        for (size_t j = 0; j < sum->n; j++) {
            if (sum->floats)
                sum->floats[j] = (float)totals[i][j];
            else
                sum->doubles[j] = totals[i][j];
        }
        free(totals[i]);
    }
    member->last = member->begun;
    member->begun = 0;
    return LW_OK;
}

/* ---- Running ranks --------------------------------------------------------------------------- */

static void *run_member(void *argument)
{
    group_member *member = argument;
    member->group->body(member->group->user, &member->ranks);
    return NULL;
}

void run_ranks(unsigned count, rank_body body, void *user)
{
    rank_group *group = calloc(1, sizeof *group);
    ck_assert_ptr_nonnull(group);
    *group = (rank_group){.count = count, .body = body, .user = user};
    ck_assert_int_eq(pthread_barrier_init(&group->barrier, NULL, count), 0);
    for (unsigned rank = 0; rank < count; rank++) {
        group_member *member = &group->members[rank];
        member->group = group;
        member->ranks = (lw_ranks){.size = sizeof(lw_ranks),
                                   .rank = rank,
                                   .count = count,
                                   .user = member,
                                   .allreduce_f32 = allreduce_f32,
                                   .allreduce_f64 = allreduce_f64,
                                   .wait = wait_for_sums};
        ck_assert_int_eq(pthread_create(&member->thread, NULL, run_member, member), 0);
    }
    for (unsigned rank = 0; rank < count; rank++)
        pthread_join(group->members[rank].thread, NULL);
    pthread_barrier_destroy(&group->barrier);
    free(group);
}

size_t last_pending_sums(const lw_ranks *ranks, const pending_sum **sums)
{
    const group_member *member = ranks->user;
    *sums = member->sums;
    return member->last;
}
