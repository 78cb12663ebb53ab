/* Which instruction sets the processor has and the operating system saves. */
#ifndef LANEWISE_CPU_FEATURES_H
#define LANEWISE_CPU_FEATURES_H

/* 1 if code of the instruction set (a name of LanewiseIsa.cmake) can run here. */
int lw_cpu_can_run(const char *isa);

#endif
