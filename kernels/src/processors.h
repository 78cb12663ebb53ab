/* What the machine gives: the processors that the calling thread may use. */
#ifndef LANEWISE_PROCESSORS_H
#define LANEWISE_PROCESSORS_H

/*
 * Those of the thread's affinity mask, and no more than the quota of the process's control groups
 * is worth; at least 1. Asked of the system at a thread's first call and then kept, because the
 * question takes microseconds.
 */
int lw_processors(void);

#endif
