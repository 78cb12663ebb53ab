#define _GNU_SOURCE /* fopencookie */
#include "destination.h"

#include <errno.h>
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

lw_status destination_open(destination *d, const char *path)
{
    static const char suffix[] = ".XXXXXX";
    struct stat status;
    const int exists = stat(path, &status) == 0;
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
    memcpy(beside, path, length);
    memcpy(beside + length, suffix, sizeof suffix);

    const int descriptor = mkstemp(beside);
    if (descriptor < 0) {
        const int error = errno;
        free(beside);
        return write_failure(path, error);
    }
    *d = (destination){.path = path, .beside = beside, .descriptor = descriptor};
    if (give_usual_permissions(descriptor) == 0)
        d->file = fopencookie(d, "w", (cookie_io_functions_t){.write = write_bytes});
    if (d->file == NULL) {
        const int error = errno;
        close(descriptor);
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
    return remove && unlink(d->beside) != 0;
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
        rename(d->beside, d->path) != 0) {
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
