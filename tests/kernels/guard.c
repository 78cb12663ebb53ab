#define _GNU_SOURCE
#include "guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard guard_alloc(size_t bytes, enum guard_side side)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (bytes + page - 1) / page * page;
    struct guard guard = {NULL, NULL, inner + 2 * page};
    void *map = mmap(NULL, guard.map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return guard;
    char *first = (char *)map + page;
    if (inner > 0 && mprotect(first, inner, PROT_READ | PROT_WRITE) != 0) {
        munmap(map, guard.map_bytes);
        return guard;
    }
    guard.map = map;
    guard.data = side == GUARD_AFTER ? first + inner - bytes : first;
    return guard;
}

void guard_free(struct guard *guard)
{
    if (guard->map)
        munmap(guard->map, guard->map_bytes);
    guard->data = guard->map = NULL;
}

static sigjmp_buf before_call;

static void on_fault(int signal)
{
    siglongjmp(before_call, signal);
}

int guard_trap(void (*function)(void *), void *argument)
{
    struct sigaction action, old_segv, old_bus;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_fault;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &old_segv);
    sigaction(SIGBUS, &action, &old_bus);
    const int faulted = sigsetjmp(before_call, 1) != 0;
    if (!faulted)
        function(argument);
    sigaction(SIGSEGV, &old_segv, NULL);
    sigaction(SIGBUS, &old_bus, NULL);
    return faulted;
}
