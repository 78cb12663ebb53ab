/* Training runs: options and start. */
#include "base/message.h"
#include "base/options.h"
#include "diverged.h"
#include "fit_run.h"
#include "optimizer.h"
#include "schedule.h"
#include "threshold.h"

#include <math.h>
#include <stdlib.h>

enum { DEFAULT_EPOCHS = 10 };

static lw_status check_patience(const char *function, const lw_fit_options *o)
{
    if (!o->validation)
        return lw_fail(LW_EINVAL, "%s: patience needs validation data", function);
    if (o->start.epochs > 0 || o->start.batches > 0)
        return lw_fail(LW_EINVAL, "%s: patience needs a run from the start", function);
    return LW_OK;
}

static lw_status resolve_options(const char *function, lw_fit_run *run, lw_net *net,
                                 const lw_fit_options *options)
{
    if (!net)
        return lw_fail(LW_EINVAL, "%s: net is NULL", function);
    run->net = net;
    lw_status status = LW_OK;
    if (options)
        status = lw_read_options(function, LW_OPTIONS_TYPE(lw_fit_options, patience), &run->options,
                                 options);
    if (status != LW_OK)
        return status;
    lw_fit_options *o = &run->options;
    if (o->epochs == 0)
        o->epochs = DEFAULT_EPOCHS;
    if (o->start.epochs > o->epochs || (o->start.epochs == o->epochs && o->start.batches > 0))
        return lw_fail(LW_EINVAL,
                       "%s: start, after epoch %zu and %zu batches, is beyond the end, epoch %zu",
                       function, o->start.epochs, o->start.batches, o->epochs);
    if (!isfinite(o->start.loss))
        return lw_fail(LW_EINVAL, "%s: the loss of start is %g", function, o->start.loss);

    status = lw_loss_resolve(net, o->loss, &run->rule);
    if (status == LW_OK)
        status = lw_optimizer_check(&o->optimizer);
    if (status == LW_OK)
        status = lw_schedule_check(&o->schedule);
    if (status == LW_OK && !(isfinite(o->clip_norm) && o->clip_norm >= 0.0f))
        status = lw_fail(LW_EINVAL, "%s: clip_norm %g is not finite and at least 0", function,
                         (double)o->clip_norm);
    if (status == LW_OK && o->patience > 0)
        status = check_patience(function, o);
    if (status == LW_OK && o->validation)
        status = lw_loss_check_data(net, &run->rule, o->validation);
    if (status == LW_OK)
        o->optimizer = lw_optimizer_resolve(&o->optimizer);
    run->needs_time = o->on_epoch || o->history || o->on_batch;
    return status;
}

/* Checks the position and the parameters at the start of a run. */
static lw_status check_begin(const lw_fit_run *run)
{
    const size_t batches = run->options.start.batches;
    if (run->batches.data && batches > 0 && batches >= lw_batches_count(&run->batches))
        return lw_fail(LW_EINVAL, "start, after %zu batches, is beyond the end of an epoch of %zu",
                       batches, lw_batches_count(&run->batches));
    return lw_check_parameters(run->net, LW_EDATA, "before the first step: ");
}

/* Runs on open batches. */
static lw_status fit(lw_fit_run *run)
{
    const lw_fit_options *o = &run->options;
    lw_status status = check_begin(run);
    if (status == LW_OK)
        status = lw_net_reserve(run->net, run->batches.max_rows > 0 ? run->batches.max_rows : 1);
    if (status != LW_OK)
        return status;
    run->position = o->start;
    /* A position within an epoch includes the sum of its losses. */
    run->needs_losses =
        run->needs_time || (o->end_position && run->batches.batch_rows < run->batches.rows_total);
    const size_t epochs = o->epochs - o->start.epochs;
    if (o->history && epochs > 0) {
        run->history.epochs = calloc(epochs, sizeof *run->history.epochs);
        if (!run->history.epochs)
            return lw_fail(LW_ENOMEM, "no memory for a history of %zu epochs", epochs);
    }
    status = lw_best_open(&run->best, o->patience, run->net);
    if (status == LW_OK && run->batches.data)
        status = lw_choose_threshold(run->net, run->batches.data);
    if (status == LW_OK)
        status = lw_fit_run_train(run);
    if (status != LW_OK) {
        lw_history_free(&run->history);
        return status;
    }
    if (o->end_position)
        *o->end_position = run->position;
    if (o->history) {
        run->history.stopped = run->stopped;
        run->history.best_epoch = run->best.epoch;
        *o->history = run->history;
    }
    return LW_OK;
}

static lw_status fit_data(lw_net *net, const lw_dataset *data, const lw_fit_options *options)
{
    lw_fit_run run = {0};
    lw_status status = resolve_options("lw_fit", &run, net, options);
    if (status == LW_OK)
        status = lw_loss_check_data(net, &run.rule, data);
    if (!net)
        return status;
    status = lw_batches_open_data(&run.batches, net, status, data, run.options.batch_size,
                                  !run.options.no_shuffle);
    if (status == LW_OK)
        status = fit(&run);
    lw_batches_close(&run.batches);
    lw_best_close(&run.best);
    return status;
}

lw_status lw_fit(lw_net *net, const lw_dataset *data, const lw_fit_options *options)
{
    return lw_fail_in("lw_fit", fit_data(net, data, options));
}

static lw_status read_source(const char *function, const lw_fit_run *run, lw_batch_source *source,
                             const lw_batch_source *given)
{
    if (!given)
        return lw_fail(LW_EINVAL, "%s: source is NULL", function);
    lw_status status =
        lw_read_options(function, LW_OPTIONS_TYPE(lw_batch_source, user), source, given);
    if (status != LW_OK)
        return status;
    if (!source->next)
        return lw_fail(LW_EINVAL, "%s: source->next, the callback, is NULL", function);
    if (run->options.batch_size == LW_FULL_BATCH)
        return lw_fail(LW_EINVAL, "%s: batch_size must not be LW_FULL_BATCH for a batch source",
                       function);
    const size_t inputs = source->inputs, outputs = source->outputs, rows = run->options.batch_size;
    status = lw_loss_check_shape(run->net, &run->rule, inputs, outputs, source->has_labels);
    if (status == LW_OK)
        status = lw_check_rows("a batch", rows, inputs > outputs ? inputs : outputs);
    return status;
}

lw_status lw_fit_source(lw_net *net, const lw_batch_source *source, const lw_fit_options *options)
{
    static const char name[] = "lw_fit_source";
    lw_fit_run run = {0};
    lw_batch_source known;
    lw_status status = resolve_options(name, &run, net, options);
    if (status == LW_OK)
        status = read_source(name, &run, &known, source);
    if (status != LW_OK)
        return lw_fail_in(name, status);
    status = lw_batches_open_source(&run.batches, net, &run.rule, &known, run.options.batch_size);
    if (status == LW_OK)
        status = fit(&run);
    lw_batches_close(&run.batches);
    lw_best_close(&run.best);
    return lw_fail_in(name, status);
}

void lw_history_free(lw_history *history)
{
    if (!history)
        return;
    free(history->epochs);
    *history = (lw_history){0};
}
