/* lanewise train */
#include "class_weights.h"
#include "command.h"
#include "folds.h"
#include "interrupt.h"
#include "shell_quote.h"
#include "train_checkpoint.h"
#include "train_data.h"
#include "train_defaults.h"
#include "train_early_stop.h"
#include "train_fit.h"
#include "train_interrupt.h"
#include "train_network.h"
#include "train_result.h"

#include <stdio.h>
#include <stdlib.h>

static lw_status open_log(train_run *run)
{
    return training_log_open(&run->log, run->options.log, run->start.epochs, run->group.count,
                             run->threads);
}

static void print_ranks(const train_run *run)
{
    const rank_group *group = &run->group;
    if (group->count > 1 && !run->options.quiet)
        printf("%u processes on %u host%s, %zu thread%s\n", group->count, group->hosts,
               group->hosts > 1 ? "s" : "", run->threads, run->threads > 1 ? "s" : "");
}

/* Runs phases until one fails in any process. */
static lw_status run_phases(train_run *run, size_t count, lw_status (*const phases[])(train_run *))
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = rank_group_consensus(&run->group, phases[i](run));
    return status;
}

/* Everything that can fail is checked before the first step. Prints the message of a failure. */
static lw_status train(train_run *run)
{
    static lw_status (*const before[])(train_run *) = {
        train_data_open,         train_data_combine,
        train_data_choose_batch, train_network_create,
        early_stop_check,        train_result_check_files,
        train_checkpoint_load,   early_stop_check_resumed,
        class_weights_apply,     open_log};
    static lw_status (*const after[])(train_run *) = {train_result_save, train_result_report};
    lw_status status = run_phases(run, sizeof before / sizeof *before, before);
    if (status == LW_OK && run->options.dry_run)
        train_describe(run);
    if (status != LW_OK || run->options.dry_run)
        return status;
    print_ranks(run);
    train_defaults_print(run);
    train_checkpoint_print_resumed(run);
    run->progress = progress_begin(run->options.quiet, run->start.epochs);
    status = rank_group_consensus(&run->group, train_fit(run));
    class_weights_remove(run);
    if (status == LW_OK)
        status = rank_group_consensus(&run->group, train_interrupt_combine(run));
    if (status == LW_OK && train_is_interrupted(run))
        return rank_group_consensus(&run->group, train_interrupt_save(run));
    progress_clear(&run->progress);
    if (status == LW_OK && run->progress.on_terminal)
        curves_print(stdout, &run->curves, sparkline_form_of_locale(), curves_terminal_columns());
    return status == LW_OK ? run_phases(run, sizeof after / sizeof *after, after) : status;
}

/* Joins the ranks. Only rank 0 prints and writes files. */
static lw_status join_ranks(train_run *run)
{
    train_options *o = &run->options;
    const lw_status status = rank_group_join(&run->group, (lw_precision)o->gradients);
    if (o->threads > 0)
        run->group.threads = o->threads;
    if (!is_first_rank(&run->group)) {
        o->save = o->log = o->report = o->checkpoint = NULL;
        o->quiet = 1;
    }
    return status;
}

static lw_status run_command(train_run *run)
{
    lw_status status = join_ranks(run);
    if (status == LW_OK && run->command == NULL)
        status = lw_fail(LW_ENOMEM, "no memory for the command line");
    status = rank_group_consensus(&run->group, status);
    if (status != LW_OK || run->options.folds == 0)
        return status == LW_OK ? train(run) : status;
    return rank_group_consensus(&run->group, folds_run(run));
}

int command_train(int argc, char **argv)
{
    train_run run = {.command = shell_quote(argc, argv)}; /* before parsing splits lists in argv */
    timespec_get(&run.started, TIME_UTC);
    if (rank_group_begin(&run.group) != LW_OK) {
        free(run.command);
        return report_failure();
    }
    const int outcome = train_options_read(argc, argv, &run.options, &run.source);
    const lw_status status = outcome < 0 ? run_command(&run) : LW_OK;
    training_log_close(&run.log);
    lw_history_free(&run.history);
    lw_net_destroy(run.net);
    class_weights_remove(&run);
    lw_dataset_free(&run.validation);
    lw_dataset_free(&run.training);
    lw_schema_free(run.schema);
    data_options_free(&run.source);
    free(run.command);
    rank_group_end(&run.group);
    if (outcome >= 0)
        return outcome;
    if (status != LW_OK)
        return EXIT_BAD_DATA;
    return interrupt_number != 0 ? interrupt_exit() : 0;
}
