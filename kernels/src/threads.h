/* The number of threads of a kernel, and its partition of work. */
#ifndef LANEWISE_THREADS_H
#define LANEWISE_THREADS_H

#include <stddef.h>

/* min(lw_max_threads(), work / grain), at least 1. */
int lw_thread_count(double work, double grain);

/* The range of part `part` of `parts` of 0..n-1, in multiples of `step`. */
struct lw_range {
    size_t begin, end;
};
struct lw_range lw_partition(size_t n, size_t step, int part, int parts);

/* Calls body for ranges of 0..n-1 that begin at multiples of step, on as many threads as `work`
 * justifies. The unit of work is a float read, added and written. With one thread, body is called
 * directly for the whole range. */
typedef void (*lw_parallel_body)(const void *job, size_t begin, size_t end);
void lw_parallel_for(size_t n, size_t step, double work, lw_parallel_body body, const void *job);

/* Cost of other operations, rounded from AVX-512 on a Zen 4 core: an element of an activation or of
 * Adam, an element of a softmax or loss, and the overhead of a row of these. */
enum { LW_WORK_MATH = 3, LW_WORK_ROWS = 4, LW_WORK_ROW = 20 };

#endif
