/* load_time LIBRARY: loads the library in this new process and prints the time in microseconds. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
    struct timespec begin, end;
    if (argc != 2)
        return 2;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const void *library = dlopen(argv[1], RTLD_NOW);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (!library)
        return fprintf(stderr, "%s\n", dlerror()), 1;
    printf("%.0f\n", 1e6 * (double)(end.tv_sec - begin.tv_sec) +
                         1e-3 * (double)(end.tv_nsec - begin.tv_nsec));
    return 0;
}
