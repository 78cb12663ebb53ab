/* What the suites of concurrent use share: small networks that are trained on threads, and a watchdog. */
#ifndef LANEWISE_TEST_CONCURRENT_H
#define LANEWISE_TEST_CONCURRENT_H

#include "fixture.h"

#include <pthread.h>

/* Kinds of runs: wide, narrow, in bf16, clipped, with each optimizer. All but the narrow ones are worth several
 * threads, as lw_fit sees it. */
enum { RUNS = 8 };

/* The parameters after a run on some threads (0: those of the context); released with free. */
float *run_training(size_t run, unsigned threads);
size_t run_parameters(size_t run);

/* Whether the run on some threads gives the bits of want: for threads and children, which report it. */
int run_agrees(size_t run, unsigned threads, const float *want);

/* want[run] = run_training(run, 1), and its end. */
void begin_runs(float *want[RUNS]);
void end_runs(float *want[RUNS]);

/* How often a test repeats what it does: usual, a quarter of that with LANEWISE_TEST_FAST, or
 * LANEWISE_TEST_REPEAT if that is set. */
size_t repetitions(size_t usual);

/* To be called in each repetition: two minutes without a call count as a deadlock, and the process ends with
 * the name of what hung. */
void watch(const char *what, size_t repetition);

/* Starts count threads that run body(&arguments[i * size]), and waits for them. */
void run_threads(size_t count, void *(*body)(void *), void *arguments, size_t size);

/* Bytes of memory that the process holds. */
size_t resident_bytes(void);

/* Threads of the process. */
size_t threads_alive(void);

/* Waits for a child and asserts that it ended well: it exits with 0 if all was right. */
void join_child(pid_t child);

#endif
