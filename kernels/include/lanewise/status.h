/*
 * Status codes and the error message of the calling thread.
 *
 * Every Lanewise function that can fail returns an lw_status. No function of the libraries
 * aborts, exits or prints, but for OpenMP where the system refuses it a thread (see lw_max_threads). When
 * a call fails its outputs keep the values they had before it.
 */
#ifndef LANEWISE_STATUS_H
#define LANEWISE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LW_API                   __attribute__((visibility("default")))
#define LW_PRINTF(string, first) __attribute__((__format__(__printf__, string, first)))
#else
#define LW_API
#define LW_PRINTF(string, first)
#endif

/* How a call went. */
typedef enum lw_status {
    LW_OK = 0,         /* the call did what it promises */
    LW_EINVAL = 1,     /* an argument outside its documented range, or a NULL where one is needed */
    LW_EOVERLAP = 2,   /* an output shares memory with another operand */
    LW_ENOMEM = 3,     /* an allocation failed */
    LW_EISA = 4,       /* an unknown instruction set, or one that this machine cannot run */
    LW_EIO = 5,        /* a file cannot be opened, read, written or renamed */
    LW_EFORMAT = 6,    /* the contents of a file are not what its format says */
    LW_EDATA = 7,      /* a value of the data is unusable: label out of range, NaN, empty set */
    LW_ESHAPE = 8,     /* shapes of a network, a data set or a checkpoint do not fit together */
    LW_ESTATE = 9,     /* the call came out of order, for example backward before forward */
    LW_EDIVERGED = 10, /* training made NaN or Inf of a loss, a gradient or a parameter */
    LW_ERANK = 11 /* the same call failed on another rank (lanewise/ranks.h), which knows why */
} lw_status;

/* The name of a status, for example "LW_EINVAL"; "unknown status" outside the enumeration.
 * Never NULL; the string is constant. */
LW_API const char *lw_status_name(lw_status status);

/*
 * What went wrong in the calling thread's most recent failing call: one sentence without a
 * line end that names the argument, or the file and the place in it. "" before the first
 * failure. A successful call leaves the message as it is. The string belongs to the thread
 * and stays valid until that thread's next failing call.
 */
LW_API const char *lw_last_error(void);

/*
 * Sets the calling thread's message from a printf format (cut at 511 bytes) and returns
 * status, so that a failing path reads `return lw_fail(LW_EINVAL, "...")`. For libraries and
 * data callbacks built on Lanewise. lw_last_error() may be among the arguments; a NULL format means "". Control
 * characters and bytes that are no UTF-8 become '?'.
 */
LW_API lw_status lw_fail(lw_status status, const char *format, ...) LW_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif

#endif
