#define _GNU_SOURCE
#include "atomic_file.h"
#include "little_endian.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 64, WORD_BYTES = 4, CHUNK_WORDS = 4096 };

static lw_status io_error(const char *path, const char *what)
{
    return lw_fail(errno == ENOMEM ? LW_ENOMEM : LW_EIO, "%s: cannot %s: %s", path, what,
                   strerror(errno));
}

/* The length of the directory part of path with its slash; 0 for the working directory. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Looks at what is there. Renaming would replace even a device, and a file without write
 * permission, so both are refused here. mode: type and permissions, or 0 if there is no file yet.
 */
static lw_status inspect_target(const char *path, mode_t *mode)
{
    struct stat info;
    *mode = 0;
    if (stat(path, &info) != 0)
        return errno == ENOENT ? LW_OK : io_error(path, "write");
    if (S_ISDIR(info.st_mode))
        return lw_fail(LW_EIO, "%s: cannot write: %s", path, strerror(EISDIR));
    if (!S_ISREG(info.st_mode))
        return lw_fail(LW_EIO, "%s: cannot write: not a regular file", path);
    if (access(path, W_OK) != 0)
        return io_error(path, "write");
    *mode = info.st_mode;
    return LW_OK;
}

/* Makes a name of its own in the directory of target. */
static void choose_name(lw_atomic_file *file)
{
    static atomic_uint serial;
    const size_t directory = directory_length(file->target);
    memcpy(file->temporary, file->target, directory);
    snprintf(file->temporary + directory, NAME_BYTES, ".lanewise-%ld-%u.tmp", (long)getpid(),
             atomic_fetch_add(&serial, 1));
}

/* What an open file is given a name by. */
typedef char descriptor_path[40];

static void print_descriptor_path(descriptor_path path, int descriptor)
{
    snprintf(path, sizeof(descriptor_path), "/proc/self/fd/%d", descriptor);
}

/* A file without a name in the directory of target; below 0 where that, or naming it later, is not to be had. */
static int open_unnamed(lw_atomic_file *file)
{
    descriptor_path path;
    const size_t directory = directory_length(file->target);
    memcpy(file->temporary, file->target, directory);
    strcpy(file->temporary + directory, ".");
    const int descriptor = open(file->temporary, O_TMPFILE | O_WRONLY | O_CLOEXEC, (mode_t)0666);
    print_descriptor_path(path, descriptor);
    if (descriptor < 0 || access(path, F_OK) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/* Opens a new file. mkstemp would do, but makes it private to the user, and the umask cannot be read without
 * changing it for all threads. */
static lw_status open_temporary(lw_atomic_file *file, const char *path)
{
    file->descriptor = open_unnamed(file);
    file->is_unnamed = file->descriptor >= 0;
    if (file->is_unnamed)
        return LW_OK;
    do {
        choose_name(file);
        file->descriptor =
            open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)0666);
    } while (file->descriptor < 0 && (errno == EEXIST || errno == EINTR));
    return file->descriptor < 0 ? io_error(path, "write") : LW_OK;
}

static lw_status give_name(lw_atomic_file *file)
{
    descriptor_path path;
    int failed;
    print_descriptor_path(path, file->descriptor);
    do {
        choose_name(file);
        failed = linkat(AT_FDCWD, path, AT_FDCWD, file->temporary, AT_SYMLINK_FOLLOW) != 0;
    } while (failed && errno == EEXIST);
    file->is_unnamed = failed;
    return failed ? io_error(file->target, "write") : LW_OK;
}

static void release_names(lw_atomic_file *file)
{
    free(file->target);
    free(file->temporary);
    *file = (lw_atomic_file){.descriptor = -1};
}

lw_status lw_atomic_open(lw_atomic_file *file, const char *path)
{
    mode_t mode;
    lw_status status = inspect_target(path, &mode);
    if (status != LW_OK)
        return status;

    *file =
        (lw_atomic_file){.target = mode ? realpath(path, NULL) : strdup(path), .descriptor = -1};
    if (file->target)
        file->temporary = malloc(directory_length(file->target) + NAME_BYTES);
    status = file->temporary ? open_temporary(file, path) : io_error(path, "write");
    if (status != LW_OK) {
        release_names(file);
        return status;
    }
    if (mode && fchmod(file->descriptor, mode & 07777) != 0)
        return lw_atomic_close(file, io_error(path, "set the permissions"));
    return LW_OK;
}

lw_status lw_atomic_write(lw_atomic_file *file, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0) {
        const ssize_t written = write(file->descriptor, next, count);
        if (written < 0 && errno != EINTR)
            return io_error(file->target, "write");
        if (written > 0) {
            next += written;
            count -= (size_t)written;
        }
    }
    return LW_OK;
}

lw_status lw_atomic_write_words(lw_atomic_file *file, const void *words, size_t count)
{
    unsigned char bytes[WORD_BYTES * CHUNK_WORDS];
    const unsigned char *next = words;
    lw_status status = LW_OK;
    while (count > 0 && status == LW_OK) {
        const size_t chunk = count < CHUNK_WORDS ? count : CHUNK_WORDS;
        for (size_t i = 0; i < chunk; i++, next += WORD_BYTES) {
            uint32_t word;
            memcpy(&word, next, WORD_BYTES);
            lw_store_le(bytes + i * WORD_BYTES, WORD_BYTES, word);
        }
        status = lw_atomic_write(file, bytes, chunk * WORD_BYTES);
        count -= chunk;
    }
    return status;
}

/* Makes the rename itself durable. The file is whole and in place either way, so a file system that
 * cannot do this is no failure. */
static void sync_directory(const char *target)
{
    char *directory = strdup(target);
    if (!directory)
        return;
    directory[directory_length(target)] = '\0';
    const int descriptor = open(*directory ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

lw_status lw_atomic_close(lw_atomic_file *file, lw_status status)
{
    if (status == LW_OK && fsync(file->descriptor) != 0)
        status = io_error(file->target, "write");
    if (status == LW_OK && file->is_unnamed)
        status = give_name(file);
    if (status == LW_OK && rename(file->temporary, file->target) != 0)
        status = io_error(file->target, "rename to it");
    if (status != LW_OK && !file->is_unnamed)
        unlink(file->temporary);
    close(
        file->descriptor); /* what could fail here has failed in fsync; and nothing is between the two names */
    if (status == LW_OK)
        sync_directory(file->target);
    release_names(file);
    return status;
}
