/*
 * Denormals, numbers below 2^-126: training flushes them to zero, as operands and as results; prediction keeps them.
 *
 * The gradients of a converged network pass that limit on their way to 0, and some processors
 * take over a hundred cycles for an operation with a denormal: 2-64-64-2 at batch 32 with Adam fell to a 17th of its
 * speed from step 75 000 to 250 000 (Xeon with AVX-512).
 */
#ifndef LANEWISE_DENORMALS_H
#define LANEWISE_DENORMALS_H

#if defined(__SSE__)

enum { LW_FLUSH = 0x8040 }; /* of MXCSR: flush to zero, denormals are zeros */

static inline unsigned long lw_read_float_mode(void)
{
    return __builtin_ia32_stmxcsr();
}

static inline void lw_write_float_mode(unsigned long mode)
{
    __builtin_ia32_ldmxcsr((unsigned)mode);
}

#elif defined(__aarch64__)

enum { LW_FLUSH = 1 << 24 }; /* of FPCR: FZ */

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
    LW_KEEP_DENORMALS,   /* exact, also where the caller flushes them */
    LW_FLUSH_DENORMALS,  /* zero */
    LW_CALLERS_DENORMALS /* as the caller has them */
} lw_denormals;

/*
 * Sets the calling thread's mode for denormals, whatever it was, and returns the mode before, for lw_end_denormals.
 * A thread that OpenMP starts inherits the mode of the thread that starts it, so a mode must not be in force while a
 * parallel region opens: lw_pool_run sets it inside, on each thread.
 * Writing the mode waits for all operations under way, and reading it does not.
 */
static inline unsigned long lw_begin_denormals(lw_denormals denormals)
{
    const unsigned long before = lw_read_float_mode();
    const unsigned long flush = LW_FLUSH;
    const unsigned long wanted = denormals == LW_FLUSH_DENORMALS  ? before | flush
                                 : denormals == LW_KEEP_DENORMALS ? before & ~flush
                                                                  : before;
    if (wanted != before)
        lw_write_float_mode(wanted);
    return before;
}

static inline void lw_end_denormals(unsigned long before)
{
    if (lw_read_float_mode() != before)
        lw_write_float_mode(before);
}

#endif
