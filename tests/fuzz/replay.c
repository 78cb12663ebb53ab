/*
 * fuzz_TARGET PATH ...: runs the target once on each file, and on each file in a folder. Replays
 * the corpus in builds without libFuzzer.
 */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t inputs;

/* The target gets a heap block of the exact size, so that sanitizers detect reads beyond the end.
 */
static void run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size + (size == 0));
    FUZZ_CHECK(file && bytes && fread(bytes, 1, size, file) == size, "cannot read %s", path);
    fclose(file);
    printf("%s\n", path);
    fflush(stdout); /* after a crash, the last line names the input */
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    inputs++;
}

static void run(const char *path)
{
    struct stat info;
    FUZZ_CHECK(stat(path, &info) == 0, "%s does not exist", path);
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
    printf("%zu inputs, no findings\n", inputs);
    return inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
