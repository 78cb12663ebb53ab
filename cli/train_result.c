#include "train_result.h"

#include "model_output.h"
#include "regression.h"
#include "report.h"

#include <stdio.h>

lw_status train_result_check_files(train_run *run)
{
    const char *const models[] = {run->options.save, run->options.checkpoint};
    lw_status status = LW_OK;
    for (size_t i = 0; i < sizeof models / sizeof *models && status == LW_OK; i++)
        if (models[i] != NULL)
            status = model_output_check(models[i]);
    if (status == LW_OK && run->options.report != NULL)
        status = report_check(run->options.report);
    return status;
}

lw_status train_result_save(train_run *run)
{
    return run->options.save != NULL ? lw_net_save(run->net, run->options.save) : LW_OK;
}

static void print_result(const train_run *run, const lw_evaluation *result)
{
    const lw_history *history = &run->history;
    if (run->options.patience > 0 && !run->options.quiet)
        printf("lowest validation loss after epoch %zu of %zu; the weights are those\n",
               history->best_epoch, history->count);
    printf("%s loss %.4f", data_has_validation(&run->source) ? "test" : "training", result->loss);
    if (result->classes > 0)
        printf("  accuracy %.2f %%", 100.0 * result->accuracy);
    putchar('\n');
    if (result->classes == 0)
        regression_print(stdout, run->net, result);
}

static lw_status write_report(const train_run *run, const lw_evaluation *result)
{
    const report_run finished = {
        .command = run->command,
        .options = &run->options,
        .source = &run->source,
        .optimizer = train_optimizer(&run->options),
        .net = run->net,
        .training = &run->training,
        .validation = train_run_validation(run),
        .history = &run->history,
        .result = result,
        .started = run->started,
    };
    return report_write(run->options.report, &finished);
}

lw_status train_result_report(train_run *run)
{
    const lw_dataset *validation = train_run_validation(run);
    lw_evaluation result;
    lw_status status = lw_evaluate(run->net, validation != NULL ? validation : &run->training,
                                   (lw_loss)run->options.loss, &result);
    if (status != LW_OK)
        return status;
    if (run->options.report != NULL)
        status = write_report(run, &result);
    if (status == LW_OK)
        print_result(run, &result);
    lw_evaluation_free(&result);
    return status;
}
