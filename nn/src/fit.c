#include "batches.h"
#include "optimizer.h"
#include "predict.h"
#include "schedule.h"
#include "struct_size.h"
#include "team.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { DEFAULT_EPOCHS = 10 };

/* One run of lw_fit or lw_fit_source. */
typedef struct fit_run {
    lw_net *net;
    lw_fit_options options; /* with the defaults resolved */
    lw_loss_rule rule;
    lw_batches batches;
    double steps_total; /* of the whole run; 0: not known */
    double steps_done;
    int watched; /* somebody receives losses */
    int timed; /* somebody receives seconds: asking the clock takes as long as the step of a small network */
    int stopped;
    lw_history history;
} fit_run;

static lw_status resolve_options(fit_run *run, lw_net *net, const lw_fit_options *options)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    run->net = net;
    lw_status status = LW_OK;
    if (options) {
        status = lw_check_struct_size("lw_fit_options", options->size, sizeof *options);
        if (status != LW_OK)
            return status;
        run->options = *options;
    }
    lw_fit_options *o = &run->options;
    if (o->epochs == 0)
        o->epochs = DEFAULT_EPOCHS;
    if (o->first_epoch > o->epochs)
        return lw_fail(LW_EINVAL, "first_epoch %zu is beyond the %zu epochs of the run",
                       o->first_epoch, o->epochs);

    status = lw_loss_resolve(net, o->loss, &run->rule);
    if (status == LW_OK)
        status = lw_optimizer_check(&o->optimizer);
    if (status == LW_OK)
        status = lw_schedule_check(&o->schedule);
    if (status == LW_OK && !(isfinite(o->clip_norm) && o->clip_norm >= 0.0f))
        status = lw_fail(LW_EINVAL, "clip_norm %g", (double)o->clip_norm);
    if (status == LW_OK && o->validation)
        status = lw_loss_check_data(net, &run->rule, o->validation);
    if (status == LW_OK)
        o->optimizer = lw_optimizer_resolve(&o->optimizer);
    run->watched = o->on_epoch || o->history;
    run->timed = run->watched || o->on_batch;
    return status;
}

static double progress(const fit_run *run)
{
    /* A callback does not say how many batches are to come. */
    return run->steps_total > 0.0 ? run->steps_done / run->steps_total
                                  : (double)run->batches.epoch / (double)run->options.epochs;
}

static float learning_rate(const fit_run *run)
{
    const lw_fit_options *o = &run->options;
    const float rate = o->optimizer.learning_rate;
    if (o->schedule.kind == LW_SCHEDULE_CONSTANT)
        return rate;
    return (float)((double)rate *
                   lw_schedule_factor(&o->schedule, run->batches.epoch, progress(run)));
}

static lw_status train_batch(fit_run *run, const lw_batch *batch, lw_epoch_report *report)
{
    const lw_fit_options *o = &run->options;
    lw_optimizer optimizer = o->optimizer;
    optimizer.learning_rate = learning_rate(run);
    double loss = 0.0, *const wanted = run->watched ? &loss : NULL;
    lw_status status;
    if (o->clip_norm > 0.0f) {
        /* The norm needs all gradients before the first update. */
        status = lw_step_run(run->net, &run->rule, NULL, batch, wanted);
        if (status == LW_OK)
            status = lw_net_clip_gradients(run->net, o->clip_norm, NULL);
        if (status == LW_OK)
            status = lw_net_step(run->net, &optimizer);
    } else {
        status = lw_step_run(run->net, &run->rule, &optimizer, batch, wanted);
    }
    if (status != LW_OK)
        return status;
    run->steps_done++;
    report->train_loss += loss * (double)batch->rows;
    report->learning_rate = (double)optimizer.learning_rate;
    return LW_OK;
}

/* Non-zero: stop. */
static int report_batch(const fit_run *run, double begin)
{
    const lw_fit_options *o = &run->options;
    if (!o->on_batch)
        return 0;
    const lw_batch_report report = {.epoch = run->batches.epoch + 1,
                                    .epochs = o->epochs,
                                    .rows_done = run->batches.rows_done,
                                    .rows_total = run->batches.rows_total,
                                    .seconds = omp_get_wtime() - begin};
    return o->on_batch(o->user, &report);
}

static double seconds_of(const fit_run *run)
{
    return run->timed ? omp_get_wtime() : 0.0;
}

/* Trains for one epoch, or until a callback stops the run in the middle of it. */
static lw_status train_epoch(fit_run *run, size_t epoch, lw_epoch_report *report)
{
    lw_batches *batches = &run->batches;
    const double begin = seconds_of(run);
    *report = (lw_epoch_report){.epoch = epoch + 1,
                                .epochs = run->options.epochs,
                                .validation_loss = (double)NAN,
                                .validation_accuracy = (double)NAN};
    lw_batches_start(batches, &run->net->random, epoch);
    while (batches->rows_total == 0 || batches->rows_done < batches->rows_total) {
        lw_batch batch;
        lw_status status = lw_batches_next(batches, &batch);
        if (status == LW_OK && batch.rows == 0)
            break;
        if (status == LW_OK)
            status = train_batch(run, &batch, report);
        if (status != LW_OK)
            return status;
        if (report_batch(run, begin)) {
            run->stopped = 1;
            return LW_OK;
        }
    }
    const double rows = (double)batches->rows_done;
    report->train_loss /= rows;
    report->seconds = seconds_of(run) - begin;
    report->samples_per_second = report->seconds > 0.0 ? rows / report->seconds : 0.0;
    return LW_OK;
}

/* The threads that wait for steps all the time: those of a whole batch, estimated as lw_step_run does; none but
 * the caller's where the user's code runs between the steps, which may use regions of its own. */
static size_t session_threads(const fit_run *run)
{
    if (run->batches.source || run->options.on_batch)
        return 1;
    const double rows = (double)run->batches.batch_rows;
    return lw_team_session_size(run->net->threads, 6.0 * rows * (double)run->net->parameter_count);
}

typedef struct epoch_call {
    fit_run *run;
    size_t epoch;
    lw_epoch_report *report;
} epoch_call;

static lw_status epoch_in_session(void *argument)
{
    const epoch_call *call = argument;
    return train_epoch(call->run, call->epoch, call->report);
}

/* Whether all epochs, of which there are some, are the same step again, and nobody looks in between. */
static int only_repeats(const fit_run *run)
{
    const lw_fit_options *o = &run->options;
    return o->first_epoch < o->epochs && run->batches.data &&
           run->batches.batch_rows == run->batches.rows_total && !run->timed && !o->validation &&
           o->clip_norm == 0.0f && o->schedule.kind == LW_SCHEDULE_CONSTANT;
}

static lw_status run_epochs(void *argument)
{
    fit_run *run = argument;
    const lw_fit_options *o = &run->options;
    if (only_repeats(run)) {
        lw_batch batch;
        lw_batches_start(&run->batches, &run->net->random, 0);
        const lw_status status = lw_batches_next(&run->batches, &batch);
        return status == LW_OK ? lw_step_repeat(run->net, &run->rule, &o->optimizer, &batch,
                                                o->epochs - o->first_epoch)
                               : status;
    }
    for (size_t epoch = o->first_epoch; epoch < o->epochs && !run->stopped; epoch++) {
        lw_epoch_report report;
        epoch_call call = {run, epoch, &report};
        lw_status status = lw_team_session(session_threads(run), epoch_in_session, &call);
        if (status != LW_OK || run->stopped)
            return status;
        if (o->validation)
            status = lw_score(run->net, &run->rule, o->validation, &report.validation_loss,
                              &report.validation_accuracy);
        if (status != LW_OK)
            return status;
        if (o->history)
            run->history.epochs[run->history.count++] = report;
        if (o->on_epoch && o->on_epoch(o->user, &report))
            run->stopped = 1;
    }
    return LW_OK;
}

/* All epochs in one session unless the user's code runs between them. */
static lw_status train(fit_run *run)
{
    lw_net *net = run->net;
    const unsigned threads = net->threads;
    if (run->options.threads > 0)
        net->threads = run->options.threads;
    const lw_status status =
        lw_team_session(run->options.on_epoch ? 1 : session_threads(run), run_epochs, run);
    if (run->options.threads > 0)
        net->threads = threads;
    return status;
}

/* Runs on opened batches. */
static lw_status fit(fit_run *run)
{
    const lw_fit_options *o = &run->options;
    lw_status status = lw_net_reserve(run->net, run->batches.batch_rows);
    if (status != LW_OK)
        return status;
    const double steps_an_epoch = (double)lw_batches_count(&run->batches);
    run->steps_total = steps_an_epoch * (double)o->epochs;
    run->steps_done = steps_an_epoch * (double)o->first_epoch;
    const size_t epochs = o->epochs - o->first_epoch;
    if (o->history && epochs > 0) {
        run->history.epochs = calloc(epochs, sizeof *run->history.epochs);
        if (!run->history.epochs)
            return lw_fail(LW_ENOMEM, "no memory for a history of %zu epochs", epochs);
    }
    status = train(run);
    if (status != LW_OK) {
        lw_history_free(&run->history);
        return status;
    }
    if (o->history) {
        run->history.stopped = run->stopped;
        *o->history = run->history;
    }
    return LW_OK;
}

lw_status lw_fit(lw_net *net, const lw_dataset *data, const lw_fit_options *options)
{
    fit_run run = {0};
    lw_status status = resolve_options(&run, net, options);
    if (status == LW_OK)
        status = lw_loss_check_data(net, &run.rule, data);
    if (status != LW_OK)
        return status;
    status = lw_batches_open_data(&run.batches, &run.rule, data, run.options.batch_size,
                                  !run.options.no_shuffle);
    if (status == LW_OK)
        status = fit(&run);
    lw_batches_close(&run.batches);
    return status;
}

static lw_status check_source(const fit_run *run, const lw_batch_source *source)
{
    if (!source)
        return lw_fail(LW_EINVAL, "source is NULL");
    lw_status status = lw_check_struct_size("lw_batch_source", source->size, sizeof *source);
    if (status != LW_OK)
        return status;
    if (!source->next)
        return lw_fail(LW_EINVAL, "the callback of the batch source is NULL");
    if (run->options.batch_size == LW_FULL_BATCH)
        return lw_fail(LW_EINVAL, "a batch source has no full batch");
    const size_t inputs = source->inputs, outputs = source->outputs, rows = run->options.batch_size;
    status = lw_loss_check_shape(run->net, &run->rule, inputs, outputs, source->has_labels);
    if (status == LW_OK)
        status = lw_check_rows("a batch", rows, inputs > outputs ? inputs : outputs);
    return status;
}

lw_status lw_fit_source(lw_net *net, const lw_batch_source *source, const lw_fit_options *options)
{
    fit_run run = {0};
    lw_status status = resolve_options(&run, net, options);
    if (status == LW_OK)
        status = check_source(&run, source);
    if (status != LW_OK)
        return status;
    status = lw_batches_open_source(&run.batches, &run.rule, source, run.options.batch_size);
    if (status == LW_OK)
        status = fit(&run);
    lw_batches_close(&run.batches);
    return status;
}

void lw_history_free(lw_history *history)
{
    if (!history)
        return;
    free(history->epochs);
    *history = (lw_history){0};
}
