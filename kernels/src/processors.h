/* The processors that the calling thread may use. */
#ifndef LANEWISE_PROCESSORS_H
#define LANEWISE_PROCESSORS_H

/* The number in the thread's affinity mask, limited by the quota of the process's control groups;
 * at least 1. Queried at a thread's first call and then cached, because the query takes
 * microseconds. */
int lw_processors(void);

#endif
