#include "train_checkpoint.h"

#include <inttypes.h>
#include <stdio.h>

void train_checkpoint_describe(position_text text, const train_run *run,
                               const lw_position *position)
{
    const int length = snprintf(text, sizeof(position_text), "%zu of %zu epochs", position->epochs,
                                run->options.epochs);
    if (position->batches > 0)
        snprintf(text + length, sizeof(position_text) - (size_t)length, " and %zu steps",
                 position->batches);
}

int train_checkpoint_is_due(const train_run *run, const lw_epoch_report *report, int is_last)
{
    return report->epoch % run->options.checkpoint_every == 0 || report->epoch == report->epochs ||
           is_last;
}

lw_status train_checkpoint_save(train_run *run, const lw_position *position)
{
    if (run->options.checkpoint == NULL)
        return LW_OK;
    const lw_status status = lw_net_save_state(run->net, position, run->options.checkpoint);
    if (status == LW_OK)
        run->saved = *position;
    return status;
}

/* A momentum optimizer and its Nesterov form have the same state. */
static const char *describe_optimizer(lw_optimizer_kind kind, int has_velocity)
{
    switch (kind) {
    case LW_OPTIMIZER_ADAM:
        return "adam";
    case LW_OPTIMIZER_ADAMW:
        return "adamw";
    default:
        return has_velocity ? "momentum or nesterov" : "sgd";
    }
}

static lw_status check_optimizer(const train_options *o, const lw_optimizer_info *saved)
{
    const lw_optimizer given = train_optimizer(o);
    const int has_velocity = given.momentum > 0.0f;
    if (saved->kind == LW_OPTIMIZER_DEFAULT ||
        (saved->kind == given.kind &&
         (given.kind != LW_OPTIMIZER_SGD || has_velocity == (saved->moments > 0))))
        return LW_OK;
    return lw_fail(LW_EINVAL,
                   "%s: the checkpoint is of a run with --optimizer %s; it cannot be resumed with "
                   "--optimizer %s",
                   o->resume, describe_optimizer(saved->kind, saved->moments > 0),
                   choice_name(optimizer_names, o->optimizer));
}

/* The seed also selects the validation rows: with another seed, some of them would be trained on.
 */
static lw_status check_seed(const train_options *o, uint64_t saved)
{
    if (saved == o->seed)
        return LW_OK;
    return lw_fail(LW_EINVAL,
                   "%s: the checkpoint is of a run with --seed %" PRIu64
                   "; it cannot be resumed with --seed %" PRIu64,
                   o->resume, saved, o->seed);
}

/* Detects another batch size or number of rows by the number of steps. */
static lw_status check_steps(const train_run *run, const lw_optimizer_info *saved,
                             const lw_position *position)
{
    const size_t batch = run->options.batch;
    const size_t steps = batch == LW_FULL_BATCH ? 1 : run->rows / batch + (run->rows % batch != 0);
    uint64_t expected;
    if (!__builtin_mul_overflow(steps, position->epochs, &expected) &&
        !__builtin_add_overflow(expected, position->batches, &expected) &&
        saved->steps == expected && position->batches < steps)
        return LW_OK;
    return lw_fail(LW_EINVAL,
                   "%s: the checkpoint has %" PRIu64
                   " steps in %zu epochs and %zu steps, but an epoch has %zu steps here; use the "
                   "--batch and the training data of the original run",
                   run->options.resume, saved->steps, position->epochs, position->batches, steps);
}

static lw_status check_epochs(const train_options *o, const lw_position *position)
{
    if (position->epochs + (position->batches > 0) <= o->epochs)
        return LW_OK;
    return lw_fail(LW_EINVAL, "%s: %zu epochs are done%s, more than --epochs %zu", o->resume,
                   position->epochs, position->batches > 0 ? " and one has begun" : "", o->epochs);
}

lw_status train_checkpoint_load(train_run *run)
{
    const train_options *o = &run->options;
    lw_position position = {0};
    lw_optimizer_info saved;
    if (o->resume == NULL)
        return LW_OK;
    lw_status status = lw_net_load_state(run->net, &position, o->resume);
    if (status == LW_OK)
        status = lw_net_optimizer_info(run->net, &saved);
    if (status == LW_OK)
        status = check_optimizer(o, &saved);
    if (status == LW_OK)
        status = check_seed(o, lw_net_seed(run->net));
    if (status == LW_OK)
        status = check_steps(run, &saved, &position);
    if (status == LW_OK)
        status = check_epochs(o, &position);
    if (status == LW_OK)
        run->resumed = run->start = position;
    return status;
}

void train_checkpoint_print_resumed(const train_run *run)
{
    const train_options *o = &run->options;
    if (o->resume == NULL || o->quiet)
        return;
    position_text position;
    train_checkpoint_describe(position, run, &run->resumed);
    printf("%s: %s %s\n", o->resume,
           run->start.epochs == o->epochs ? "done, after" : "resumed after", position);
}
