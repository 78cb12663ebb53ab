#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[FUZZ_PATH_BYTES / 2];

static void remove_folder(void)
{
    DIR *entries = opendir(folder);
    char path[FUZZ_PATH_BYTES + sizeof(((struct dirent *)0)->d_name)];
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path); /* fails on . and .. */
    }
    if (entries)
        closedir(entries);
    rmdir(folder);
}

/* In /dev/shm if possible: each input is written to a file and read back. */
static void make_folder(void)
{
    const char *base = getenv("TMPDIR");
    if (!base)
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    const int length = snprintf(folder, sizeof folder, "%s/lanewise-fuzz-XXXXXX", base);
    FUZZ_CHECK(length > 0 && (size_t)length < sizeof folder && mkdtemp(folder),
               "no folder in %s for the files", base);
    atexit(remove_folder);
}

const char *fuzz_path(const char *name)
{
    static char path[FUZZ_PATH_BYTES];
    if (*folder == '\0')
        make_folder();
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *fuzz_file(size_t slot, const void *bytes, size_t size)
{
    static struct {
        char path[FUZZ_PATH_BYTES];
        int descriptor;
        size_t size;
    } files[FUZZ_SLOTS];
    if (*files[slot].path == '\0') {
        const char name[] = {'i', 'n', (char)('0' + slot), '\0'};
        strcpy(files[slot].path, fuzz_path(name));
        files[slot].descriptor = open(files[slot].path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    }
    const int file = files[slot].descriptor;
    int written = pwrite(file, bytes, size, 0) == (ssize_t)size;
    if (files[slot].size > size)
        written = written && ftruncate(file, (off_t)size) == 0;
    FUZZ_CHECK(written, "cannot write %s", files[slot].path);
    files[slot].size = size;
    return files[slot].path;
}

void fuzz_same_files(const char *path, const char *other)
{
    FILE *left = fopen(path, "rb"), *right = fopen(other, "rb");
    FUZZ_CHECK(left && right, "%s or %s is not there", path, other);
    int byte;
    do {
        byte = getc(left);
        FUZZ_CHECK(byte == getc(right), "%s and %s are different", path, other);
    } while (byte != EOF);
    fclose(left);
    fclose(right);
}
