/*
 * Allocations and file operations that fail. injector.c is a shared object that is preloaded: it counts both in a
 * whole process, whoever calls (Lanewise, Jansson, libcsv, zlib, stdio), and lets one of them fail.
 *
 *   Allocations   malloc and its kin, by their names. Those of OpenMP's runtime, of the dynamic linker and of
 *                 sanitizers are passed over: by the address that they are called from. OpenMP's runtime ends
 *                 the process without memory, and the linker's are those of the threads that it starts.
 *   Files         system calls of the C library (a seccomp filter hands them to a signal handler), so that
 *                 those inside stdio are seen too. Linux on x86-64 and AArch64.
 *
 * A process that LANEWISE_FAULT_INJECTOR names a file to shares its struct fault_injector with whoever made the file, and counts
 * from its start; otherwise the struct is that of fault_injector_get, and counts while it is active.
 */
#ifndef LANEWISE_TEST_INJECTOR_H
#define LANEWISE_TEST_INJECTOR_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fault_kind { FAULT_NONE, FAULT_MEMORY, FAULT_FILE } fault_kind;

/* How a file operation goes wrong. */
typedef enum fault_mode {
    FAULT_FAILS,       /* with an error of its kind: ENOSPC for writing, EIO for reading */
    FAULT_INTERRUPTED, /* EINTR before anything is done: opening, reading, writing */
    FAULT_SHORT,       /* half of what was asked for: reading, writing */
    FAULT_MODES
} fault_mode;

/* File operations as the system's calls. */
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

enum { SKIPPED = 77 }; /* the exit status of a test that cannot run here */

typedef struct fault_injector {
    atomic_int active; /* counts, and fails what is to fail */
    int traced;        /* notes stacks and operations too */

    /* What is to fail: number `at` of its kind, and if it lasts all from there on. */
    fault_kind kind;
    size_t at;
    int lasting;
    fault_mode way;

    atomic_size_t allocations, operations, injected;
    atomic_int last_error; /* errno of what failed last */
    atomic_long live;      /* allocations less releases since the process began */
    atomic_int has_files;  /* the filter is there */

    /* Of a traced run: the stack of each allocation as a number, and what each file operation was. */
    uint64_t stack[FAULT_MAX_TRACED];
    unsigned char operation[FAULT_MAX_TRACED];
} fault_injector;

/* That of this process. */
fault_injector *fault_injector_get(void);

/* Whether an operation can go wrong in a way. */
static inline int fault_mode_applies(file_operation operation, fault_mode way)
{
    const int moves = operation == FILE_READ || operation == FILE_WRITE;
    return way == FAULT_FAILS || moves || (way == FAULT_INTERRUPTED && operation == FILE_OPEN);
}

static inline const char *file_operation_name(file_operation operation)
{
    static const char *const names[] = {"open",   "read",   "write",  "close", "sync", "rename",
                                        "unlink", "status", "access", "name",  "mode", "truncate"};
    return names[operation];
}

#endif
