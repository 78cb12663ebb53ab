/* Shared by the suites of concurrency: small networks that are trained on threads, and a
 * watchdog. */
#ifndef LANEWISE_TEST_CONCURRENT_H
#define LANEWISE_TEST_CONCURRENT_H

#include "fixture.h"

#include <pthread.h>

/* Kinds of runs: layered networks, small nets, bf16, clipping, and each optimizer. In lw_fit all
 * but the small nets have enough work for several threads. */
enum { RUNS = 8 };

/* Returns the parameters after a run on this many threads (0: the current thread count); release
 * with free. */
float *run_training(size_t run, unsigned threads);
size_t run_parameters(size_t run);

/* Returns whether the run has the bits of want. For threads and child processes, which return it as
 * their result. */
int run_agrees(size_t run, unsigned threads, const float *want);

/* Computes want[run] = run_training(run, 1); frees it. */
void begin_runs(float *want[RUNS]);
void end_runs(float *want[RUNS]);

/* Number of repetitions of a test: usual, a quarter of it with LANEWISE_TEST_FAST, or
 * LANEWISE_TEST_REPEAT if set. */
size_t repetitions(size_t usual);

/* Watchdog, to be called in each repetition: after two minutes without a call, reports a deadlock
 * in `what` and ends the process. */
void watch(const char *what, size_t repetition);

/* Starts count threads that run body(&arguments[i * size]), and waits for them. */
void run_threads(size_t count, void *(*body)(void *), void *arguments, size_t size);

/* Resident memory of the process in bytes. */
size_t resident_bytes(void);

/* Number of threads of the process. */
size_t threads_alive(void);

/* Waits for a child process and asserts that it exited with 0. */
void join_child(pid_t child);

#endif
