/*
 * One instruction set for all work of a network. Private to Lanewise: not installed, may change in
 * any version.
 *
 * lw_isa_select changes the set of the process at any time. A network keeps the set that was
 * current when it was created, and each of its jobs enters that set, so that no step mixes sets:
 *
 *   const lw_isa *before = lw_isa_enter(net->isa);
 *   ...kernels...
 *   lw_isa_enter(before);
 */
#ifndef LANEWISE_INTERNAL_ISA_H
#define LANEWISE_INTERNAL_ISA_H

#include <lanewise/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An instruction set: its table of kernels. Lives as long as the process. */
typedef struct lw_isa lw_isa;

/* The set that kernels called by this thread use: the one entered, else the one selected for the
 * process. Selects one on the first call. Never NULL. */
LW_API const lw_isa *lw_isa_current(void);

/*
 * Makes the kernels that the calling thread calls from now on use isa; NULL: the selected set.
 * Returns the argument of the thread's previous call, NULL at first. Costs a few nanoseconds.
 * Threads that a kernel starts use the set of the thread that called it.
 */
LW_API const lw_isa *lw_isa_enter(const lw_isa *isa);

#ifdef __cplusplus
}
#endif

#endif
