/*
 * Injects failures into allocations and file operations. injector.c is a preloaded shared object
 * that counts both in the whole process, including those of Jansson, libcsv, zlib and stdio, and
 * fails one of them.
 *
 *   Allocations   malloc and related functions, by interposition. Calls from the OpenMP runtime,
 *                 the dynamic linker and sanitizers are excluded by return address: the OpenMP
 *                 runtime ends the process when memory runs out, and the linker allocates for the
 *                 threads that the runtime starts.
 *   Files         system calls of the C library, trapped by a seccomp filter and handled in a
 *                 signal handler, so that those inside stdio are included. Linux on x86-64 and
 *                 AArch64 only.
 *
 * If the environment variable LANEWISE_FAULT_INJECTOR names a file, struct fault_injector is mapped
 * from it, shared with the process that created the file, and counting begins at process start.
 * Otherwise fault_injector_get returns the struct, and counting begins when `active` is set.
 */
#ifndef LANEWISE_TEST_INJECTOR_H
#define LANEWISE_TEST_INJECTOR_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fault_kind { FAULT_NONE, FAULT_MEMORY, FAULT_FILE } fault_kind;

/* How a file operation fails. */
typedef enum fault_mode {
    FAULT_FAILS,       /* with the usual error: ENOSPC for writing, EIO for reading */
    FAULT_INTERRUPTED, /* EINTR before any effect: open, read, write */
    FAULT_SHORT,       /* half of the requested bytes: read, write */
    FAULT_MODES
} fault_mode;

/* File operations, by system call. */
typedef enum file_operation {
    FILE_OPEN,
    FILE_READ,
    FILE_WRITE,
    FILE_CLOSE,
    FILE_SYNC,
    FILE_RENAME,
    FILE_UNLINK,
    FILE_STATUS,
    FILE_ACCESS,
    FILE_NAME,
    FILE_MODE,
    FILE_TRUNCATE,
    FILE_OPERATIONS
} file_operation;

enum { FAULT_MAX_TRACED = 1 << 14 };

enum { SKIPPED = 77 }; /* exit status of a skipped test */

typedef struct fault_injector {
    atomic_int active; /* counts, and injects the fault */
    int traced;        /* also records stacks and operations */

    /* The fault: operation number `at` of this kind and, if lasting, all later ones. */
    fault_kind kind;
    size_t at;
    int lasting;
    fault_mode mode;

    atomic_size_t allocations, operations, injected;
    atomic_int last_error; /* errno of the last injected failure */
    atomic_long live;      /* allocations minus releases since process start */
    atomic_int has_filter; /* the seccomp filter is installed */

    /* Recorded in a traced run: a hash of the stack of each allocation, and the kind of each file
     * operation. */
    uint64_t stack[FAULT_MAX_TRACED];
    unsigned char operation[FAULT_MAX_TRACED];
} fault_injector;

/* Returns the struct of this process. */
fault_injector *fault_injector_get(void);

/* Returns whether an operation can fail in this mode. */
static inline int fault_mode_applies(file_operation operation, fault_mode mode)
{
    const int moves = operation == FILE_READ || operation == FILE_WRITE;
    return mode == FAULT_FAILS || moves || (mode == FAULT_INTERRUPTED && operation == FILE_OPEN);
}

static inline const char *file_operation_name(file_operation operation)
{
    static const char *const names[] = {"open",   "read",   "write",  "close", "sync", "rename",
                                        "unlink", "status", "access", "name",  "mode", "truncate"};
    return names[operation];
}

#endif
