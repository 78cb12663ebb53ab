#include "checkpoint.h"
#include "command.h"
#include "curves.h"
#include "data.h"
#include "interrupt.h"
#include "log.h"
#include "progress.h"
#include "ranks.h"
#include "report.h"
#include "shell_quote.h"
#include "train_options.h"

#include <lanewise/nn.h>
#include <lanewise/output_file.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct run {
    char *command; /* as a shell takes it */
    struct timespec started;
    train_options options;
    data_options source;
    rank_group group;
    size_t rows, threads; /* of all processes: rows to train on, and threads */
    lw_dataset training, validation;
    lw_net *net;
    lw_position resumed, begin; /* of the checkpoint, and where this run begins */
    lw_position reached, saved; /* where it ended, and of its last checkpoint */
    lw_history history;
    training_log log;
    int accurate; /* as --until-accuracy wants it */
    progress progress;
    curves curves;
    lw_status status; /* of what the callbacks do */
} run;

/* The output activation, as far as the options say it. */
static lw_activation output_hint(const train_options *options, const data_options *data)
{
    if (options->output != OUTPUT_UNSET)
        return (lw_activation)options->output;
    return data->values ? LW_LINEAR : LW_SOFTMAX;
}

static lw_status create_net(run *r)
{
    const train_options *o = &r->options;
    const int has_labels = r->training.target.labels != NULL;
    lw_activation output = has_labels ? LW_SOFTMAX : LW_LINEAR;
    if (o->output != OUTPUT_UNSET)
        output = (lw_activation)o->output;

    size_t outputs = r->training.outputs;
    if (has_labels && outputs < 2)
        outputs = 2; /* only class 0 occurs; there is still another */
    if (has_labels && outputs == 2 && output != LW_SOFTMAX)
        outputs = 1; /* two classes are the two ends of one output */

    lw_layer_spec layers[LIST_MAX + 1];
    size_t count = 0;
    for (; count < o->layers.count; count++)
        layers[count] = (lw_layer_spec){.units = o->layers.items[count],
                                        .activation = (lw_activation)o->activation,
                                        .init = (lw_init)o->initializer};
    layers[count++] =
        (lw_layer_spec){.units = outputs, .activation = output, .init = (lw_init)o->initializer};
    return lw_net_create(&r->net, r->training.inputs, layers, count, o->seed);
}

static lw_optimizer make_optimizer(const train_options *o)
{
    const int is_adam = o->optimizer == ADAM || o->optimizer == ADAMW;
    const float rate = o->learning_rate > 0.0f ? o->learning_rate : is_adam ? 1e-3f : 1e-2f;
    const float momentum = o->momentum >= 0.0f ? o->momentum : 0.9f;

    lw_optimizer optimizer;
    switch ((optimizer_name)o->optimizer) {
    case SGD:
        optimizer = lw_sgd(rate);
        break;
    case MOMENTUM:
    case NESTEROV:
        optimizer = lw_sgd_momentum(rate, momentum);
        optimizer.nesterov = o->optimizer == NESTEROV;
        break;
    case ADAM:
    default:
        optimizer = lw_adam(rate);
        break;
    case ADAMW:
        optimizer = lw_adamw(rate, 0.01f);
        break;
    }
    if (o->weight_decay >= 0.0f)
        optimizer.weight_decay = o->weight_decay;
    return optimizer;
}

static int on_batch(void *user, const lw_batch_report *report)
{
    run *r = user;
    progress_batch(&r->progress, report);
    return 0;
}

/* Whether --until-accuracy ends the run. Compared as float, as which it was read: 0.6 in double is below 0.6f. */
static int is_accurate(const run *r, double accuracy)
{
    const float until = r->options.until_accuracy;
    return until > 0.0f && (float)accuracy >= until;
}

/* If one is wanted. */
static lw_status save_checkpoint(run *r, const lw_position *position)
{
    if (r->options.checkpoint == NULL)
        return LW_OK;
    const lw_status status = lw_net_save_state(r->net, position, r->options.checkpoint);
    if (status == LW_OK)
        r->saved = *position;
    return status;
}

static int on_epoch(void *user, const lw_epoch_report *report)
{
    run *r = user;
    const lw_status shown = progress_epoch(&r->progress, report);
    curves_add(&r->curves, report);
    r->accurate = is_accurate(r, report->validation_accuracy);
    const int is_last = r->accurate || shown != LW_OK;
    r->status = training_log_write(&r->log, report);
    if (r->status == LW_OK && checkpoint_is_due(r->options.checkpoint_every, report, is_last))
        r->status = save_checkpoint(r, &report->position);
    if (r->status == LW_OK)
        r->status = shown;
    return r->status != LW_OK || is_last;
}

static lw_status run_fit(run *r)
{
    const train_options *o = &r->options;
    const lw_fit_options options = {
        .size = sizeof options,
        .loss = (lw_loss)o->loss,
        .optimizer = make_optimizer(o),
        .batch_size = o->batch,
        .epochs = o->epochs,
        .begin = r->begin,
        .no_shuffle = o->no_shuffle,
        .schedule = {.kind = (lw_schedule_kind)o->schedule,
                     .every = o->step_every,
                     .factor = o->schedule == LW_SCHEDULE_STEP ? o->step_factor : 0.0f},
        .clip_norm = o->clip,
        .validation = data_has_validation(&r->source) ? &r->validation : NULL,
        .on_epoch = on_epoch,
        .on_batch = r->progress.on_terminal ? on_batch : NULL,
        .user = r,
        .stop = &interrupt_number,
        .reached = &r->reached,
        .history = o->report != NULL ? &r->history : NULL,
    };
    return lw_fit(r->net, &r->training, &options);
}

static int is_same(const lw_position *a, const lw_position *b)
{
    return a->epochs == b->epochs && a->batches == b->batches;
}

/* A text about where a run is. */
typedef char position_text[80];

static void describe_position(position_text text, const run *r, const lw_position *position)
{
    const int length = snprintf(text, sizeof(position_text), "%zu of %zu epochs", position->epochs,
                                r->options.epochs);
    if (position->batches > 0)
        snprintf(text + length, sizeof(position_text) - (size_t)length, " and %zu steps",
                 position->batches);
}

/* What a run that fails says besides: what may help, and what is kept of it. */
static lw_status explain_failure(const run *r, lw_status status)
{
    char message[400], kept[160] = "";
    position_text position;
    snprintf(message, sizeof message, "%s", lw_last_error());
    describe_position(position, r, &r->saved);
    if (r->options.checkpoint != NULL && !is_same(&r->saved, &(lw_position){0}))
        snprintf(kept, sizeof kept, "; the checkpoint is that after %s", position);
    return lw_fail(status, "%s%s%s", message,
                   status == LW_EDIVERGED ? "; lower --lr, or limit the gradient with --clip" : "",
                   kept);
}

/* Trains, with signals noted meanwhile. */
static lw_status fit(run *r)
{
    interrupt_catch();
    const lw_status fitted = run_fit(r), status = fitted != LW_OK ? fitted : r->status;
    interrupt_release();
    /* All others find by themselves, or are told. */
    const int is_alone_in_it = fitted == LW_ENOMEM || fitted == LW_EIO;
    if (is_alone_in_it && r->group.count > 1) {
        progress_clear(&r->progress);
        fprintf(stderr, "lanewise: rank %u: %s\n", r->group.rank, lw_last_error());
        rank_group_abort(&r->group);
    }
    return status == LW_OK ? LW_OK : explain_failure(r, status);
}

/* A signal that one process has seen is one to all of them. */
static lw_status share_interrupt(const run *r)
{
    double seen[] = {interrupt_number == SIGINT, interrupt_number == SIGTERM};
    const lw_status status = rank_group_sum(&r->group, 2, seen);
    if (interrupt_number == 0 && seen[0] + seen[1] > 0.0)
        interrupt_number = seen[0] > 0.0 ? SIGINT : SIGTERM;
    return status;
}

/* Whether a signal ended the run before it was done. */
static int is_interrupted(const run *r)
{
    return interrupt_number != 0 && r->reached.epochs < r->options.epochs && !r->accurate;
}

/* Keeps what there is of a run that a signal ended, and says what and how to go on. */
static lw_status save_interrupted(run *r)
{
    const train_options *o = &r->options;
    position_text position;
    lw_status status = save_checkpoint(r, &r->reached);
    if (status == LW_OK && o->save != NULL)
        status = lw_net_save(r->net, o->save);
    progress_clear(&r->progress); /* not before: nobody may be reading */
    if (status != LW_OK)
        return status;
    if (!is_first_rank(&r->group))
        return LW_OK;
    describe_position(position, r, &r->reached);
    fprintf(stderr, "lanewise: stopped by %s after %s; ",
            interrupt_number == SIGINT ? "SIGINT" : "SIGTERM", position);
    if (o->save != NULL)
        fprintf(stderr, "the network is in %s; ", o->save);
    if (o->checkpoint != NULL)
        fprintf(stderr, "go on with --resume %s\n", o->checkpoint);
    else
        fprintf(stderr, "without --checkpoint there is no going on\n");
    return LW_OK;
}

/* Brings the network to where the run was. */
static lw_status load_checkpoint(run *r)
{
    const train_options *o = &r->options;
    const lw_optimizer optimizer = make_optimizer(o);
    const resumed_run wanted = {&optimizer, r->rows, o->batch, o->epochs, o->seed};
    if (o->resume == NULL)
        return LW_OK;
    const lw_status status = checkpoint_resume(r->net, o->resume, &wanted, &r->resumed);
    r->begin = r->resumed;
    return status;
}

/* With nothing left to do, begins at the end. */
static lw_status judge_checkpoint(run *r)
{
    const train_options *o = &r->options;
    lw_evaluation reached;
    if (o->resume == NULL || o->until_accuracy == 0.0f)
        return LW_OK;
    const lw_status status = lw_evaluate(r->net, &r->validation, (lw_loss)o->loss, &reached);
    if (status != LW_OK)
        return status;
    if (r->resumed.batches == 0 && is_accurate(r, reached.accuracy))
        r->begin = (lw_position){.epochs = o->epochs};
    lw_evaluation_free(&reached);
    return LW_OK;
}

static void print_resumed(const run *r)
{
    const train_options *o = &r->options;
    if (o->resume == NULL || o->quiet)
        return;
    position_text position;
    describe_position(position, r, &r->resumed);
    printf("%s: %s %s\n", o->resume, r->begin.epochs == o->epochs ? "done, after" : "resumed after",
           position);
}

static void print_ranks(const run *r)
{
    const rank_group *group = &r->group;
    if (group->count > 1 && !r->options.quiet)
        printf("%u processes on %u host%s, %zu thread%s\n", group->count, group->hosts,
               group->hosts > 1 ? "s" : "", r->threads, r->threads > 1 ? "s" : "");
}

static void print_result(const run *r, const lw_evaluation *result)
{
    printf("%s loss %.4f", data_has_validation(&r->source) ? "test" : "training", result->loss);
    if (result->classes > 0)
        printf("  accuracy %.2f %%", 100.0 * result->accuracy);
    putchar('\n');
}

static lw_status write_report(const run *r, const lw_evaluation *result)
{
    const report_run finished = {
        .command = r->command,
        .options = &r->options,
        .source = &r->source,
        .optimizer = make_optimizer(&r->options),
        .net = r->net,
        .training = &r->training,
        .validation = data_has_validation(&r->source) ? &r->validation : NULL,
        .history = &r->history,
        .result = result,
        .started = r->started,
    };
    return report_write(r->options.report, &finished);
}

static lw_status conclude(run *r)
{
    lw_evaluation result;
    lw_status status =
        lw_evaluate(r->net, data_has_validation(&r->source) ? &r->validation : &r->training,
                    (lw_loss)r->options.loss, &result);
    if (status != LW_OK)
        return status;
    if (r->options.report != NULL)
        status = write_report(r, &result);
    if (status == LW_OK)
        print_result(r, &result);
    lw_evaluation_free(&result);
    return status;
}

static lw_status check_loss(const run *r)
{
    lw_layer_info last;
    const lw_status status = lw_net_layer_info(r->net, lw_net_layer_count(r->net) - 1, &last);
    if (status != LW_OK)
        return status;
    if (r->options.loss == LW_CROSS_ENTROPY && last.activation != LW_SOFTMAX)
        return lw_fail(LW_ESHAPE, "--loss cross-entropy needs --output softmax");
    if (r->options.loss == LW_BINARY_CROSS_ENTROPY && last.activation != LW_SIGMOID)
        return lw_fail(LW_ESHAPE, "--loss binary-cross-entropy needs --output sigmoid");
    return LW_OK;
}

/* Whether there are classes to be accurate about. */
static lw_status check_until_accuracy(run *r)
{
    lw_evaluation evaluation;
    if (r->options.until_accuracy == 0.0f)
        return LW_OK;
    const lw_status status =
        lw_evaluate(r->net, &r->validation, (lw_loss)r->options.loss, &evaluation);
    if (status != LW_OK)
        return status;
    const size_t classes = evaluation.classes;
    lw_evaluation_free(&evaluation);
    return classes > 0
               ? LW_OK
               : lw_fail(LW_EINVAL, "--until-accuracy needs classes; these targets are values");
}

/* ---- Steps: all that can be wrong shows in them, before hours of work --------------------------- */

static lw_status open_data(run *r)
{
    const train_options *o = &r->options;
    const lw_status status = data_options_of_rank(&r->source, &r->group, o->batch);
    return status == LW_OK ? data_open_training(&r->source, output_hint(o, &r->source), o->seed,
                                                &r->training, &r->validation)
                           : status;
}

/* What files of their own let the processes know in part: classes, rows, and that all have the same inputs. */
static lw_status share_data(run *r)
{
    lw_dataset *data = &r->training;
    double outputs = (double)data->outputs, inputs = (double)data->inputs;
    double sums[] = {(double)data->rows, (double)r->group.threads};
    lw_status status = rank_group_max(&r->group, &outputs);
    if (status == LW_OK)
        status = rank_group_max(&r->group, &inputs);
    if (status == LW_OK)
        status = rank_group_sum(&r->group, 2, sums);
    if (status != LW_OK)
        return status;
    r->rows = (size_t)sums[0];
    r->threads = (size_t)sums[1];
    if ((size_t)inputs != data->inputs ||
        (!data->target.labels && (size_t)outputs != data->outputs))
        return lw_fail(LW_ESHAPE,
                       "rows of %zu inputs and %zu outputs, where another process has %zu and %zu",
                       data->inputs, data->outputs, (size_t)inputs, (size_t)outputs);
    data->outputs = (size_t)outputs;
    return LW_OK;
}

static lw_status make_net(run *r)
{
    const train_options *o = &r->options;
    lw_status status = create_net(r);
    if (status == LW_OK)
        status = check_loss(r);
    if (status != LW_OK)
        return status;

    const size_t inputs = lw_net_inputs(r->net);
    const size_t outputs = lw_net_outputs(r->net);
    lw_net_set_threads(r->net, r->group.threads);
    status = lw_net_set_precision(r->net, (lw_precision)o->precision);
    if (status == LW_OK)
        status = lw_net_set_ranks(r->net, r->group.ranks);
    if (status == LW_OK)
        status = data_check(&r->source, PART_MAIN, inputs, outputs, &r->training);
    if (status == LW_OK && data_has_validation(&r->source))
        status = data_check(&r->source, PART_VALIDATION, inputs, outputs, &r->validation);
    if (status == LW_OK && o->init != NULL)
        status = lw_net_load_parameters(r->net, o->init);
    return status;
}

static lw_status check_files(run *r)
{
    const char *const files[] = {r->options.save, r->options.checkpoint, r->options.report};
    lw_status status = LW_OK;
    for (size_t i = 0; i < sizeof files / sizeof *files && status == LW_OK; i++)
        if (files[i] != NULL)
            status = lw_output_file_check(files[i]);
    return status;
}

static lw_status open_log(run *r)
{
    return training_log_open(&r->log, r->options.log, r->begin.epochs, r->group.count, r->threads);
}

/* ---- The run ------------------------------------------------------------------------------------- */

static lw_status save_net(run *r)
{
    return r->options.save != NULL ? lw_net_save(r->net, r->options.save) : LW_OK;
}

static lw_status run_steps(run *r, size_t count, lw_status (*const steps[])(run *))
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = rank_group_consensus(&r->group, steps[i](r));
    return status;
}

/* What fails has been told when this returns. */
static lw_status train(run *r)
{
    static lw_status (*const before[])(run *) = {
        open_data,   share_data,      make_net,         check_until_accuracy,
        check_files, load_checkpoint, judge_checkpoint, open_log};
    static lw_status (*const after[])(run *) = {save_net, conclude};
    lw_status status = run_steps(r, sizeof before / sizeof *before, before);
    if (status != LW_OK)
        return status;
    print_ranks(r);
    print_resumed(r);
    r->progress = progress_begin(r->options.quiet, r->begin.epochs);
    status = rank_group_consensus(&r->group, fit(r));
    if (status == LW_OK)
        status = rank_group_consensus(&r->group, share_interrupt(r));
    if (status == LW_OK && is_interrupted(r))
        return rank_group_consensus(&r->group, save_interrupted(r));
    progress_clear(&r->progress);
    if (status == LW_OK && r->progress.on_terminal)
        curves_print(stdout, &r->curves, sparkline_form_of_locale(), curves_terminal_columns());
    return status == LW_OK ? run_steps(r, sizeof after / sizeof *after, after) : status;
}

/* Makes the ranks. What is written is written by the first. */
static lw_status join(run *r)
{
    train_options *o = &r->options;
    const lw_status status = rank_group_join(&r->group, (lw_precision)o->gradients);
    if (o->threads > 0)
        r->group.threads = o->threads;
    if (!is_first_rank(&r->group)) {
        o->save = o->log = o->report = o->checkpoint = NULL;
        o->quiet = 1;
    }
    return status;
}

/* The run of one process. */
static lw_status run_command(run *r)
{
    lw_status status = join(r);
    if (status == LW_OK && r->command == NULL)
        status = lw_fail(LW_ENOMEM, "no memory for the command line");
    status = rank_group_consensus(&r->group, status);
    return status == LW_OK ? train(r) : status;
}

int command_train(int argc, char **argv)
{
    run r = {.command = shell_quote(argc, argv)}; /* before lists in it are cut into pieces */
    timespec_get(&r.started, TIME_UTC);
    if (rank_group_begin(&r.group) != LW_OK) {
        free(r.command);
        return report_failure();
    }
    const int outcome = train_options_read(argc, argv, &r.options, &r.source);
    const lw_status status = outcome < 0 ? run_command(&r) : LW_OK;
    training_log_close(&r.log);
    lw_history_free(&r.history);
    lw_net_destroy(r.net);
    lw_dataset_free(&r.validation);
    lw_dataset_free(&r.training);
    data_options_free(&r.source);
    free(r.command);
    rank_group_end(&r.group);
    if (outcome >= 0)
        return outcome;
    if (status != LW_OK)
        return EXIT_BAD_DATA;
    return interrupt_number != 0 ? interrupt_exit() : 0;
}
