#include "checkpoint.h"

#include <inttypes.h>

/* Nesterov's form and the other one have the same state. */
static const char *optimizer_name_of(lw_optimizer_kind kind, int has_velocity)
{
    switch (kind) {
    case LW_ADAM:
        return "adam";
    case LW_ADAMW:
        return "adamw";
    default:
        return has_velocity ? "momentum or nesterov" : "sgd";
    }
}

static lw_status check_optimizer(const char *path, const lw_optimizer_info *saved,
                                 const lw_optimizer *given)
{
    const int has_velocity = given->momentum > 0.0f;
    if (saved->kind == LW_OPTIMIZER_DEFAULT ||
        (saved->kind == given->kind &&
         (given->kind != LW_SGD || has_velocity == (saved->moments > 0))))
        return LW_OK;
    return lw_fail(LW_EINVAL, "%s: a run with --optimizer %s; it cannot go on with %s", path,
                   optimizer_name_of(saved->kind, saved->moments > 0),
                   optimizer_name_of(given->kind, has_velocity));
}

/* It also says which rows are for validation: with another one, some of those would be trained on. */
static lw_status check_seed(const char *path, uint64_t saved, uint64_t given)
{
    return saved == given
               ? LW_OK
               : lw_fail(LW_EINVAL,
                         "%s: a run with --seed %" PRIu64 "; it cannot go on with %" PRIu64, path,
                         saved, given);
}

/* With other batches, or other data, the rest of the run would not be the rest of that run. */
static lw_status check_steps(const char *path, const lw_optimizer_info *saved,
                             const lw_position *position, const resumed_run *run)
{
    const size_t steps =
        run->batch == LW_FULL_BATCH ? 1 : run->rows / run->batch + (run->rows % run->batch != 0);
    uint64_t expected;
    if (!__builtin_mul_overflow(steps, position->epochs, &expected) &&
        !__builtin_add_overflow(expected, position->batches, &expected) &&
        saved->steps == expected && position->batches < steps)
        return LW_OK;
    return lw_fail(LW_EINVAL,
                   "%s: %" PRIu64
                   " steps in %zu epochs and %zu steps, but here an epoch has %zu: --batch and the "
                   "training data have to be those of its run",
                   path, saved->steps, position->epochs, position->batches, steps);
}

lw_status checkpoint_resume(lw_net *net, const char *path, const resumed_run *run,
                            lw_position *position)
{
    lw_position done = {0};
    lw_optimizer_info saved;
    lw_status status = lw_net_load_state(net, &done, path);
    if (status == LW_OK)
        status = lw_net_optimizer_info(net, &saved);
    if (status == LW_OK)
        status = check_optimizer(path, &saved, run->optimizer);
    if (status == LW_OK)
        status = check_seed(path, lw_net_seed(net), run->seed);
    if (status == LW_OK)
        status = check_steps(path, &saved, &done, run);
    if (status == LW_OK && done.epochs + (done.batches > 0) > run->epochs)
        status = lw_fail(LW_EINVAL, "%s: %zu epochs are done%s, more than --epochs %zu", path,
                         done.epochs, done.batches > 0 ? " and one was begun" : "", run->epochs);
    if (status == LW_OK)
        *position = done;
    return status;
}

int checkpoint_is_due(size_t every, const lw_epoch_report *report, int is_last)
{
    return report->epoch % every == 0 || report->epoch == report->epochs || is_last;
}
