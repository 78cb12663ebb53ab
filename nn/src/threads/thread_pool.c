#include "thread_pool.h"

#include "eventcount.h"

#include <lanewise/internal/openmp.h>
#include <limits.h>
#include <string.h>

/*
 * Below these a step runs on the calling thread alone. Two Zen 5 cores take 2-64-64-2 at batch 32 (0.9 million) in 4.5
 * instead of 5.5 us where a session's threads wait for it, at batch 16 in as much as one; a region of its own
 * costs a step one to two microseconds more.
 */
static const double session_flops = 0.8e6, region_flops = 2e6;

/* More threads than any set of processors has that the kernels ask the system for. */
enum { TEAM_MAX = 1024 };

typedef struct team_job {
    size_t threads; /* that take part: so many parts has each phase */
    lw_denormals denormals;
    size_t count; /* of phases */
    const lw_phase *phases;
    void *user;
    atomic_int failed; /* what follows belongs to the thread that set it, until the job is done */
    lw_status status;
    char message[512]; /* lw_last_error belongs to the thread that failed */
} team_job;

/*
 * Every thread has its part of a phase, but one that comes late, because its processor is busy with something
 * else, finds it taken by another: nobody waits for a thread that has not begun. On two processors at a load of
 * seven, two threads take 1320 steps of 784-128-10 at batch 64 a second; 970 where each waits for its own
 * part, and 25 with barriers that stay awake. (One thread: 3780.)
 */
typedef struct team {
    size_t threads;
    lw_eventcount
        phase; /* opened when a phase begins; phases are numbered by its openings, from 1 */
    lw_eventcount done; /* opened when a job is done: the calling thread waits */
    atomic_int over;
    atomic_size_t left; /* threads that saw it */
    team_job job;
    size_t at;                   /* the phase of the job; belongs to the thread that ends it */
    atomic_size_t finished;      /* parts of the phase */
    atomic_uint taken[TEAM_MAX]; /* the number of the phase that a part was taken in last */
} team;

/* That of the session which the thread's code runs in. */
static _Thread_local team *session;

static size_t threads_for(unsigned setting)
{
    if (session)
        return setting > 0 && setting < session->threads ? setting : session->threads;
    if (setting == 0)
        return (size_t)lw_max_threads();
    const int before = lw_set_threads(setting < INT_MAX ? (int)setting : INT_MAX);
    const int most = lw_max_threads();
    lw_set_threads(before);
    return (size_t)most;
}

size_t lw_pool_threads(unsigned setting, double flops)
{
    return flops < (session ? session_flops : region_flops) ? 1 : threads_for(setting);
}

size_t lw_pool_scope_threads(unsigned setting, double flops)
{
    return flops < session_flops ? 1 : threads_for(setting);
}

static lw_status run_serially(lw_denormals denormals, size_t count, const lw_phase *phases,
                              void *user)
{
    /* The kernels share their work out by themselves unless told that there is one thread. */
    const int before = lw_set_threads(1);
    const unsigned long mode = lw_begin_denormals(denormals);
    lw_status status = LW_OK;
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = phases[i](user, 0, 1);
    lw_end_denormals(mode);
    lw_set_threads(before);
    return status;
}

static void run_part(team_job *job, size_t phase, size_t part)
{
    if (part >= job->threads || atomic_load_explicit(&job->failed, memory_order_relaxed))
        return;
    const unsigned long mode = lw_begin_denormals(job->denormals);
    const lw_status status = job->phases[phase](job->user, part, job->threads);
    lw_end_denormals(mode);
    if (status == LW_OK || atomic_exchange(&job->failed, 1))
        return;
    job->status = status;
    strncpy(job->message, lw_last_error(), sizeof job->message - 1);
}

/* The thread that finishes the last part goes on to the next phase, for all. */
static void finish_part(team *t)
{
    if (atomic_fetch_add(&t->finished, 1) + 1 < t->threads)
        return;
    atomic_store_explicit(&t->finished, 0, memory_order_relaxed);
    t->at++;
    lw_eventcount_signal(t->at < t->job.count ? &t->phase : &t->done);
}

/* Its own part first, because the data of the last phase may lie in its cache. Who comes with the number of a
 * phase that is over gets none; the team's fields are those of the phase once a part is taken. */
static void take_parts(team *t, unsigned number, size_t thread)
{
    for (size_t i = 0; i < t->threads; i++) {
        const size_t part = (thread + i) % t->threads;
        unsigned last = number - 1;
        if (atomic_compare_exchange_strong(&t->taken[part], &last, number)) {
            run_part(&t->job, t->at, part);
            finish_part(t);
        }
    }
}

static void work(team *t, size_t thread)
{
    /* One that has no memory for its products leaves its parts to the others: a part that fails could leave a
     * step half done. */
    const int takes_part = lw_scratch_reserve() == LW_OK;
    for (unsigned number = 0;;) {
        number = lw_eventcount_wait(&t->phase, number);
        if (atomic_load_explicit(&t->over, memory_order_relaxed))
            break;
        if (takes_part)
            take_parts(t, number, thread);
    }
    if (atomic_fetch_add(&t->left, 1) + 2 == t->threads)
        lw_eventcount_signal(&t->done);
}

/* Runs the job of a team that waits for it. */
static lw_status run_job(team *t, size_t threads, lw_denormals denormals, size_t count,
                         const lw_phase *phases, void *user)
{
    team_job *job = &t->job;
    job->threads = threads < t->threads ? threads : t->threads;
    job->denormals = denormals;
    job->count = count;
    job->phases = phases;
    job->user = user;
    job->status = LW_OK;
    atomic_store_explicit(&job->failed, 0, memory_order_relaxed);
    t->at = 0;
    const unsigned first = atomic_load(&t->phase.openings) + 1,
                   jobs = atomic_load(&t->done.openings);
    lw_eventcount_signal(&t->phase);
    for (size_t i = 0; i < count; i++) {
        const unsigned number = first + (unsigned)i;
        take_parts(t, number, 0);
        if (i + 1 < count)
            lw_eventcount_wait(&t->phase, number);
    }
    lw_eventcount_wait(&t->done, jobs);
    return job->status == LW_OK ? LW_OK : lw_fail(job->status, "%s", job->message);
}

/* What the calling thread does in the region. */
static lw_status lead(team *t, lw_status (*body)(void *argument), void *argument)
{
    session = t;
    const lw_status status = body(argument);
    session = NULL;
    const unsigned jobs = atomic_load(&t->done.openings);
    atomic_store_explicit(&t->over, 1, memory_order_relaxed);
    lw_eventcount_signal(&t->phase);
    /* At the region's end libgomp stays awake for 7 ms, perhaps on the very processor that one of the threads
     * needs to get there. */
    if (t->threads > 1)
        lw_eventcount_wait(&t->done, jobs);
    return status;
}

static lw_status run_region(team *t, lw_status (*body)(void *argument), void *argument)
{
    lw_status status = LW_OK;
#pragma omp parallel num_threads((int)t->threads)
    {
        const size_t thread = (size_t)omp_get_thread_num();
        if (thread == 0) {
            /* Written before the first job, and read after it began. */
            t->threads = (size_t)omp_get_num_threads();
            status = lead(t, body, argument);
        } else {
            work(t, thread);
        }
    }
    return status;
}

lw_status lw_pool_scope(size_t threads, lw_status (*body)(void *argument), void *argument)
{
    if (threads == 1 || session)
        return body(argument);
    threads = threads < TEAM_MAX ? threads : TEAM_MAX;
    const lw_status reserved = lw_scratch_reserve(); /* as each thread of the team, see work */
    if (reserved != LW_OK)
        return reserved;
    team t;
    t.threads = threads;
    t.job.message[sizeof t.job.message - 1] = '\0';
    atomic_init(&t.over, 0);
    atomic_init(&t.left, 0);
    atomic_init(&t.finished, 0);
    for (size_t i = 0; i < threads; i++)
        atomic_init(&t.taken[i], 0);
    if (lw_eventcount_create(&t.phase))
        return lw_fail(LW_ENOMEM, "no memory for a gate of %zu threads", threads);
    if (lw_eventcount_create(&t.done)) {
        lw_eventcount_destroy(&t.phase);
        return lw_fail(LW_ENOMEM, "no memory for a gate of %zu threads", threads);
    }
    const lw_status status = run_region(&t, body, argument);
    lw_eventcount_destroy(&t.done);
    lw_eventcount_destroy(&t.phase);
    return status;
}

/* A job that has a session for itself. */
typedef struct single_job {
    size_t threads;
    lw_denormals denormals;
    size_t count;
    const lw_phase *phases;
    void *user;
} single_job;

static lw_status run_single(void *argument)
{
    const single_job *job = argument;
    return run_job(session, job->threads, job->denormals, job->count, job->phases, job->user);
}

lw_status lw_pool_run(size_t threads, lw_denormals denormals, size_t count, const lw_phase *phases,
                      void *job)
{
    if (count == 0)
        return LW_OK;
    if (threads == 1)
        return run_serially(denormals, count, phases, job);
    single_job single = {threads, denormals, count, phases, job};
    return lw_pool_scope(threads, run_single, &single);
}

void lw_pool_partition(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
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
