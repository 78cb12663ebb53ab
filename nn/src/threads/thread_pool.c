/*
 * The thread pool: one parallel region (a scope) whose threads wait for jobs between which the
 * calling thread, the leader, runs serial code.
 */
#include "thread_pool.h"

#include "base/arithmetic.h"
#include "eventcount.h"

#include <lanewise/internal/openmp.h>
#include <limits.h>
#include <string.h>

/*
 * Jobs with fewer operations run on the calling thread alone. On two Zen 5 cores a step of
 * 2-64-64-2 takes 4.5 us instead of 5.5 us at batch 32 (0.9 million operations) on a scope, and
 * the same time at batch 16. Opening a region for each step costs one to two microseconds more.
 */
static const double min_scope_flops = 0.8e6, min_region_flops = 2e6;

/* More threads than the kernels ever request from the system. */
enum { MAX_THREADS = 1024 };

typedef struct pool_job {
    size_t threads; /* number of shards of each phase */
    lw_denormals denormals;
    const lw_isa *isa;
    size_t count; /* number of phases */
    const lw_phase *phases;
    void *user;
    atomic_int failed; /* the thread that sets it owns status and message until the job is done */
    lw_status status;
    char message[512]; /* a copy: lw_last_error is thread-local */
} pool_job;

/*
 * Each thread has one shard of a phase. If a thread is late because its processor is busy, another
 * thread takes its shard: a thread that has not started delays nothing. On two processors at a
 * load of seven, two threads take 1320 steps/s of 784-128-10 at batch 64; 970 if each thread runs
 * only its own shard, 25 with spinning barriers. (One thread: 3780.)
 */
typedef struct pool {
    size_t threads;
    lw_eventcount phase; /* signalled when a phase starts; its epoch, from 1, numbers the phases */
    lw_eventcount done;  /* signalled when a job is finished; the leader waits */
    atomic_int closing;
    atomic_size_t exited; /* workers that saw `closing` */
    pool_job job;
    size_t current;                 /* phase of the job; advanced by the thread that finishes it */
    atomic_size_t finished;         /* shards of the phase */
    atomic_uint taken[MAX_THREADS]; /* phase number in which each shard was taken last */
} pool;

/* The pool of the scope that the calling thread leads; NULL outside of scopes. */
static _Thread_local pool *current_scope;

static size_t threads_for(unsigned setting)
{
    if (current_scope)
        return setting > 0 ? lw_min_size(setting, current_scope->threads) : current_scope->threads;
    if (setting == 0)
        return (size_t)lw_max_threads();
    const int before = lw_set_threads(setting < INT_MAX ? (int)setting : INT_MAX);
    const int available = lw_max_threads();
    lw_set_threads(before);
    return (size_t)available;
}

size_t lw_pool_threads(unsigned setting, double flops)
{
    return flops < (current_scope ? min_scope_flops : min_region_flops) ? 1 : threads_for(setting);
}

size_t lw_pool_scope_threads(unsigned setting, double flops)
{
    return flops < min_scope_flops ? 1 : threads_for(setting);
}

static lw_status run_serially(lw_denormals denormals, const lw_isa *isa, size_t count,
                              const lw_phase *phases, void *user)
{
    /* Otherwise the kernels would start threads themselves. */
    const int before = lw_set_threads(1);
    const unsigned long mode = lw_begin_denormals(denormals);
    const lw_isa *const isa_before = lw_isa_enter(isa);
    lw_status status = LW_OK;
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = phases[i](user, 0, 1);
    lw_isa_enter(isa_before);
    lw_end_denormals(mode);
    lw_set_threads(before);
    return status;
}

static void run_shard(pool_job *job, size_t phase, size_t shard)
{
    if (shard >= job->threads || atomic_load_explicit(&job->failed, memory_order_relaxed))
        return;
    const unsigned long mode = lw_begin_denormals(job->denormals);
    const lw_isa *const isa_before = lw_isa_enter(job->isa);
    const lw_status status = job->phases[phase](job->user, shard, job->threads);
    lw_isa_enter(isa_before);
    lw_end_denormals(mode);
    if (status == LW_OK || atomic_exchange(&job->failed, 1))
        return;
    job->status = status;
    strncpy(job->message, lw_last_error(), sizeof job->message - 1);
}

/* The thread that finishes the last shard starts the next phase for all threads. */
static void finish_shard(pool *p)
{
    if (atomic_fetch_add(&p->finished, 1) + 1 < p->threads)
        return;
    atomic_store_explicit(&p->finished, 0, memory_order_relaxed);
    p->current++;
    lw_eventcount_signal(p->current < p->job.count ? &p->phase : &p->done);
}

/* Takes shards of phase `number`, the thread's own first, because the data of the last phase may be
 * in its cache. Takes none if the phase is over. While a thread holds a shard, the pool's fields
 * are those of this phase. */
static void take_shards(pool *p, unsigned number, size_t thread)
{
    for (size_t i = 0; i < p->threads; i++) {
        const size_t shard = (thread + i) % p->threads;
        unsigned last = number - 1;
        if (atomic_compare_exchange_strong(&p->taken[shard], &last, number)) {
            run_shard(&p->job, p->current, shard);
            finish_shard(p);
        }
    }
}

static void worker_loop(pool *p, size_t thread)
{
    /* A worker without scratch memory leaves its shards to the others: a shard that fails could
     * leave a step half done. */
    const int takes_shards = lw_scratch_reserve() == LW_OK;
    for (unsigned number = 0;;) {
        number = lw_eventcount_wait(&p->phase, number);
        if (atomic_load_explicit(&p->closing, memory_order_relaxed))
            break;
        if (takes_shards)
            take_shards(p, number, thread);
    }
    if (atomic_fetch_add(&p->exited, 1) + 2 == p->threads)
        lw_eventcount_signal(&p->done);
}

/* Runs a job on a pool whose workers wait. */
static lw_status run_job(pool *p, size_t threads, lw_denormals denormals, const lw_isa *isa,
                         size_t count, const lw_phase *phases, void *user)
{
    pool_job *job = &p->job;
    job->threads = lw_min_size(threads, p->threads);
    job->denormals = denormals;
    job->isa = isa;
    job->count = count;
    job->phases = phases;
    job->user = user;
    job->status = LW_OK;
    atomic_store_explicit(&job->failed, 0, memory_order_relaxed);
    p->current = 0;
    const unsigned first = atomic_load(&p->phase.epoch) + 1, jobs = atomic_load(&p->done.epoch);
    lw_eventcount_signal(&p->phase);
    for (size_t i = 0; i < count; i++) {
        const unsigned number = first + (unsigned)i;
        take_shards(p, number, 0);
        if (i + 1 < count)
            lw_eventcount_wait(&p->phase, number);
    }
    lw_eventcount_wait(&p->done, jobs);
    return job->status == LW_OK ? LW_OK : lw_fail(job->status, "%s", job->message);
}

/* Runs body on the leader and then ends the workers. */
static lw_status run_leader(pool *p, lw_status (*body)(void *argument), void *argument)
{
    current_scope = p;
    const lw_status status = body(argument);
    current_scope = NULL;
    const unsigned jobs = atomic_load(&p->done.epoch);
    atomic_store_explicit(&p->closing, 1, memory_order_relaxed);
    lw_eventcount_signal(&p->phase);
    /* The barrier at the end of a region spins for 7 ms in libgomp, perhaps on the processor that
     * a worker needs to reach it: wait for the workers here. */
    if (p->threads > 1)
        lw_eventcount_wait(&p->done, jobs);
    return status;
}

static lw_status run_region(pool *p, lw_status (*body)(void *argument), void *argument)
{
    lw_status status = LW_OK;
#pragma omp parallel num_threads((int)p->threads)
    {
        const size_t thread = (size_t)omp_get_thread_num();
        if (thread == 0) {
            /* Written before the first job starts, read by workers afterwards. */
            p->threads = (size_t)omp_get_num_threads();
            status = run_leader(p, body, argument);
        } else {
            worker_loop(p, thread);
        }
    }
    return status;
}

lw_status lw_pool_scope(size_t threads, lw_status (*body)(void *argument), void *argument)
{
    if (threads == 1 || current_scope)
        return body(argument);
    threads = lw_min_size(threads, MAX_THREADS);
    const lw_status reserved = lw_scratch_reserve(); /* as in worker_loop */
    if (reserved != LW_OK)
        return reserved;
    pool p;
    p.threads = threads;
    p.job.message[sizeof p.job.message - 1] = '\0';
    atomic_init(&p.closing, 0);
    atomic_init(&p.exited, 0);
    atomic_init(&p.finished, 0);
    for (size_t i = 0; i < threads; i++)
        atomic_init(&p.taken[i], 0);
    if (lw_eventcount_create(&p.phase))
        return lw_fail(LW_ENOMEM, "no memory for a pool of %zu threads", threads);
    if (lw_eventcount_create(&p.done)) {
        lw_eventcount_destroy(&p.phase);
        return lw_fail(LW_ENOMEM, "no memory for a pool of %zu threads", threads);
    }
    const lw_status status = run_region(&p, body, argument);
    lw_eventcount_destroy(&p.done);
    lw_eventcount_destroy(&p.phase);
    return status;
}

/* A job that runs in its own scope. */
typedef struct single_job {
    size_t threads;
    lw_denormals denormals;
    const lw_isa *isa;
    size_t count;
    const lw_phase *phases;
    void *user;
} single_job;

static lw_status run_single(void *argument)
{
    const single_job *job = argument;
    return run_job(current_scope, job->threads, job->denormals, job->isa, job->count, job->phases,
                   job->user);
}

lw_status lw_pool_run(size_t threads, lw_denormals denormals, const lw_isa *isa, size_t count,
                      const lw_phase *phases, void *job)
{
    if (count == 0)
        return LW_OK;
    if (threads == 1)
        return run_serially(denormals, isa, count, phases, job);
    single_job single = {threads, denormals, isa, count, phases, job};
    return lw_pool_scope(threads, run_single, &single);
}

void lw_pool_partition(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
                       size_t *count)
{
    /* The first `rest` threads process one unit more than the others. */
    const size_t units = total / unit + (total % unit != 0);
    const size_t each = units / threads, rest = units % threads;
    const size_t begin = (thread * each + lw_min_size(thread, rest)) * unit;
    const size_t end = begin + (each + (thread < rest)) * unit;
    *first = lw_min_size(begin, total);
    *count = lw_min_size(end, total) - *first;
}
