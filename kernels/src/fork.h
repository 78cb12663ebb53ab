/* Detects that OpenMP's threads are lost because the process was forked. */
#ifndef LANEWISE_FORK_H
#define LANEWISE_FORK_H

/* Non-zero in a child of fork() whose parent may have started OpenMP threads: libgomp would wait
 * for them forever. exec resets it. */
int lw_fork_lost_threads(void);

/* Must be called before the library starts threads. */
void lw_fork_expect_threads(void);

#endif
