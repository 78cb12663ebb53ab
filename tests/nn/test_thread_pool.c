/* The thread pool and the parallel scopes of training. */
#include "fixture.h"
#include "threads/thread_pool.h"

#include <lanewise/internal/openmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const unsigned thread_counts[] = {1, 2, 3, 5, 8};
enum { THREAD_COUNTS = sizeof thread_counts / sizeof *thread_counts };

/* Returns the number of threads that are possible, which is 1 without OpenMP. */
static size_t possible(size_t threads)
{
    const size_t limit = (size_t)omp_get_thread_limit();
    return threads < limit ? threads : limit;
}

/* ---- Thread pool ----------------------------------------------------------------------------- */

START_TEST(chunks_cover_everything_once)
{
    for (size_t total = 0; total < 70; total++)
        for (size_t unit = 1; unit <= 16; unit += 5)
            for (size_t threads = 1; threads <= 9; threads++) {
                size_t at = 0;
                for (size_t thread = 0; thread < threads; thread++) {
                    size_t first, count;
                    lw_pool_partition(total, unit, thread, threads, &first, &count);
                    ck_assert_uint_eq(first, at);
                    ck_assert(first % unit == 0 || count == 0);
                    at += count;
                }
                ck_assert_uint_eq(at, total);
            }
}
END_TEST

/* The setting of the network takes precedence over that of the calling thread, and that over the
 * default. */
START_TEST(thread_settings_have_one_precedence)
{
    const size_t by_default = (size_t)lw_max_threads();
    ck_assert_uint_eq(lw_pool_threads(0, 1e9), by_default);
    const int before = lw_set_threads(2);
    ck_assert_uint_eq(lw_pool_threads(0, 1e9), possible(2));
    ck_assert_uint_eq(lw_pool_threads(3, 1e9), possible(3));
    lw_set_threads(1);
    ck_assert_uint_eq(lw_pool_threads(0, 1e9), 1);
    ck_assert_uint_eq(lw_pool_threads(3, 1e9), possible(3));
    lw_set_threads(3);
    ck_assert_uint_eq(lw_pool_threads(1, 1e9), 1);
    lw_set_threads(before);
}
END_TEST

START_TEST(only_large_work_is_split)
{
    ck_assert_uint_eq(lw_pool_threads(8, 1e3), 1);
    ck_assert_uint_eq(lw_pool_threads(8, 1e9), possible(8));
    ck_assert_uint_eq(lw_pool_threads(1, 1e9), 1);
    ck_assert_uint_eq(lw_pool_threads(0, 1e9), (size_t)lw_max_threads());
    size_t inside[2] = {0};
#pragma omp parallel num_threads(2)
    inside[omp_get_thread_num()] = lw_pool_threads(8, 1e9);
    ck_assert(inside[0] == 1 && inside[1] == possible(2) - 1);
}
END_TEST

typedef struct failing_job {
    size_t runs[3]; /* per phase */
    size_t failing_thread;
} failing_job;

static lw_status count_run(failing_job *job, size_t phase)
{
#pragma omp atomic
    job->runs[phase]++;
    return LW_OK;
}

static lw_status first_phase(void *user, size_t thread, size_t threads)
{
    (void)thread;
    (void)threads;
    return count_run(user, 0);
}

static lw_status failing_phase(void *user, size_t thread, size_t threads)
{
    failing_job *job = user;
    count_run(job, 1);
    return thread == job->failing_thread
               ? lw_fail(LW_ENOMEM, "thread %zu of %zu failed", thread, threads)
               : LW_OK;
}

static lw_status last_phase(void *user, size_t thread, size_t threads)
{
    (void)thread;
    (void)threads;
    return count_run(user, 2);
}

START_TEST(failure_in_a_thread_reaches_the_caller)
{
    static const lw_phase phases[] = {first_phase, failing_phase, last_phase};
    for (size_t threads = 1; threads <= possible(3); threads++) {
        failing_job job = {.failing_thread = threads - 1};
        ASSERT_FAILS(LW_ENOMEM, "failed",
                     lw_pool_run(threads, LW_KEEP_DENORMALS, NULL, 3, phases, &job));
        char message[64];
        snprintf(message, sizeof message, "thread %zu of %zu failed", threads - 1, threads);
        ck_assert_str_eq(lw_last_error(), message);
        /* Other threads may have seen the failure before their part of the second phase. */
        ck_assert(job.runs[0] == threads && job.runs[1] >= 1 && job.runs[2] == 0);
        job = (failing_job){.failing_thread = 99};
        ASSERT_OK(lw_pool_run(threads, LW_KEEP_DENORMALS, NULL, 3, phases, &job));
        ck_assert(job.runs[0] == threads && job.runs[1] == threads && job.runs[2] == threads);
    }
}
END_TEST

static lw_status count_kernel_threads(void *user, size_t thread, size_t threads)
{
    (void)thread;
    *(size_t *)user = threads == 1 ? (size_t)lw_max_threads() : 99;
    return LW_OK;
}

START_TEST(one_thread_uses_no_other_threads)
{
    /* Kernels called in a serial phase must not use threads; afterwards the setting is restored. */
    static const lw_phase phases[] = {count_kernel_threads};
    size_t inside = 0;
    const int before = lw_set_threads(3);
    ASSERT_OK(lw_pool_run(1, LW_KEEP_DENORMALS, NULL, 1, phases, &inside));
    ck_assert_uint_eq(inside, 1);
    ck_assert_uint_eq((size_t)lw_max_threads(), possible(3));
    ck_assert_int_eq(lw_set_threads(before), 3);
}
END_TEST

/* ---- Parallel scopes ------------------------------------------------------------------------- */

enum { PARTS_MAX = 8 };

/* Phases accumulate what they read, so that a part which is skipped, repeated or too early is
 * detected. */
typedef struct adding_job {
    size_t value[PARTS_MAX];
    size_t parts; /* of the last phase */
} adding_job;

static lw_status add_one(void *user, size_t thread, size_t threads)
{
    adding_job *job = user;
    job->value[thread]++;
    if (thread == 0)
        job->parts = threads;
    return LW_OK;
}

/* Reads what every part of the previous phase has written. */
static lw_status check_neighbours(void *user, size_t thread, size_t threads)
{
    const adding_job *job = user;
    for (size_t i = 0; i < threads; i++)
        if (job->value[i] != job->value[thread])
            return lw_fail(LW_EDATA, "part %zu has %zu, part %zu %zu", i, job->value[i], thread,
                           job->value[thread]);
    return LW_OK;
}

static const lw_phase adding_phases[] = {add_one, check_neighbours, add_one, check_neighbours};

typedef struct scope_plan {
    size_t threads, jobs;
} scope_plan;

static lw_status run_jobs(void *argument)
{
    const scope_plan *plan = argument;
    static const lw_phase failing[] = {first_phase, failing_phase, last_phase};
    for (size_t i = 0; i < plan->jobs; i++) {
        /* Jobs of all sizes, also more threads than the scope has, some of which fail. */
        const size_t asked = 1 + i % PARTS_MAX;
        adding_job job = {.parts = 0};
        lw_status status = lw_pool_run(asked, LW_KEEP_DENORMALS, NULL, 4, adding_phases, &job);
        if (status != LW_OK)
            return status;
        ck_assert(job.parts >= 1 && job.parts <= asked);
        ck_assert(plan->threads == 1 || job.parts <= plan->threads);
        for (size_t part = 0; part < PARTS_MAX; part++)
            ck_assert_uint_eq(job.value[part], part < job.parts ? 2 : 0);
        if (i % 5 == 0) {
            failing_job fails = {.failing_thread = 0};
            ASSERT_FAILS(LW_ENOMEM, "thread 0 of",
                         lw_pool_run(asked, LW_KEEP_DENORMALS, NULL, 3, failing, &fails));
            ck_assert(fails.runs[2] == 0);
        }
        if (plan->threads > 1)
            ck_assert_uint_le(lw_pool_threads((unsigned)asked, 1e9), plan->threads);
    }
    return plan->jobs == 77 ? lw_fail(LW_EDATA, "the body's own failure") : LW_OK;
}

START_TEST(a_parallel_scope_runs_jobs_of_any_size)
{
    for (size_t i = 0; i < THREAD_COUNTS; i++) {
        scope_plan plan = {thread_counts[i], 2000};
        ASSERT_OK(lw_pool_scope(plan.threads, run_jobs, &plan));
        plan.jobs = 77;
        ASSERT_FAILS(LW_EDATA, "own failure", lw_pool_scope(plan.threads, run_jobs, &plan));
    }
}
END_TEST

START_TEST(short_parallel_scopes_end)
{
    /* It takes less than a second, but on a busy machine libgomp takes 8 ms to end a region. */
    const time_t end = time(NULL) + 30;
    for (size_t i = 0; i < 10000 && time(NULL) < end; i++) {
        scope_plan plan = {2, i % 3};
        ASSERT_OK(lw_pool_scope(plan.threads, run_jobs, &plan));
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("thread pool");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, chunks_cover_everything_once);
    tcase_add_test(tcase, thread_settings_have_one_precedence);
    tcase_add_test(tcase, only_large_work_is_split);
    tcase_add_test(tcase, failure_in_a_thread_reaches_the_caller);
    tcase_add_test(tcase, one_thread_uses_no_other_threads);
    tcase_add_test(tcase, a_parallel_scope_runs_jobs_of_any_size);
    tcase_add_test(tcase, short_parallel_scopes_end);
    return run_case("thread pool", tcase);
}
