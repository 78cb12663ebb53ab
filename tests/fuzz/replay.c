/*
 * replay PATH...: runs a fuzz target once on each of the files, those in folders included. What the fuzzers have found
 * interesting is so tried by every compiler and sanitizer that has no libFuzzer.
 */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t inputs;

/* The bytes have their exact size on the heap, so that reading beyond them shows. */
static void run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size + (size == 0));
    FUZZ_CHECK(file && bytes && fread(bytes, 1, size, file) == size, "cannot read %s", path);
    fclose(file);
    printf("%s\n", path);
    fflush(stdout); /* the last one is that of a crash */
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    inputs++;
}

static void run(const char *path)
{
    struct stat info;
    FUZZ_CHECK(stat(path, &info) == 0, "%s is not there", path);
    if (!S_ISDIR(info.st_mode)) {
        run_file(path, (size_t)info.st_size);
        return;
    }
    DIR *folder = opendir(path);
    FUZZ_CHECK(folder, "cannot read %s", path);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inside[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        run(inside);
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run(argv[i]);
    printf("%zu inputs, no finding\n", inputs);
    return inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
