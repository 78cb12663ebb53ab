/* Output files that are replaced atomically; see output_file.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 64 };

struct lw_output_file {
    char *target;    /* path with symbolic links resolved             */
    char *temporary; /* temporary path, in the directory of target    */
    int is_unnamed;  /* the temporary path does not exist yet         */
    int descriptor;
    int error;   /* errno of the first failed write, or 0             */
    char path[]; /* the caller's, for messages; followed by temporary */
};

static lw_status io_error(const char *path, const char *what, int error)
{
    return lw_fail(error == ENOMEM ? LW_ENOMEM : LW_EIO, "%s: cannot %s: %s", path, what,
                   strerror(error));
}

/* ---- The target --------------------------------------------------------------------------- */

/* Length of the directory part of path including its slash; 0 for the working directory. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Rejects targets that rename would replace although they cannot be written: devices and read-only
 * files. *mode receives type and permissions, or 0 if the target does not exist. */
static lw_status inspect_target(const char *path, mode_t *mode)
{
    struct stat info;
    *mode = 0;
    if (stat(path, &info) != 0)
        return errno == ENOENT && *path ? LW_OK : io_error(path, "write", errno);
    if (S_ISDIR(info.st_mode))
        return io_error(path, "write", EISDIR);
    if (!S_ISREG(info.st_mode))
        return lw_fail(LW_EIO, "%s: cannot write: not a regular file", path);
    if (access(path, W_OK) != 0)
        return io_error(path, "write", errno);
    *mode = info.st_mode;
    return LW_OK;
}

/* Opens the directory of the target. Uses the buffer of the temporary path for its name. */
static int open_directory(lw_output_file *file, int flags)
{
    const size_t directory = directory_length(file->target);
    memcpy(file->temporary, file->target, directory);
    memcpy(file->temporary + directory, ".", 2);
    return open(file->temporary, flags | O_CLOEXEC, (mode_t)0666);
}

/* Makes the rename durable. The file is complete and in place either way, so failures are ignored:
 * some file systems do not support this. */
static void sync_directory(lw_output_file *file)
{
    const int descriptor = open_directory(file, O_RDONLY | O_DIRECTORY);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

/* ---- The temporary file -------------------------------------------------------------------- */

/* Makes a temporary path that is unique within this process. */
static void make_temporary_path(lw_output_file *file)
{
    static atomic_uint serial;
    const size_t directory = directory_length(file->target);
    memcpy(file->temporary, file->target, directory);
    snprintf(file->temporary + directory, NAME_BYTES, ".lanewise-%ld-%u.tmp", (long)getpid(),
             atomic_fetch_add(&serial, 1));
}

/* The path in /proc through which an unnamed file is linked. */
typedef char descriptor_path[40];

static void print_descriptor_path(descriptor_path path, int descriptor)
{
    snprintf(path, sizeof(descriptor_path), "/proc/self/fd/%d", descriptor);
}

/* Opens an unnamed file in the directory of target. Returns its descriptor, or -1 if unnamed files
 * or linking them later are not supported. */
static int open_unnamed(lw_output_file *file)
{
    descriptor_path path;
    const int descriptor = open_directory(file, O_TMPFILE | O_WRONLY);
    print_descriptor_path(path, descriptor);
    if (descriptor < 0 || access(path, F_OK) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/* Opens the temporary file. Not with mkstemp, which sets mode 0600: the umask, needed to correct
 * the mode, cannot be read without changing it for all threads. */
static lw_status open_temporary(lw_output_file *file)
{
    file->descriptor = open_unnamed(file);
    file->is_unnamed = file->descriptor >= 0;
    if (file->is_unnamed)
        return LW_OK;
    do {
        make_temporary_path(file);
        file->descriptor =
            open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)0666);
    } while (file->descriptor < 0 && (errno == EEXIST || errno == EINTR));
    return file->descriptor < 0 ? io_error(file->path, "write", errno) : LW_OK;
}

/* Links an unnamed file to its temporary path. */
static lw_status link_temporary(lw_output_file *file)
{
    descriptor_path path;
    int failed;
    print_descriptor_path(path, file->descriptor);
    do {
        make_temporary_path(file);
        failed = linkat(AT_FDCWD, path, AT_FDCWD, file->temporary, AT_SYMLINK_FOLLOW) != 0;
    } while (failed && errno == EEXIST);
    file->is_unnamed = failed;
    return failed ? io_error(file->path, "write", errno) : LW_OK;
}

/* Syncs the file and renames it over its target. */
static lw_status complete(lw_output_file *file)
{
    if (file->error == 0 && fsync(file->descriptor) != 0)
        file->error = errno;
    if (file->error != 0)
        return io_error(file->path, "write", file->error);
    const lw_status status = file->is_unnamed ? link_temporary(file) : LW_OK;
    if (status == LW_OK && rename(file->temporary, file->target) != 0)
        return io_error(file->path, "rename the temporary file to it", errno);
    return status;
}

/* Returns non-zero and sets errno on failure. */
static int remove_temporary(const lw_output_file *file)
{
    return file->is_unnamed ? 0 : unlink(file->temporary);
}

static void release(lw_output_file *file)
{
    free(file->target);
    free(file);
}

/* ---- Interface ----------------------------------------------------------------------------- */

/* Allocates a file without opening it. Returns NULL and sets errno on failure. */
static lw_output_file *make_file(const char *path, int exists)
{
    char *target = exists ? realpath(path, NULL) : strdup(path);
    if (!target)
        return NULL;
    const size_t path_bytes = strlen(path) + 1;
    lw_output_file *file =
        malloc(sizeof *file + path_bytes + directory_length(target) + NAME_BYTES);
    if (!file) {
        free(target);
        errno = ENOMEM;
        return NULL;
    }
    *file = (lw_output_file){.target = target, .descriptor = -1};
    memcpy(file->path, path, path_bytes);
    file->temporary = file->path + path_bytes;
    return file;
}

lw_status lw_output_file_open(lw_output_file **file, const char *path)
{
    mode_t mode;
    lw_status status = inspect_target(path, &mode);
    if (status != LW_OK)
        return status;
    lw_output_file *made = make_file(path, mode != 0);
    if (!made)
        return io_error(path, "write", errno);
    status = open_temporary(made);
    if (status != LW_OK) {
        release(made);
        return status;
    }
    if (mode && fchmod(made->descriptor, mode & 07777) != 0)
        return lw_output_file_close(made, io_error(path, "set the permissions", errno));
    *file = made;
    return LW_OK;
}

lw_status lw_output_file_write(lw_output_file *file, const void *bytes, size_t size)
{
    const char *next = bytes;
    while (size > 0 && file->error == 0) {
        const ssize_t written = write(file->descriptor, next, size);
        if (written < 0 && errno != EINTR)
            file->error = errno;
        if (written > 0) {
            next += written;
            size -= (size_t)written;
        }
    }
    return file->error == 0 ? LW_OK : io_error(file->path, "write", file->error);
}

lw_status lw_output_file_close(lw_output_file *file, lw_status status)
{
    if (status == LW_OK)
        status = complete(file);
    if (status != LW_OK)
        (void)remove_temporary(file);
    close(file->descriptor); /* write errors were reported by fsync */
    if (status == LW_OK)
        sync_directory(file);
    release(file);
    return status;
}

lw_status lw_output_file_check(const char *path)
{
    lw_output_file *trial;
    lw_status status = lw_output_file_open(&trial, path);
    if (status != LW_OK)
        return status;
    if (remove_temporary(trial) != 0)
        status = lw_fail(LW_EIO, "%s: cannot remove: %s", trial->temporary, strerror(errno));
    close(trial->descriptor);
    release(trial);
    return status;
}
