#include "train_early_stop.h"

/* Compares floats because the option is parsed as float: 0.6 in double is less than 0.6f. */
int early_stop_reached(const train_run *run, double accuracy)
{
    const float until = run->options.until_accuracy;
    return until > 0.0f && (float)accuracy >= until;
}

lw_status early_stop_check(train_run *run)
{
    lw_evaluation evaluation;
    if (run->options.until_accuracy == 0.0f)
        return LW_OK;
    const lw_status status =
        lw_evaluate(run->net, &run->validation, (lw_loss)run->options.loss, &evaluation);
    if (status != LW_OK)
        return status;
    const int is_numbers = evaluation.classes == 0;
    lw_evaluation_free(&evaluation);
    return !is_numbers ? LW_OK
                       : lw_fail(LW_EINVAL,
                                 "--until-accuracy requires classes, but the targets are values");
}

lw_status early_stop_check_resumed(train_run *run)
{
    const train_options *o = &run->options;
    lw_evaluation evaluation;
    if (o->resume == NULL || o->until_accuracy == 0.0f)
        return LW_OK;
    const lw_status status = lw_evaluate(run->net, &run->validation, (lw_loss)o->loss, &evaluation);
    if (status != LW_OK)
        return status;
    if (run->resumed.batches == 0 && early_stop_reached(run, evaluation.accuracy))
        run->start = (lw_position){.epochs = o->epochs};
    lw_evaluation_free(&evaluation);
    return LW_OK;
}
