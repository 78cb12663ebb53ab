/* The options of the run. */
#include "enum_names.h"
#include "loss_option.h"
#include "page.h"
#include "report_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The value of an option that is not given. */
static const char none[] = "none";

static json_t *text_or_none(const char *text)
{
    return text != NULL ? page_text(text) : json_string(none);
}

static json_t *yes_or_no(int value)
{
    return json_string(value ? "yes" : "no");
}

/* The shortest text that reads back as the same float. */
static json_t *real(float value)
{
    char text[32];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        float back = 0.0f;
        if (sscanf(text, "%f", &back) == 1 && back == value)
            break;
    }
    return json_string(text);
}

static json_t *real_or_none(float value, int is_set)
{
    return is_set ? real(value) : json_string(none);
}

static json_t *layer_sizes(const size_list *layers)
{
    char text[LIST_MAX * 21 + 1] = "";
    size_t used = 0;
    for (size_t i = 0; i < layers->count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%zu", i > 0 ? "," : "",
                                 layers->items[i]);
    return json_string(layers->count > 0 ? text : none);
}

/* Resolves LW_LOSS_DEFAULT. */
static const char *loss_name(const report_run *run)
{
    int loss = run->options->loss;
    const lw_activation activation = report_output_activation(run->net);
    if (loss == LW_LOSS_DEFAULT)
        loss = activation == LW_ACTIVATION_SOFTMAX   ? LW_LOSS_CROSS_ENTROPY
               : activation == LW_ACTIVATION_SIGMOID ? LW_LOSS_BINARY_CROSS_ENTROPY
                                                     : LW_LOSS_MSE;
    return choice_name(loss_names, loss);
}

static json_t *network_options(const report_run *run)
{
    const train_options *o = run->options;
    return json_pack("{s:o, s:s, s:s, s:s, s:s, s:o}", "layers", layer_sizes(&o->layers),
                     "activation", lw_activation_name((lw_activation)o->activation), "output",
                     lw_activation_name(report_output_activation(run->net)), "initializer",
                     choice_name(initializer_names, o->initializer), "precision",
                     choice_name(precision_names, o->precision), "init", text_or_none(o->init));
}

static json_t *batch_size(const train_options *o)
{
    return o->batch == LW_FULL_BATCH ? json_string("full") : json_sprintf("%zu", o->batch);
}

static json_t *training_options(const report_run *run)
{
    const train_options *o = run->options;
    const lw_optimizer *optimizer = &run->optimizer;
    const int has_momentum = o->optimizer == MOMENTUM || o->optimizer == NESTEROV;
    const int has_steps = o->schedule == LW_SCHEDULE_STEP;
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "loss",
        loss_name(run), "optimizer", choice_name(optimizer_names, o->optimizer), "lr",
        real(optimizer->learning_rate), "momentum", real_or_none(optimizer->momentum, has_momentum),
        "weight-decay", real(optimizer->weight_decay), "schedule",
        choice_name(schedule_names, o->schedule), "step-every",
        has_steps ? json_sprintf("%zu", o->step_every) : json_string(none), "step-factor",
        real_or_none(o->step_factor, has_steps), "clip", real_or_none(o->clip, o->clip > 0.0f),
        "batch", batch_size(o), "epochs", json_sprintf("%zu", o->epochs), "until-accuracy",
        real_or_none(o->until_accuracy, o->until_accuracy > 0.0f), "patience",
        o->patience > 0 ? json_sprintf("%zu", o->patience) : json_string(none), "no-shuffle",
        yes_or_no(o->no_shuffle), "seed", json_sprintf("%" PRIu64, o->seed), "threads",
        o->threads > 0 ? json_sprintf("%u", o->threads) : json_string("all"));
}

static json_t *comma_separated(const name_list *names)
{
    json_t *text = json_string("");
    for (size_t i = 0; i < names->count && text != NULL; i++) {
        json_t *name = page_text(names->items[i]);
        json_t *longer = json_sprintf("%s%s%s", json_string_value(text), i > 0 ? ", " : "",
                                      name != NULL ? json_string_value(name) : "");
        json_decref(name);
        json_decref(text);
        text = longer;
    }
    return text;
}

static json_t *csv_options(const report_run *run)
{
    const data_options *source = run->source;
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o}", "target", comma_separated(&source->targets), "target is",
        run->training->target.labels != NULL ? "a class" : "a value", "no-header",
        yes_or_no(source->no_header), "one-hot",
        source->one_hot.count > 0 ? comma_separated(&source->one_hot) : json_string(none),
        "standardize",
        source->no_standardize                  ? json_string(none)
        : source->standardize.columns.count > 0 ? comma_separated(&source->standardize.columns)
                                                : json_string("all"));
}

static json_t *result_options(const train_options *o)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "save", text_or_none(o->save), "checkpoint",
                     text_or_none(o->checkpoint), "checkpoint-every",
                     o->checkpoint != NULL ? json_sprintf("%zu", o->checkpoint_every)
                                           : json_string(none),
                     "resume", text_or_none(o->resume), "log", text_or_none(o->log), "report",
                     text_or_none(o->report));
}

json_t *report_options(const report_run *run)
{
    json_t *options =
        json_pack("{s:o, s:o, s:o}", "Network options", network_options(run), "Training",
                  training_options(run), "Results", result_options(run->options));
    if (run->source->csv != NULL && json_object_set_new(options, "CSV", csv_options(run)) != 0) {
        json_decref(options);
        return NULL;
    }
    return options;
}
