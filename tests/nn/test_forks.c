#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

/*
 * Forked processes: from a thread that has trained, during training of another thread, and inside a
 * parallel region; and concurrent first calls, each in a new process. Repeated and watched like
 * test_concurrency.
 */
#include "concurrent.h"

#include <lanewise/internal/openmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Under ThreadSanitizer, a child of a process with OpenMP threads crashes at exit in Archer. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CHILDREN_CANNOT_EXIT 1
#endif
#endif
#ifndef CHILDREN_CANNOT_EXIT
#define CHILDREN_CANNOT_EXIT 0
#endif

/* Under AddressSanitizer, whose allocator another thread may have locked at the fork, a child may
 * wait for ever in malloc. */
#ifdef __SANITIZE_ADDRESS__
#define CHILDREN_CANNOT_ALLOCATE 1
#else
#define CHILDREN_CANNOT_ALLOCATE 0
#endif

/* Forks a child that trains a run and ends with exit, which unloads everything, or with _exit. */
static pid_t fork_trainee(size_t run, float *const want[RUNS], int leaves_at_once)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child != 0)
        return child;
    watch("training in a child", run);
    const int right = run_agrees(run, 2, want[run]) && lw_max_threads() == 1;
    if (leaves_at_once || CHILDREN_CANNOT_EXIT)
        _exit(!right);
    exit(!right);
}

START_TEST(children_and_parents_train_on)
{
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("training before and after fork", i);
        const size_t run = i % RUNS;
        ck_assert(run_agrees(run, 2, want[run]));
        const pid_t child = fork_trainee(run, want, i % 2 == 0);
        ck_assert(run_agrees(run, 2, want[run]));
        join_child(child);
        ck_assert(run_agrees(run, 2, want[run]));
    }
    end_runs(want);
}
END_TEST

typedef struct background {
    atomic_int over;
    float **want;
    int agree;
    size_t runs;
} background;

static void *train_until_over(void *argument)
{
    background *b = argument;
    for (b->agree = 1; !atomic_load(&b->over); b->runs++)
        b->agree &= run_agrees(b->runs % RUNS, 2, b->want[b->runs % RUNS]);
    return NULL;
}

START_TEST(a_process_forks_while_a_thread_trains)
{
    float *want[RUNS];
    begin_runs(want);
    background b = {.want = want};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, train_until_over, &b), 0);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("fork while a thread trains", i);
        join_child(fork_trainee(i % RUNS, want, 1));
    }
    atomic_store(&b.over, 1);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(b.agree && b.runs > 0);
    end_runs(want);
}
END_TEST

START_TEST(a_process_forks_in_a_region)
{
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("fork in the caller's region", i);
        pid_t child = 0;
#pragma omp parallel num_threads(2)
#pragma omp master
        child = fork_trainee(i % RUNS, want, 1);
        join_child(child);
    }
    end_runs(want);
}
END_TEST

/* ---- First calls ----------------------------------------------------------------------------- */

enum { BEGINNERS = 8 };

typedef struct beginner {
    pthread_barrier_t *begin;
    size_t run;
    unsigned threads;
    float *found;
    const char *isa;
} beginner;

static void *call_first(void *argument)
{
    beginner *b = argument;
    pthread_barrier_wait(b->begin);
    b->found = run_training(b->run, b->threads);
    b->isa = lw_isa_name();
    return NULL;
}

/* Runs in a process that has not called the library. Exit status 0 if all threads get the same
 * bits, which are stored in parameters. */
static void begin_together(size_t run, float *parameters)
{
    pthread_barrier_t begin;
    beginner all[BEGINNERS];
    const size_t bytes = run_parameters(run) * sizeof *parameters;
    pthread_barrier_init(&begin, NULL, BEGINNERS);
    for (size_t i = 0; i < BEGINNERS; i++)
        all[i] = (beginner){.begin = &begin, .run = run, .threads = (unsigned)(i % 3)};
    run_threads(BEGINNERS, call_first, all, sizeof *all);
    int same = 1;
    for (size_t i = 0; i < BEGINNERS; i++) {
        same &= all[i].isa == all[0].isa;
        same &= memcmp(all[i].found, all[0].found, bytes) == 0;
        free(all[i].found == all[0].found ? NULL : all[i].found);
    }
    memcpy(parameters, all[0].found, bytes);
    free(all[0].found);
    exit(!same);
}

START_TEST(first_calls_may_be_concurrent)
{
    enum { MAX_BYTES = 1 << 16 };
    float *const found = mmap(NULL, (size_t)MAX_BYTES * RUNS, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(found, MAP_FAILED);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("first calls of eight threads", i);
        float *parameters = found + i % RUNS * (MAX_BYTES / sizeof(float));
        ck_assert_uint_le(run_parameters(i % RUNS) * sizeof(float), MAX_BYTES);
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            watch("first calls of eight threads", i);
            begin_together(i % RUNS, parameters);
        }
        join_child(child);
    }
    for (size_t run = 0; run < RUNS && run < count; run++)
        ck_assert(run_agrees(run, 1, found + run * (MAX_BYTES / sizeof(float))));
    munmap(found, (size_t)MAX_BYTES * RUNS);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("forks");
    /* The watchdog limits the time. */
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, children_and_parents_train_on);
    if (!CHILDREN_CANNOT_ALLOCATE)
        tcase_add_test(tcase, a_process_forks_while_a_thread_trains);
    tcase_add_test(tcase, a_process_forks_in_a_region);
    tcase_add_test(tcase, first_calls_may_be_concurrent);
    return run_case("forks", tcase);
}
