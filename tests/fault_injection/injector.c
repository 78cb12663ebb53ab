/* The preloaded shared object; see injector.h. */
#define _GNU_SOURCE
#include "injector.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static fault_injector own;
static fault_injector *here = &own;

EXPORT fault_injector *fault_injector_get(void)
{
    return here;
}

/* Returns whether operation `number` of this kind must fail. */
static int is_chosen(fault_kind kind, size_t number)
{
    return here->kind == kind && (here->lasting ? number >= here->at : number == here->at);
}

/* ---- Loaded objects -------------------------------------------------------------------------- */

typedef struct range {
    uintptr_t begin, end;
} range;

enum { MAX_EXCLUDED = 8 };
static range excluded[MAX_EXCLUDED], libc;
static size_t excluded_count;

static int is_in(const range *r, uintptr_t address)
{
    return address >= r->begin && address < r->end;
}

static int is_excluded(const void *caller)
{
    for (size_t i = 0; i < excluded_count; i++)
        if (is_in(&excluded[i], (uintptr_t)caller))
            return 1;
    return 0;
}

/* Address range of the object's code. */
static range code_of(const struct dl_phdr_info *info)
{
    range r = {UINTPTR_MAX, 0};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
            continue;
        const uintptr_t begin = info->dlpi_addr + part->p_vaddr;
        r.begin = begin < r.begin ? begin : r.begin;
        r.end = begin + part->p_memsz > r.end ? begin + part->p_memsz : r.end;
    }
    return r;
}

static int visit_object(struct dl_phdr_info *info, size_t size, void *unused)
{
    static const char *const names[] = {"libgomp", "libomp",   "ld-linux", "libasan",
                                        "libtsan", "libubsan", "liblsan"};
    (void)size;
    (void)unused;
    const char *slash = strrchr(info->dlpi_name, '/'), *name = slash ? slash + 1 : info->dlpi_name;
    if (strncmp(name, "libc.so", strlen("libc.so")) == 0)
        libc = code_of(info);
    for (size_t i = 0; i < sizeof names / sizeof *names && excluded_count < MAX_EXCLUDED; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            excluded[excluded_count++] = code_of(info);
    return 0;
}

/* ---- Allocations ----------------------------------------------------------------------------- */

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*memalign)(size_t, size_t);
    void (*free)(void *);
} next;

/* Serves allocations made by dlsym while the next functions are looked up. */
static _Alignas(16) char early[1 << 14];
static size_t early_used;
static int resolving;

static void resolve_next(void)
{
    resolving = 1;
    /* POSIX guarantees that a function pointer can be read through an object pointer. */
    *(void **)&next.malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&next.calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&next.realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&next.memalign = dlsym(RTLD_NEXT, "memalign");
    *(void **)&next.free = dlsym(RTLD_NEXT, "free");
    resolving = 0;
}

static void *allocate_early(size_t size)
{
    char *taken = early + early_used;
    early_used += (size + 15) / 16 * 16;
    return early_used <= sizeof early ? taken : NULL;
}

static int is_early(const void *memory)
{
    return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

/* Returns a hash of the call stack that is the same in every process of the same program. */
static uint64_t stack_number(void)
{
    enum { DEPTH = 32, OURS = 3 };
    void *frames[DEPTH];
    uint64_t hash = 14695981039346656037U;
    const int count = backtrace(frames, DEPTH);
    for (int i = OURS; i < count; i++) {
        Dl_info info;
        const uintptr_t base = dladdr(frames[i], &info) ? (uintptr_t)info.dli_fbase : 0;
        hash = (hash ^ ((uintptr_t)frames[i] - base)) * 1099511628211U;
    }
    return hash;
}

static _Thread_local int
    in_injector; /* non-zero: allocations of the injector itself are not counted */

/* Counts an allocation; returns whether it must fail. */
static int must_fail(const void *caller)
{
    if (!atomic_load(&here->active) || in_injector || is_excluded(caller))
        return 0;
    const size_t number = atomic_fetch_add(&here->allocations, 1);
    if (here->traced && number < FAULT_MAX_TRACED) {
        in_injector = 1;
        here->stack[number] = stack_number();
        in_injector = 0;
    }
    if (!is_chosen(FAULT_MEMORY, number))
        return 0;
    atomic_fetch_add(&here->injected, 1);
    atomic_store(&here->last_error, ENOMEM);
    errno = ENOMEM;
    return 1;
}

static void *counted(void *memory, const void *caller)
{
    if (memory && !in_injector && !is_excluded(caller))
        atomic_fetch_add(&here->live, 1);
    return memory;
}

#define CALLER __builtin_return_address(0)

EXPORT void *malloc(size_t size)
{
    if (resolving)
        return allocate_early(size);
    if (!next.malloc)
        resolve_next();
    return must_fail(CALLER) ? NULL : counted(next.malloc(size), CALLER);
}

EXPORT void *calloc(size_t count, size_t size)
{
    if (resolving)
        return allocate_early(count * size);
    if (!next.malloc)
        resolve_next();
    return must_fail(CALLER) ? NULL : counted(next.calloc(count, size), CALLER);
}

EXPORT void *realloc(void *memory, size_t size)
{
    if (!next.malloc)
        resolve_next();
    if (must_fail(CALLER))
        return NULL;
    void *moved = next.realloc(memory, size);
    return memory ? moved : counted(moved, CALLER);
}

EXPORT void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || must_fail(CALLER)) {
        errno = ENOMEM;
        return NULL;
    }
    void *moved = next.realloc(memory, bytes);
    return memory ? moved : counted(moved, CALLER);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    if (!next.malloc)
        resolve_next();
    return must_fail(CALLER) ? NULL : counted(next.memalign(alignment, size), CALLER);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    if (!next.malloc)
        resolve_next();
    return must_fail(CALLER) ? NULL : counted(next.memalign(alignment, size), CALLER);
}

EXPORT int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (!next.malloc)
        resolve_next();
    void *made = must_fail(CALLER) ? NULL : counted(next.memalign(alignment, size), CALLER);
    if (!made)
        return ENOMEM;
    *memory = made;
    return 0;
}

/* Sanitizers provide their own strdup, which does not call malloc. */
EXPORT char *strdup(const char *text)
{
    if (!next.malloc)
        resolve_next();
    const size_t size = strlen(text) + 1;
    char *copy = must_fail(CALLER) ? NULL : counted(next.malloc(size), CALLER);
    return copy ? memcpy(copy, text, size) : NULL;
}

EXPORT void free(void *memory)
{
    if (!memory || is_early(memory))
        return;
    if (!next.malloc)
        resolve_next();
    if (!in_injector && !is_excluded(CALLER))
        atomic_fetch_sub(&here->live, 1);
    next.free(memory);
}

/* ---- File operations ------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    int number;
    file_operation operation;
    int error;
} calls[] = {
    {SYS_openat, FILE_OPEN, EMFILE},
    {SYS_read, FILE_READ, EIO},
    {SYS_write, FILE_WRITE, ENOSPC},
    {SYS_close, FILE_CLOSE, EIO},
    {SYS_fsync, FILE_SYNC, EIO},
    {SYS_fdatasync, FILE_SYNC, EIO},
#if defined(SYS_rename)
    {SYS_rename, FILE_RENAME, EXDEV},
#endif
    {SYS_renameat, FILE_RENAME, EXDEV},
    {SYS_renameat2, FILE_RENAME, EXDEV},
#if defined(SYS_unlink)
    {SYS_unlink, FILE_UNLINK, EIO},
#endif
    {SYS_unlinkat, FILE_UNLINK, EIO},
    {SYS_fstat, FILE_STATUS, EIO},
    {SYS_newfstatat, FILE_STATUS, EIO},
#if defined(SYS_access)
    {SYS_access, FILE_ACCESS, EIO},
#endif
    {SYS_faccessat, FILE_ACCESS, EIO},
#if defined(SYS_readlink)
    {SYS_readlink, FILE_STATUS, EIO},
#endif
    {SYS_readlinkat, FILE_STATUS, EIO},
#if defined(SYS_link)
    {SYS_link, FILE_NAME, EIO},
#endif
    {SYS_linkat, FILE_NAME, EIO},
    {SYS_fchmod, FILE_MODE, EPERM},
    {SYS_ftruncate, FILE_TRUNCATE, EIO},
};
/* clang-format on */
enum { CALLS = sizeof calls / sizeof *calls };

/* Performs the system call. syscall(2) is part of the C library, where the filter would trap it
 * again. */
static long call(long number, const long a[6])
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a[0];
    register long x1 __asm__("x1") = a[1];
    register long x2 __asm__("x2") = a[2];
    register long x3 __asm__("x3") = a[3];
    register long x4 __asm__("x4") = a[4];
    register long x5 __asm__("x5") = a[5];
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
#endif
}

static long fail(size_t index, long arguments[6])
{
    int error = calls[index].error;
    if (here->mode == FAULT_SHORT) {
        arguments[2] = (arguments[2] + 1) / 2;
        return call(calls[index].number, arguments);
    }
    if (here->mode == FAULT_INTERRUPTED)
        error = EINTR;
    else if (calls[index].operation == FILE_CLOSE)
        (void)call(calls[index].number, arguments); /* close with an error still closes the file */
    atomic_store(&here->last_error, error);
    return -error;
}

static long operate(size_t index, long arguments[6])
{
    if (!atomic_load(&here->active))
        return call(calls[index].number, arguments);
    const file_operation operation = calls[index].operation;
    const size_t number = atomic_fetch_add(&here->operations, 1);
    if (here->traced && number < FAULT_MAX_TRACED)
        here->operation[number] = (unsigned char)operation;
    /* A lasting fault affects one kind of operation: a full disk can still be read. */
    const int same = !here->lasting || here->operation[here->at] == operation;
    if (!is_chosen(FAULT_FILE, number) || !same || !fault_mode_applies(operation, here->mode))
        return call(calls[index].number, arguments);
    atomic_fetch_add(&here->injected, 1);
    return fail(index, arguments);
}

static void on_call(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    ucontext_t *at = context;
    size_t index = 0;
    while (index < CALLS && calls[index].number != info->si_syscall)
        index++;
    if (index == CALLS)
        abort();
#if defined(__x86_64__)
    greg_t *r = at->uc_mcontext.gregs;
    long arguments[] = {r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8], r[REG_R9]};
    r[REG_RAX] = operate(index, arguments);
#else
    unsigned long long *r = at->uc_mcontext.regs;
    long arguments[6];
    for (size_t i = 0; i < 6; i++)
        arguments[i] = (long)r[i];
    r[0] = (unsigned long long)operate(index, arguments);
#endif
}

/* Traps the system calls above if they are made by the C library, whose code may cross a multiple
 * of 4 GB. */
static int filter_calls(void)
{
    enum { IP_LOW = 8, IP_HIGH = 12, REST = 16 };
    struct sock_filter filter[CALLS + REST];
    const uint32_t begin_high = (uint32_t)((uint64_t)libc.begin >> 32),
                   end_high = (uint32_t)((uint64_t)libc.end >> 32);
    const uint32_t begin_low = (uint32_t)libc.begin, end_low = (uint32_t)libc.end;
    unsigned short n = 0;
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
    for (size_t i = 0; i < CALLS; i++)
        filter[n++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i].number, (unsigned char)(CALLS - i), 0);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, IP_HIGH);
    if (begin_high == end_high) {
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, begin_high, 0, 4);
        filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, IP_LOW);
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, begin_low, 0, 2);
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, end_low, 1, 0);
    } else {
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, begin_high, 0, 2);
        filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, IP_LOW);
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, begin_low, 3, 4);
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, end_high, 0, 3);
        filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, IP_LOW);
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, end_low, 1, 0);
    }
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {n, filter};
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
    action.sa_sigaction = on_call;
    return libc.end > 0 && sigaction(SIGSYS, &action, NULL) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* ---- Process setup --------------------------------------------------------------------------- */

static void map_shared(const char *path)
{
    const int file = open(path, O_RDWR | O_CLOEXEC);
    void *shared = file < 0 ? MAP_FAILED
                            : mmap(NULL, sizeof *here, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED)
        abort();
    close(file);
    here = shared;
}

__attribute__((constructor)) static void begin(void)
{
    void *frame;
    in_injector = 1;
    (void)backtrace(&frame, 1); /* loads libgcc before counting starts */
    dl_iterate_phdr(visit_object, NULL);
    in_injector = 0;
    const char *path = getenv("LANEWISE_FAULT_INJECTOR");
    if (path)
        map_shared(path);
    atomic_store(&here->has_filter, filter_calls());
    if (path)
        atomic_store(&here->active, 1);
}
