/* The instruction sets that the processor has and whose registers the operating system saves. */
#ifndef LANEWISE_CPU_FEATURES_H
#define LANEWISE_CPU_FEATURES_H

/* Returns 1 if code of the instruction set (a name of LanewiseIsa.cmake) can run on this machine.
 */
int lw_cpu_can_run(const char *isa);

#endif
