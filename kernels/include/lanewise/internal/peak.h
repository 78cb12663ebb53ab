/* The measured peak of the machine. Private to Lanewise: not installed, may change in any
 * version. */
#ifndef LANEWISE_INTERNAL_PEAK_H
#define LANEWISE_INTERNAL_PEAK_H

#include <lanewise/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Floating-point operations per second (a fused multiply-add counts as two) of independent chains
 * in registers on `threads` threads, with the current instruction set: the best of five rounds,
 * about 50 ms. Uses at most the available processors, and one thread where lw_max_threads() cannot
 * exceed 1.
 */
LW_API double lw_measure_peak(int threads);

#ifdef __cplusplus
}
#endif

#endif
