#define _POSIX_C_SOURCE 200809L

#include "fork.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

static atomic_int threads_started; /* in this process, at some time */
static int threads_lost;           /* set while the child still has one thread only */
static unsigned long long threads_at_load;

/* A number that grows with the threads of the process: Linux counts them as links of a folder; 0
 * where there is none. */
static unsigned long long thread_links(void)
{
    struct stat task;
    return stat("/proc/self/task", &task) == 0 ? (unsigned long long)task.st_nlink : 0;
}

/* The caller's own parallel regions leave threads behind as well. Those that were there when the
 * library came are taken for others: emulators and sanitizers start one. */
static void before_fork(void)
{
    if (thread_links() > threads_at_load)
        lw_fork_expect_threads();
}

static void in_child(void)
{
    threads_lost |= atomic_load_explicit(&threads_started, memory_order_relaxed);
}

__attribute__((constructor)) static void watch_forks(void)
{
    threads_at_load = thread_links();
    /* Without the memory for it, a child of a process with threads hangs as without the library. */
    (void)pthread_atfork(before_fork, NULL, in_child);
}

int lw_fork_lost_threads(void)
{
    return threads_lost;
}

void lw_fork_expect_threads(void)
{
    if (!atomic_load_explicit(&threads_started, memory_order_relaxed))
        atomic_store_explicit(&threads_started, 1, memory_order_relaxed);
}
