#include "train_fit.h"

#include "interrupt.h"
#include "options.h"
#include "train_checkpoint.h"
#include "train_early_stop.h"

#include <stdio.h>
#include <string.h>

static int on_batch(void *user, const lw_batch_report *report)
{
    train_run *run = user;
    progress_batch(&run->progress, report);
    return 0;
}

static int on_epoch(void *user, const lw_epoch_report *report)
{
    train_run *run = user;
    const lw_status shown = progress_epoch(&run->progress, report);
    curves_add(&run->curves, report);
    run->reached_accuracy = early_stop_reached(run, report->validation_accuracy);
    const int is_last = run->reached_accuracy || shown != LW_OK;
    run->callback_status = training_log_write(&run->log, report);
    if (run->callback_status == LW_OK && train_checkpoint_is_due(run, report, is_last))
        run->callback_status = train_checkpoint_save(run, &report->position);
    if (run->callback_status == LW_OK)
        run->callback_status = shown;
    return run->callback_status != LW_OK || is_last;
}

static lw_status call_fit(train_run *run)
{
    const train_options *o = &run->options;
    const lw_fit_options options = {
        .size = sizeof options,
        .loss = (lw_loss)o->loss,
        .optimizer = train_optimizer(o),
        .batch_size = o->batch,
        .epochs = o->epochs,
        .start = run->start,
        .no_shuffle = o->no_shuffle,
        .schedule = {.kind = (lw_schedule_kind)o->schedule,
                     .every = o->step_every,
                     .factor = o->schedule == LW_SCHEDULE_STEP ? o->step_factor : 0.0f},
        .clip_norm = o->clip,
        .validation = train_run_validation(run),
        .on_epoch = on_epoch,
        .on_batch = run->progress.on_terminal ? on_batch : NULL,
        .user = run,
        .stop = &interrupt_number,
        .end_position = &run->end,
        .history = o->report != NULL || o->patience > 0 ? &run->history : NULL,
        .patience = o->patience,
    };
    return lw_fit(run->net, &run->training, &options);
}

/* Appends to the message: what may help, and which checkpoint exists. */
static lw_status explain_failure(const train_run *run, lw_status status)
{
    char message[400], kept[160] = "";
    position_text position;
    snprintf(message, sizeof message, "%s", failure_message());
    train_checkpoint_describe(position, run, &run->saved);
    if (run->options.checkpoint != NULL && (run->saved.epochs > 0 || run->saved.batches > 0))
        snprintf(kept, sizeof kept, "; the last checkpoint is after %s", position);
    return lw_fail(
        status, "%s%s%s", message,
        status == LW_EDIVERGED ? "; lower --lr, or limit the gradient norm with --clip" : "", kept);
}

void train_describe(const train_run *run)
{
    const char *path = run->source.csv;
    if (run->options.quiet || !progress_can_print())
        return;
    if (path == NULL && run->schema != NULL)
        describe_arrays(stdout, run->source.x != NULL ? run->source.x : run->source.data,
                        run->training.rows, run->schema);
    if (path != NULL)
        describe_schema(stdout, strcmp(path, "-") == 0 ? "standard input" : path, &run->facts,
                        run->schema);
}

lw_status train_fit(train_run *run)
{
    interrupt_catch();
    train_describe(run);
    const lw_status fitted = call_fit(run),
                    status = fitted != LW_OK ? fitted : run->callback_status;
    interrupt_release();
    /* Failures of one process alone. All others occur in every process. */
    const int failed_locally = fitted == LW_ENOMEM || fitted == LW_EIO;
    if (failed_locally && run->group.count > 1) {
        progress_clear(&run->progress);
        fprintf(stderr, "lanewise: rank %u: %s\n", run->group.rank, failure_message());
        rank_group_abort(&run->group);
    }
    return status == LW_OK ? LW_OK : explain_failure(run, status);
}
