/*
 * Status codes and the error message of the calling thread.
 *
 * Every Lanewise function that can fail returns an lw_status. Libraries never abort, exit or print,
 * except that OpenMP ends the program if the system refuses to start a thread (see lw_max_threads).
 * When a call fails, its outputs keep their values.
 */
#ifndef LANEWISE_STATUS_H
#define LANEWISE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* The major version of the headers; lw_version() returns the version of the library. */
#define LW_VERSION_MAJOR 0

/* The minor version of the headers. */
#define LW_VERSION_MINOR 1

/* The patch version of the headers. */
#define LW_VERSION_PATCH 0

/* The version of the headers as one number, for example 10203 for 1.2.3. */
#define LW_VERSION_NUMBER (LW_VERSION_MAJOR * 10000 + LW_VERSION_MINOR * 100 + LW_VERSION_PATCH)

/* LW_CHECKED: the compiler warns if the returned status is ignored. */
#if defined(__GNUC__)
#define LW_API                   __attribute__((visibility("default")))
#define LW_CHECKED               __attribute__((warn_unused_result))
#define LW_PRINTF(string, first) __attribute__((__format__(__printf__, string, first)))
#else
#define LW_API
#define LW_CHECKED
#define LW_PRINTF(string, first)
#endif

/* The result of a call. */
typedef enum lw_status {
    LW_OK = 0,         /* success */
    LW_EINVAL = 1,     /* an argument is outside its documented range, or a required pointer NULL */
    LW_EOVERLAP = 2,   /* an output shares memory with another operand */
    LW_ENOMEM = 3,     /* an allocation failed */
    LW_EISA = 4,       /* an instruction set is unknown, or cannot run on this machine */
    LW_EIO = 5,        /* a file cannot be opened, read, written or renamed */
    LW_EFORMAT = 6,    /* the contents of a file violate its format */
    LW_EDATA = 7,      /* unusable data: a label out of range, NaN, an empty set */
    LW_ESHAPE = 8,     /* shapes of a network, a data set or a checkpoint do not match */
    LW_ESTATE = 9,     /* the call came out of order, for example backward before forward */
    LW_EDIVERGED = 10, /* a loss, a gradient or a parameter became NaN or Inf */
    LW_ERANK = 11, /* the call failed on another rank (lanewise/ranks.h), which has the message */
    LW_EUNSUPPORTED = 12 /* this build lacks a library that the call needs; the message names it */
} lw_status;

/* The name of a status, for example "LW_EINVAL"; "unknown status" outside the enumeration. Never
 * NULL; the string is constant. */
LW_API const char *lw_status_name(lw_status status);

/*
 * The message of the calling thread's most recent failing call: one line that names the argument,
 * or the file and the position in it; "" before the first failure. Successful calls do not change
 * it. The string belongs to the thread and is valid until its next failing call.
 */
LW_API const char *lw_last_error(void);

/*
 * Sets the calling thread's message from a printf format, cut at 511 bytes, and returns status, so
 * that a failing path reads `return lw_fail(LW_EINVAL, "...")`. For libraries and data callbacks
 * built on Lanewise. lw_last_error() may be an argument; a NULL format means "". Control characters
 * and invalid UTF-8 become '?'.
 */
LW_API lw_status lw_fail(lw_status status, const char *format, ...) LW_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif

#endif
