/* A training run: epochs, steps, reports, and the conditions that stop it. */
#include "fit_run.h"

#include "base/arithmetic.h"
#include "diverged.h"
#include "flops.h"
#include "optimizer.h"
#include "output_errors.h"
#include "schedule.h"
#include "threads/thread_pool.h"

#include <lanewise/internal/openmp.h>
#include <math.h>
#include <stdio.h>

/* Limits of the steps repeated between two checks of *stop: at most 4 ms. */
enum { REPEATED_STEPS = 1024, REPEATED_ROWS = 1 << 20 };

static double progress(const lw_fit_run *run)
{
    /* The number of batches of a callback is unknown. */
    return run->steps_total > 0.0 ? run->steps_done / run->steps_total
                                  : (double)run->batches.epoch / (double)run->options.epochs;
}

static float learning_rate(const lw_fit_run *run)
{
    const lw_fit_options *o = &run->options;
    const float rate = o->optimizer.learning_rate;
    if (o->schedule.kind == LW_SCHEDULE_CONSTANT)
        return rate;
    return (float)((double)rate *
                   lw_schedule_factor(&o->schedule, run->batches.epoch, progress(run)));
}

/* The position at which a message begins. */
typedef char position_text[64];

/* Fails a step that was not taken because a value is not finite. */
static lw_status fail_step(const lw_fit_run *run, const lw_batch *batch)
{
    position_text prefix;
    snprintf(prefix, sizeof prefix, "epoch %zu, batch %zu: ", run->position.epochs + 1,
             run->position.batches + 1);
    return run->net->pass.gradients ? lw_fail_gradients(run->net, prefix)
                                    : lw_fail_loss(run->net, batch, prefix);
}

static lw_status clipped_step(const lw_fit_run *run, const lw_optimizer *optimizer,
                              const lw_batch *batch, double *loss)
{
    lw_net *net = run->net;
    /* The norm needs all gradients before the first update. */
    lw_status status = lw_step_run(net, &run->rule, NULL, batch, loss);
    if (status == LW_OK && !isfinite(*loss)) {
        net->pass.gradients = 0;
        return lw_loss_not_finite("", NULL);
    }
    if (status == LW_OK)
        status = lw_net_clip_gradients(net, run->options.clip_norm, NULL);
    return status == LW_OK ? lw_net_step(net, optimizer) : status;
}

static lw_status train_batch(lw_fit_run *run, const lw_batch *batch, lw_epoch_report *report)
{
    const lw_fit_options *o = &run->options;
    lw_optimizer optimizer = o->optimizer;
    optimizer.learning_rate = learning_rate(run);
    double loss = 0.0;
    const lw_status status = o->clip_norm > 0.0f
                                 ? clipped_step(run, &optimizer, batch, &loss)
                                 : lw_step_run(run->net, &run->rule, &optimizer, batch,
                                               run->needs_losses ? &loss : NULL);
    if (status != LW_OK) {
        const lw_status reported = status == LW_EDIVERGED ? fail_step(run, batch) : status;
        run->net->pass.gradients = 0; /* the step was not taken */
        return reported;
    }
    if (run->net->rank.stop_requests > 0.0)
        run->stopped = 1;
    run->steps_done++;
    run->position.batches++;
    run->position.loss += loss * (double)batch->all_rows;
    report->learning_rate = (double)optimizer.learning_rate;
    return LW_OK;
}

/* Always 0 for a source: it ends an epoch with an empty batch. */
static int epoch_is_over(const lw_fit_run *run)
{
    return run->batches.data && run->batches.rows_done == run->batches.rows_total;
}

/* Calls on_batch. Returns non-zero to stop. */
static int report_batch(const lw_fit_run *run, double begin)
{
    const lw_fit_options *o = &run->options;
    if (!o->on_batch)
        return 0;
    lw_batch_report report = {.epoch = run->batches.epoch + 1,
                              .epochs = o->epochs,
                              .rows_done = run->batches.rows_done,
                              .rows_total = run->batches.rows_total,
                              .seconds = omp_get_wtime() - begin,
                              .position = run->position};
    if (epoch_is_over(run))
        report.position = (lw_position){.epochs = run->position.epochs + 1};
    return o->on_batch(o->user, &report);
}

/* Stops before the next step. With several ranks, requests a stop of all ranks after that step. */
static void stop_soon(lw_fit_run *run)
{
    if (lw_has_other_ranks(run->net))
        run->net->rank.stop_request = 1;
    else
        run->stopped = 1;
}

/* Checks *stop. Returns 1 to stop before the next step. */
static int is_stopped(lw_fit_run *run)
{
    const volatile sig_atomic_t *stop = run->options.stop;
    if (stop && __atomic_load_n(stop, __ATOMIC_RELAXED))
        stop_soon(run);
    return run->stopped;
}

static double seconds_of(const lw_fit_run *run)
{
    return run->needs_time ? omp_get_wtime() : 0.0;
}

/* Trains for one epoch, or until the run is stopped within it. */
static lw_status train_epoch(lw_fit_run *run, lw_epoch_report *report)
{
    lw_batches *batches = &run->batches;
    const double begin = seconds_of(run);
    *report = (lw_epoch_report){.epoch = run->position.epochs + 1,
                                .epochs = run->options.epochs,
                                .validation_loss = (double)NAN,
                                .validation_accuracy = (double)NAN,
                                .position = {.epochs = run->position.epochs + 1}};
    lw_batches_start(batches, &run->net->random, run->position.epochs);
    report->learning_rate = (double)learning_rate(run);
    lw_status status = lw_batches_skip(batches, run->position.batches);
    const size_t rows_before = batches->rows_done;
    while (status == LW_OK && !epoch_is_over(run)) {
        lw_batch batch;
        if (is_stopped(run))
            return LW_OK;
        status = lw_batches_next(batches, &batch);
        if (status == LW_OK && batch.all_rows == 0)
            break;
        if (status == LW_OK)
            status = train_batch(run, &batch, report);
        if (status == LW_OK && epoch_is_over(run))
            run->net->random = batches->after;
        if (status == LW_OK && report_batch(run, begin))
            stop_soon(run);
    }
    if (status != LW_OK)
        return status;
    report->train_loss = lw_loss_unit(run->net) * run->position.loss / (double)batches->rows_done;
    report->seconds = seconds_of(run) - begin;
    report->samples_per_second =
        report->seconds > 0.0 ? (double)(batches->rows_done - rows_before) / report->seconds : 0.0;
    run->position = report->position;
    return LW_OK;
}

/* The threads of the parallel scope around the steps. One if the user's code runs between the
 * steps, because it may open parallel regions. */
static size_t scope_threads(const lw_fit_run *run)
{
    if (run->batches.source || run->options.on_batch)
        return 1;
    return lw_pool_scope_threads(run->net->threads, lw_step_flops(run->net, run->batches.max_rows));
}

typedef struct epoch_call {
    lw_fit_run *run;
    lw_epoch_report *report;
} epoch_call;

static lw_status epoch_in_scope(void *argument)
{
    const epoch_call *call = argument;
    return train_epoch(call->run, call->report);
}

/* 1 if all epochs are the same step with no report in between. A small network's steps are then
 * prepared once for many steps: 2-1 at 4 rows takes 676 instructions per step instead of 1404
 * (AVX2). */
static int only_repeats(const lw_fit_run *run)
{
    const lw_fit_options *o = &run->options;
    return run->net->program->repeats_steps && run->batches.data &&
           !run->batches.data->target.weights &&
           run->batches.batch_rows == run->batches.rows_total && !run->needs_losses &&
           !o->validation && o->clip_norm == 0.0f && o->schedule.kind == LW_SCHEDULE_CONSTANT;
}

/* The number of steps between two checks of *stop. */
static size_t max_repeats(const lw_fit_run *run)
{
    const size_t steps = REPEATED_ROWS / run->batches.batch_rows;
    return steps == 0 ? 1 : lw_min_size(steps, REPEATED_STEPS);
}

static lw_status repeat_step(lw_fit_run *run)
{
    const lw_fit_options *o = &run->options;
    const size_t max_steps = max_repeats(run);
    lw_batch batch;
    lw_batches_start(&run->batches, &run->net->random, run->position.epochs);
    lw_status status = lw_batches_next(&run->batches, &batch);
    while (status == LW_OK && run->position.epochs < o->epochs && !is_stopped(run)) {
        size_t steps = lw_min_size(o->epochs - run->position.epochs, max_steps);
        status = lw_step_repeat(run->net, &run->rule, &o->optimizer, &batch, &steps);
        run->position.epochs += steps;
        if (status == LW_EDIVERGED)
            status = fail_step(run, &batch);
    }
    return status;
}

static lw_status validate(const lw_fit_run *run, lw_epoch_report *report)
{
    const lw_dataset *data = run->options.validation;
    const lw_status status = lw_score(run->net, &run->rule, data, &report->validation_loss,
                                      &report->validation_accuracy);
    if (status != LW_OK || isfinite(report->validation_loss))
        return status;
    position_text prefix;
    snprintf(prefix, sizeof prefix, "epoch %zu, validation: ", report->epoch);
    return lw_fail_evaluation(run->net, data->rows, data->x, prefix);
}

/* Checks, validates and reports a finished epoch. */
static lw_status finish_epoch(lw_fit_run *run, lw_epoch_report *report)
{
    const lw_fit_options *o = &run->options;
    lw_status status = LW_OK;
    if (o->on_epoch) {
        position_text prefix;
        snprintf(prefix, sizeof prefix, "after epoch %zu: ", report->epoch);
        status = lw_check_parameters(run->net, LW_EDIVERGED, prefix);
    }
    if (status == LW_OK && o->validation)
        status = validate(run, report);
    if (status != LW_OK)
        return status;
    if (o->history)
        run->history.epochs[run->history.count++] = *report;
    double stop_requests[1 + LW_SUM_EXTRA] = {o->on_epoch && o->on_epoch(o->user, report) ? 1.0
                                                                                          : 0.0};
    status = lw_exchange_sum(run->net, status, 1, stop_requests);
    if (stop_requests[0] > 0.0 || lw_best_update(&run->best, run->net, report))
        run->stopped = 1;
    return status;
}

static lw_status run_epochs(void *argument)
{
    lw_fit_run *run = argument;
    if (only_repeats(run))
        return repeat_step(run);
    lw_status status = LW_OK;
    while (status == LW_OK && run->position.epochs < run->options.epochs && !is_stopped(run)) {
        const size_t epoch = run->position.epochs;
        lw_epoch_report report;
        epoch_call call = {run, &report};
        status = lw_pool_scope(scope_threads(run), epoch_in_scope, &call);
        if (status == LW_OK && run->position.epochs > epoch)
            status = finish_epoch(run, &report);
    }
    return status;
}

/* Trains in one parallel scope, unless the user's code runs between the epochs. */
static lw_status train(lw_fit_run *run)
{
    return lw_pool_scope(run->options.on_epoch ? 1 : scope_threads(run), run_epochs, run);
}

lw_status lw_fit_run_train(lw_fit_run *run)
{
    run->net->rank.stop_request = 0;
    run->net->rank.stop_requests = 0.0;
    const double steps_per_epoch = (double)lw_batches_count(&run->batches);
    run->steps_total = steps_per_epoch * (double)run->options.epochs;
    run->steps_done =
        steps_per_epoch * (double)run->position.epochs + (double)run->position.batches;
    const lw_status status = train(run);
    lw_best_restore(&run->best, run->net);
    position_text prefix;
    snprintf(prefix, sizeof prefix, "after epoch %zu and batch %zu: ", run->position.epochs,
             run->position.batches);
    return status == LW_OK ? lw_check_parameters(run->net, LW_EDIVERGED, prefix) : status;
}
