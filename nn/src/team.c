#include "team.h"

#include "gate.h"

#include <limits.h>
#include <omp.h>
#include <string.h>

/*
 * Below this a step runs on the calling thread alone: a fork and three barriers cost some 10 us,
 * in which one core does about a million operations. 2-64-64-2 at batch 32 (0.8 million) stays
 * below, 784-128-10 at batch 32 (20 million) is above.
 */
static const double parallel_flops = 4e6;

typedef struct team_job {
    size_t threads; /* that take part */
    size_t count;   /* of phases; 0: the session is over */
    const lw_phase *phases;
    void *user;
    atomic_int failed; /* what follows belongs to the thread that set it, until the job is done */
    lw_status status;
    char message[512]; /* lw_last_error belongs to the thread that failed */
} team_job;

typedef struct team {
    size_t threads;
    lw_gate start; /* opened by the calling thread when there is a job */
    lw_gate phase; /* opened by the last thread that arrives at the end of a phase */
    atomic_size_t arrived;
    team_job job;
} team;

/* That of the session which the thread's code runs in. */
static _Thread_local team *session;

size_t lw_team_size(unsigned setting, double flops)
{
    if (flops < parallel_flops)
        return 1;
    if (session)
        return setting > 0 && setting < session->threads ? setting : session->threads;
    if (setting == 0)
        return (size_t)lw_max_threads();
    const int before = lw_set_threads(setting < INT_MAX ? (int)setting : INT_MAX);
    const int most = lw_max_threads();
    lw_set_threads(before);
    return (size_t)most;
}

static lw_status run_serially(size_t count, const lw_phase *phases, void *user)
{
    /* The kernels share their work out by themselves unless told that there is one thread. */
    const int before = lw_set_threads(1);
    lw_status status = LW_OK;
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = phases[i](user, 0, 1);
    lw_set_threads(before);
    return status;
}

static void run_part(team_job *job, size_t phase, size_t thread)
{
    if (atomic_load_explicit(&job->failed, memory_order_relaxed))
        return;
    const lw_status status = job->phases[phase](job->user, thread, job->threads);
    if (status == LW_OK || atomic_exchange(&job->failed, 1))
        return;
    job->status = status;
    strncpy(job->message, lw_last_error(), sizeof job->message - 1);
}

/* The end of a phase. Not everybody stays until all are there: after the last phase only the caller does. */
static void arrive(team *t, int stay)
{
    const unsigned openings = atomic_load_explicit(&t->phase.openings, memory_order_relaxed);
    if (atomic_fetch_add(&t->arrived, 1) + 1 == t->threads) {
        atomic_store_explicit(&t->arrived, 0, memory_order_relaxed);
        lw_gate_open(&t->phase);
    } else if (stay) {
        lw_gate_wait(&t->phase, openings);
    }
}

/* One thread's part of a job. All threads arrive, also those that have no part in it: a job is over when nobody
 * looks at it any more. */
static void work(team *t, size_t thread)
{
    const size_t count = t->job.count;
    for (size_t i = 0; i < count; i++) {
        if (thread < t->job.threads)
            run_part(&t->job, i, thread);
        arrive(t, thread == 0 || i + 1 < count);
    }
}

static void wait_for_work(team *t, size_t thread)
{
    for (unsigned jobs = 0;; jobs++) {
        lw_gate_wait(&t->start, jobs);
        if (t->job.count == 0)
            return;
        work(t, thread);
    }
}

/* Runs the job of a team that waits for it. */
static lw_status run_job(team *t, size_t threads, size_t count, const lw_phase *phases, void *user)
{
    team_job *job = &t->job;
    job->threads = threads < t->threads ? threads : t->threads;
    job->count = count;
    job->phases = phases;
    job->user = user;
    job->status = LW_OK;
    atomic_store_explicit(&job->failed, 0, memory_order_relaxed);
    lw_gate_open(&t->start);
    work(t, 0);
    return job->status == LW_OK ? LW_OK : lw_fail(job->status, "%s", job->message);
}

/* What the calling thread does in the region. */
static lw_status lead(team *t, lw_status (*body)(void *argument), void *argument)
{
    session = t;
    const lw_status status = body(argument);
    session = NULL;
    t->job.count = 0;
    lw_gate_open(&t->start);
    return status;
}

static lw_status run_region(team *t, size_t threads, lw_status (*body)(void *argument),
                            void *argument)
{
    lw_status status = LW_OK;
#pragma omp parallel num_threads((int)threads)
    {
        const size_t thread = (size_t)omp_get_thread_num();
        if (thread == 0) {
            /* Written before the first job, and read after it began. */
            t->threads = (size_t)omp_get_num_threads();
            status = lead(t, body, argument);
        } else {
            wait_for_work(t, thread);
        }
    }
    return status;
}

lw_status lw_team_session(size_t threads, lw_status (*body)(void *argument), void *argument)
{
    if (threads == 1 || session)
        return body(argument);
    team t = {.arrived = 0};
    if (lw_gate_create(&t.start))
        return lw_fail(LW_ENOMEM, "no memory for a gate of %zu threads", threads);
    if (lw_gate_create(&t.phase)) {
        lw_gate_destroy(&t.start);
        return lw_fail(LW_ENOMEM, "no memory for a gate of %zu threads", threads);
    }
    const lw_status status = run_region(&t, threads, body, argument);
    lw_gate_destroy(&t.phase);
    lw_gate_destroy(&t.start);
    return status;
}

/* A job that has a session for itself. */
typedef struct single_job {
    size_t threads, count;
    const lw_phase *phases;
    void *user;
} single_job;

static lw_status run_single(void *argument)
{
    const single_job *job = argument;
    return run_job(session, job->threads, job->count, job->phases, job->user);
}

lw_status lw_team_run(size_t threads, size_t count, const lw_phase *phases, void *job)
{
    if (count == 0)
        return LW_OK;
    if (threads == 1)
        return run_serially(count, phases, job);
    single_job single = {threads, count, phases, job};
    return lw_team_session(threads, run_single, &single);
}

void lw_team_share(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
                   size_t *count)
{
    /* The first `rest` threads take one unit more. */
    const size_t units = total / unit + (total % unit != 0);
    const size_t each = units / threads, rest = units % threads;
    const size_t begin = (thread * each + (thread < rest ? thread : rest)) * unit;
    const size_t end = begin + (each + (thread < rest)) * unit;
    *first = begin < total ? begin : total;
    *count = (end < total ? end : total) - *first;
}
