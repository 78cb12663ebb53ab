#define _XOPEN_SOURCE 700
#include "training_log.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lw_status log_failure(const training_log *log)
{
    return lw_fail(LW_EIO, "%s: cannot write: %s", log->path, strerror(errno));
}

lw_status training_log_open(training_log *log, const char *path, size_t epochs_done,
                            size_t processes, size_t threads)
{
    *log = (training_log){
        .path = path, .epochs_done = epochs_done, .processes = processes, .threads = threads};
    if (path == NULL)
        return LW_OK;
    log->is_new = access(path, F_OK) != 0 && errno == ENOENT;
    /* Append mode keeps the log of an earlier run if this one fails before its first epoch. */
    log->file = fopen(path, "a");
    return log->file != NULL ? LW_OK : log_failure(log);
}

/* The size of the lines before the first that is incomplete or of a later epoch than epochs_done.
 */
static off_t bytes_to_keep(const training_log *log, FILE *old)
{
    char *line = NULL;
    size_t capacity = 0;
    off_t kept = 0;
    for (;;) {
        const ssize_t length = getline(&line, &capacity, old);
        size_t epoch;
        if (length <= 0 || line[length - 1] != '\n' ||
            (sscanf(line, "{\"epoch\": %zu", &epoch) == 1 && epoch > log->epochs_done))
            break;
        kept += length;
    }
    free(line);
    return kept;
}

/* Before the first line is written: removes all lines but those of epochs_done. */
static lw_status clear_old_lines(training_log *log)
{
    struct stat status;
    if (fstat(fileno(log->file), &status) != 0)
        return log_failure(log);
    if (!S_ISREG(status.st_mode))
        return LW_OK;
    off_t kept = 0;
    if (log->epochs_done > 0) {
        FILE *old = fopen(log->path, "r");
        if (old == NULL)
            return log_failure(log);
        kept = bytes_to_keep(log, old);
        fclose(old);
    }
    return ftruncate(fileno(log->file), kept) == 0 ? LW_OK : log_failure(log);
}

static void write_number(FILE *file, const char *name, double value)
{
    if (isfinite(value))
        fprintf(file, ", \"%s\": %.9g", name, value);
    else
        fprintf(file, ", \"%s\": null", name);
}

lw_status training_log_write(training_log *log, const lw_epoch_report *report)
{
    if (log->path == NULL)
        return LW_OK;
    const lw_status status = log->lines == 0 ? clear_old_lines(log) : LW_OK;
    if (status != LW_OK)
        return status;
    fprintf(log->file, "{\"epoch\": %zu", report->epoch);
    write_number(log->file, "train_loss", report->train_loss);
    write_number(log->file, "validation_loss", report->validation_loss);
    write_number(log->file, "validation_accuracy", report->validation_accuracy);
    write_number(log->file, "seconds", report->seconds);
    write_number(log->file, "samples_per_second", report->samples_per_second);
    if (log->processes > 1)
        fprintf(log->file, ", \"processes\": %zu, \"threads\": %zu", log->processes, log->threads);
    fputs("}\n", log->file);
    log->lines++;
    return fflush(log->file) == 0 && !ferror(log->file) ? LW_OK : log_failure(log);
}

void training_log_close(training_log *log)
{
    if (log->file != NULL)
        fclose(log->file);
    if (log->file != NULL && log->is_new && log->lines == 0)
        unlink(log->path);
    *log = (training_log){0};
}
