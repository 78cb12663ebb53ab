#define _POSIX_C_SOURCE 200809L

#include "fork.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

static atomic_int threads_started; /* whether this process has ever started threads */
static int threads_lost;           /* set in a child that still has a single thread */
static unsigned long long threads_at_load;

/* A number that increases with the threads of the process: the link count of a folder of Linux; 0
 * on other systems. */
static unsigned long long thread_links(void)
{
    struct stat task;
    return stat("/proc/self/task", &task) == 0 ? (unsigned long long)task.st_nlink : 0;
}

/* The caller's own parallel regions also start threads. Threads that existed when the library was
 * loaded are ignored: emulators and sanitizers have one. */
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
    /* Without memory for the handler, a child of a process with threads hangs as it would without
     * this library. */
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
