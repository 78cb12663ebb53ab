/*
 * The floating-point mode for denormals, numbers below 2^-126. Training flushes them to zero, as
 * operands and results; prediction computes them.
 *
 * Gradients of a converged network become denormal on their way to 0, and some processors take over
 * a hundred cycles for an operation on denormals: 2-64-64-2 at batch 32 with Adam slowed down by a
 * factor of 17 from step 75 000 to 250 000 (Xeon with AVX-512).
 */
#ifndef LANEWISE_DENORMALS_H
#define LANEWISE_DENORMALS_H

#if defined(__SSE__)

enum { LW_FLUSH = 0x8040 }; /* bits FTZ and DAZ of MXCSR */

static inline unsigned long lw_read_float_mode(void)
{
    return __builtin_ia32_stmxcsr();
}

static inline void lw_write_float_mode(unsigned long mode)
{
    __builtin_ia32_ldmxcsr((unsigned)mode);
}

#elif defined(__aarch64__)

enum { LW_FLUSH = 1 << 24 }; /* bit FZ of FPCR */

static inline unsigned long lw_read_float_mode(void)
{
    unsigned long mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}

static inline void lw_write_float_mode(unsigned long mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

#else

enum { LW_FLUSH = 0 };

static inline unsigned long lw_read_float_mode(void)
{
    return 0;
}

static inline void lw_write_float_mode(unsigned long mode)
{
    (void)mode;
}

#endif

typedef enum lw_denormals {
    LW_KEEP_DENORMALS,   /* compute denormals, even if the caller flushes them */
    LW_FLUSH_DENORMALS,  /* flush them to zero */
    LW_CALLERS_DENORMALS /* leave the mode unchanged */
} lw_denormals;

/*
 * Sets the calling thread's mode and returns the previous mode for lw_end_denormals. A thread
 * started by OpenMP inherits the mode of the starting thread, so the mode must not be changed while
 * a parallel region opens: lw_pool_run sets it on each thread within the region. Reading the mode
 * is cheap; writing it waits for all operations in flight, so an equal mode is not written.
 */
static inline unsigned long lw_begin_denormals(lw_denormals denormals)
{
    const unsigned long before = lw_read_float_mode();
    const unsigned long flush = LW_FLUSH;
    const unsigned long mode = denormals == LW_FLUSH_DENORMALS  ? before | flush
                               : denormals == LW_KEEP_DENORMALS ? before & ~flush
                                                                : before;
    if (mode != before)
        lw_write_float_mode(mode);
    return before;
}

static inline void lw_end_denormals(unsigned long before)
{
    if (lw_read_float_mode() != before)
        lw_write_float_mode(before);
}

#endif
