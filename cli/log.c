#define _XOPEN_SOURCE 700
#include "log.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static lw_status log_failure(const training_log *log)
{
    return lw_fail(LW_EIO, "%s: cannot write: %s", log->path, strerror(errno));
}

lw_status training_log_open(training_log *log, const char *path)
{
    *log = (training_log){.path = path};
    if (path == NULL)
        return LW_OK;
    log->is_new = access(path, F_OK) != 0;
    /* To append, because that leaves the log of an earlier run alone should this one not start. */
    log->file = fopen(path, "a");
    return log->file != NULL ? LW_OK : log_failure(log);
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
    if (log->lines == 0) {
        log->file = freopen(log->path, "w", log->file);
        if (log->file == NULL)
            return log_failure(log);
    }
    fprintf(log->file, "{\"epoch\": %zu", report->epoch);
    write_number(log->file, "train_loss", report->train_loss);
    write_number(log->file, "validation_loss", report->validation_loss);
    write_number(log->file, "validation_accuracy", report->validation_accuracy);
    write_number(log->file, "seconds", report->seconds);
    write_number(log->file, "samples_per_second", report->samples_per_second);
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
