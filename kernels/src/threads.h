/* How many threads a kernel uses. */
#ifndef LANEWISE_THREADS_H
#define LANEWISE_THREADS_H

#include <stddef.h>

/* At most lw_max_threads() and one for every `grain` units of work. */
int lw_thread_count(double work, double grain);

/* The part of 0..n-1 that belongs to one of `parts`, in multiples of `step`. */
struct lw_range {
    size_t begin, end;
};
struct lw_range lw_partition(size_t n, size_t step, int part, int parts);

/*
 * Calls body for shares of 0..n-1 that begin at multiples of step, on as many threads as `work` is
 * worth, counted in floats that are read, added to and written. One share, called directly, if that
 * is one thread.
 */
typedef void (*lw_parallel_body)(const void *job, size_t begin, size_t end);
void lw_parallel_for(size_t n, size_t step, double work, lw_parallel_body body, const void *job);

/* The work of other things, rounded from AVX-512 on a Zen 4 core: an element of an activation or of
 * Adam, of a softmax or loss, and what a row of these costs besides. */
enum { LW_WORK_MATH = 3, LW_WORK_ROWS = 4, LW_WORK_ROW = 20 };

#endif
