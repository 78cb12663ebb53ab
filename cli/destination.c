#define _GNU_SOURCE /* fopencookie, O_TMPFILE */
#include "destination.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lw_status write_failure(const char *path, int error)
{
    return lw_fail(LW_EIO, "%s: cannot write: %s", path, strerror(error));
}

/* mkstemp gives 0600; a result should have the permissions of any new file. */
static int give_usual_permissions(int descriptor)
{
    const mode_t mask = umask(0);
    umask(mask);
    return fchmod(descriptor, 0666 & ~mask);
}

/* What the stream writes with: it keeps the reason, which stdio forgets when it flushes on the way, and goes on after a
 * signal. 0 means failure to stdio. */
static ssize_t write_bytes(void *cookie, const char *bytes, size_t count)
{
    destination *d = cookie;
    for (size_t left = count; left > 0;) {
        const ssize_t written = write(d->descriptor, bytes, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            d->error = d->error != 0 ? d->error : errno;
            return 0;
        }
        bytes += written;
        left -= (size_t)written;
    }
    return (ssize_t)count;
}

/* What an open file is given a name by. */
typedef char descriptor_path[40];

static void print_descriptor_path(descriptor_path text, int descriptor)
{
    snprintf(text, sizeof(descriptor_path), "/proc/self/fd/%d", descriptor);
}

/* A file without a name in the folder of path, which a signal leaves nothing of; below 0 where that, or naming
 * it later, is not to be had. beside has room for path. */
static int open_unnamed(const char *path, char *beside)
{
    descriptor_path text;
    const char *slash = strrchr(path, '/');
    const size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    memcpy(beside, path, folder);
    memcpy(beside + folder, ".", 2);
    const int descriptor = open(beside, O_TMPFILE | O_WRONLY | O_CLOEXEC, (mode_t)0666);
    print_descriptor_path(text, descriptor);
    if (descriptor < 0 || access(text, F_OK) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/* Names a file that has no name; non-zero if that does not go. */
static int give_name(destination *d)
{
    descriptor_path text;
    print_descriptor_path(text, d->descriptor);
    char *last = d->beside + strlen(d->path);
    unsigned serial = (unsigned)getpid();
    int failed;
    do {
        snprintf(last, sizeof ".XXXXXX", ".%06u", serial++ % 1000000u);
        failed = linkat(AT_FDCWD, text, AT_FDCWD, d->beside, AT_SYMLINK_FOLLOW) != 0;
    } while (failed && errno == EEXIST);
    d->is_unnamed = failed;
    return failed;
}

lw_status destination_open(destination *d, const char *path)
{
    static const char suffix[] = ".XXXXXX";
    struct stat status;
    const int exists = stat(path, &status) == 0;
    if (!exists && errno != ENOENT)
        return write_failure(path, errno);
    if (exists && S_ISDIR(status.st_mode))
        return write_failure(path, EISDIR);
    /* Renaming would replace even a device, and a file without write permission. */
    if (exists && !S_ISREG(status.st_mode))
        return lw_fail(LW_EIO, "%s: cannot write: not a regular file", path);
    if (exists && access(path, W_OK) != 0)
        return write_failure(path, errno);

    const size_t length = strlen(path);
    char *beside = malloc(length + sizeof suffix);
    if (beside == NULL)
        return lw_fail(LW_ENOMEM, "%s: no memory for a file name", path);
    int descriptor = open_unnamed(path, beside);
    const int is_unnamed = descriptor >= 0;
    memcpy(beside, path, length);
    memcpy(beside + length, suffix, sizeof suffix);
    if (!is_unnamed)
        descriptor = mkstemp(beside);
    if (descriptor < 0) {
        const int error = errno;
        free(beside);
        return write_failure(path, error);
    }
    *d = (destination){
        .path = path, .beside = beside, .is_unnamed = is_unnamed, .descriptor = descriptor};
    if (is_unnamed || give_usual_permissions(descriptor) == 0)
        d->file = fopencookie(d, "w", (cookie_io_functions_t){.write = write_bytes});
    if (d->file == NULL) {
        const int error = errno;
        close(descriptor);
        if (!is_unnamed)
            unlink(beside);
        free(beside);
        return write_failure(path, error);
    }
    return LW_OK;
}

/* Closes the file, and removes it unless it was renamed. Non-zero, and errno, if that does not go. */
static int end(destination *d, int remove)
{
    fclose(d->file);
    close(d->descriptor);
    return remove && !d->is_unnamed && unlink(d->beside) != 0;
}

void destination_discard(destination *d)
{
    (void)end(d, 1);
    free(d->beside);
}

lw_status destination_commit(destination *d)
{
    /* Errors of earlier writes show here at the latest: nothing may be renamed before. */
    if (fflush(d->file) != 0 || ferror(d->file) || fsync(d->descriptor) != 0 ||
        (d->is_unnamed && give_name(d) != 0) || rename(d->beside, d->path) != 0) {
        const int error = d->error != 0 ? d->error : errno;
        destination_discard(d);
        return write_failure(d->path, error);
    }
    (void)end(d, 0);
    free(d->beside);
    return LW_OK;
}

lw_status destination_check(const char *path)
{
    destination trial;
    lw_status status = destination_open(&trial, path);
    if (status != LW_OK)
        return status;
    if (end(&trial, 1) != 0)
        status = lw_fail(LW_EIO, "%s: cannot remove: %s", trial.beside, strerror(errno));
    free(trial.beside);
    return status;
}
