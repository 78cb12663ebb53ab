/* lanewise info */
#include "command.h"
#include "options.h"

#include <lanewise/internal/cache.h>
#include <lanewise/kernels.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#if defined(_OPENMP)
#define TEXT_OF(macro) #macro
#define TEXT(macro)    TEXT_OF(macro)
#define OPENMP         "OpenMP " TEXT(_OPENMP)
#else
#define OPENMP "built without OpenMP"
#endif

static void print_cache(int level)
{
    printf("cache level %d     %zu KiB\n", level, lw_cache_bytes(level) / 1024);
}

int command_info(int argc, char **argv)
{
    const command_line line = {
        .command = argv[0],
        .synopsis = "",
        .summary = "Prints version, instruction sets, caches and threads.",
    };
    const int outcome = options_parse(&line, argc, argv);
    if (outcome >= 0)
        return outcome;

    printf("lanewise          %s\ncompiler          %s\n", lw_version(), COMPILER);
    printf("instruction set   %s\navailable        ", lw_isa_name());
    for (size_t i = 0; lw_isa_available(i) != NULL; i++)
        printf(" %s", lw_isa_available(i));
    printf("\n");
    for (int level = 1; level <= 3; level++)
        print_cache(level);
    printf("threads           %d (" OPENMP "), %ld processors online\n", lw_max_threads(),
           sysconf(_SC_NPROCESSORS_ONLN));
    return 0;
}
