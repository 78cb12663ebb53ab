/*
 * fault_injection_library [STRIDE [CASE]]
 *
 * Calls every library function that allocates or uses files, and fails each of its allocations and
 * file operations in turn: once, and from there on. Each call must return the documented status,
 * leave outputs and files unchanged, leak nothing, and succeed when it is repeated. Calls with many
 * faults try every STRIDE-th of them (1: all).
 *
 * The program executes itself again with the injector preloaded.
 */
#define _GNU_SOURCE
#include "trials.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void run_table(const fault_case *table, fault_injector *f, size_t stride, const char *only,
                      fault_tally *tally)
{
    for (const fault_case *of = table; of->name; of++)
        if (!only || strcmp(of->name, only) == 0)
            fault_case_run(of, f, stride, tally);
}

static void preload(char **argv)
{
    setenv("LD_PRELOAD", FAULT_INJECTOR_OBJECT, 1);
    /* Waiting threads must not keep the processors busy. */
    setenv("OMP_WAIT_POLICY", "passive", 0);
    execv("/proc/self/exe", argv);
    perror(argv[0]);
    exit(2);
}

int main(int argc, char **argv)
{
    fault_injector *(*here)(void);
    *(void **)&here = dlsym(RTLD_DEFAULT, "fault_injector_get");
    if (!here)
        preload(argv);
    unsetenv("LD_PRELOAD");
    fault_injector *f = here();
    const size_t stride = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    require(stride > 0, "STRIDE must be a positive number");
    if (!atomic_load(&f->has_filter)) {
        puts("skipped: seccomp filters are not available");
        return SKIPPED;
    }

    const fault_case *const tables[] = {data_cases, kernel_cases, net_cases, model_cases,
                                        file_cases};
    fault_tally tally = {0};
    make_directory();
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        run_table(tables[i], f, stride, argc > 2 ? argv[2] : NULL, &tally);
    remove_directory();
    printf("faults in the libraries: %zu of %zu allocations (%zu call stacks), %zu survived; "
           "%zu of %zu faults of %zu file operations, %zu survived; %zu failed\n",
           tally.tried, tally.allocations, tally.stacks, tally.survived, tally.tried_modes,
           tally.modes, tally.operations, tally.survived_modes, tally.failures);
    return tally.failures == 0 && tally.tried > 0 && tally.tried_modes > 0 ? 0 : 1;
}
