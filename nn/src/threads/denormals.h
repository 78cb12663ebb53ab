/*
 * Numbers below 2^-126 in the arithmetic of training: taken for 0, on the way in and out of each operation.
 *
 * Once a network has learned its data by heart, its gradients pass that limit on their way to 0, and some processors
 * take over a hundred cycles for an operation with such numbers: 2-64-64-2 at batch 32 with Adam fell to a 17th of its
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

typedef enum lw_denormals { LW_KEEP_DENORMALS, LW_FLUSH_DENORMALS } lw_denormals;

/* From here on, in the calling thread; returns what lw_end_denormals is to be given. Writing the mode takes longer than
 * reading it: the processor waits until nothing is under way. */
static inline unsigned long lw_begin_denormals(lw_denormals denormals)
{
    const unsigned long before = lw_read_float_mode();
    if (denormals == LW_FLUSH_DENORMALS && (before & LW_FLUSH) != LW_FLUSH)
        lw_write_float_mode(before | LW_FLUSH);
    return before;
}

static inline void lw_end_denormals(unsigned long before)
{
    if (lw_read_float_mode() != before)
        lw_write_float_mode(before);
}

#endif
