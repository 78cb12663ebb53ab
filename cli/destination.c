#define _XOPEN_SOURCE 700
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
    FILE *file = NULL;
    if (give_usual_permissions(descriptor) == 0)
        file = fdopen(descriptor, "w");
    if (file == NULL) {
        const int error = errno;
        close(descriptor);
        unlink(beside);
        free(beside);
        return write_failure(path, error);
    }
    *d = (destination){.file = file, .path = path, .beside = beside};
    return LW_OK;
}

void destination_discard(destination *d)
{
    fclose(d->file);
    unlink(d->beside);
    free(d->beside);
}

lw_status destination_commit(destination *d)
{
    errno = 0;
    /* Errors of earlier writes show here at the latest: nothing may be renamed before. */
    if (ferror(d->file) || fflush(d->file) != 0 || fsync(fileno(d->file)) != 0 ||
        rename(d->beside, d->path) != 0) {
        const int error = errno != 0 ? errno : EIO;
        destination_discard(d);
        return write_failure(d->path, error);
    }
    fclose(d->file);
    free(d->beside);
    return LW_OK;
}

lw_status destination_check(const char *path)
{
    destination trial;
    const lw_status status = destination_open(&trial, path);
    if (status == LW_OK)
        destination_discard(&trial);
    return status;
}
