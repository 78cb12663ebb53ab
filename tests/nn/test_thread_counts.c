#define _GNU_SOURCE /* setresuid */

/*
 * Any number of threads, also above the processor count and with any OpenMP environment
 * (thread_environments.sh), and a system that refuses to create threads.
 */
#include "concurrent.h"

#include <lanewise/internal/openmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(any_thread_count_is_correct)
{
    static const unsigned counts[] = {2, 3, 5, 8, 64};
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(10);
    for (size_t i = 0; i < count; i++) {
        watch("thread counts above the cores", i);
        const unsigned threads = counts[i % 5];
        const size_t run = i % RUNS;
        ck_assert_msg(run_agrees(run, threads, want[run]), "run %zu on %u threads", run, threads);
        ck_assert_msg(run_agrees(run, 0, want[run]), "run %zu on the current thread count", run);
        const int before = lw_set_threads((int)threads);
        ck_assert_int_le(lw_max_threads(), omp_get_thread_limit());
        ck_assert_msg(run_agrees(run, 0, want[run]), "run %zu, lw_set_threads %u", run, threads);
        lw_set_threads(before);
    }
    end_runs(want);
}
END_TEST

/* The limit does not apply to root: the child changes to a user without processes. */
static void forbid_threads(void)
{
    const uid_t other_user = 54321;
    const struct rlimit one = {1, 1};
    if (geteuid() == 0 && setresuid(other_user, other_user, other_user) != 0)
        _exit(77);
    if (setrlimit(RLIMIT_NPROC, &one) != 0)
        _exit(77);
}

static void *do_nothing(void *argument)
{
    return argument;
}

START_TEST(one_thread_creates_no_thread)
{
    float *want[RUNS];
    /* The children make the first call of the library. */
    int status = -1;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        watch("training without threads", 0);
        begin_runs(want);
        forbid_threads();
        if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
            _exit(77); /* the limit cannot be applied here */
        const size_t alive = threads_alive();
        lw_set_threads(1);
        int right = lw_max_threads() == 1;
        for (size_t run = 0; run < RUNS; run++)
            right &= run_agrees(run, 0, want[run]) && run_agrees(run, 1, want[run]);
        right &= threads_alive() == alive;
        end_runs(want);
        _exit(!right);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        fputs("skipped: cannot limit the number of threads\n", stderr);
    else
        ck_assert_msg(status == 0, "the child ended with status %#x", (unsigned)status);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("thread counts");
    /* The watchdog limits the time. */
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, any_thread_count_is_correct);
    tcase_add_test(tcase, one_thread_creates_no_thread);
    return run_case("thread counts", tcase);
}
