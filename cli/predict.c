/* lanewise predict */
#include "command.h"
#include "data.h"
#include "model_input.h"
#include "options.h"
#include "write_predictions.h"

#include <lanewise/nn.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct predict_options {
    model_input_options saved;
    const char *out;
    int classes;
    name_list keep;
} predict_options;

/* clang-format off */
#define PREDICT_FIELD(name) offsetof(predict_options, name)

static const option_spec result_option_specs[] = {
    {"out", "FILE", "output file: .npy or .csv, by its extension, or - for standard output",
     parse_text, PREDICT_FIELD(out), NULL, NULL},
    {"classes", NULL, "write predicted classes only",
     parse_flag, PREDICT_FIELD(classes), NULL, NULL},
    {"keep", "COL[,COL...]", "columns of --csv to copy in front of the predictions",
     parse_names, PREDICT_FIELD(keep), EXPECTS_NAMES, NULL},
    {0}};
/* clang-format on */

/* Predicts, and writes what the schema of the network says of its outputs. */
static lw_status write_named(const predict_options *options, const lw_net *net,
                             const lw_dataset *data, const lw_table *table)
{
    const prediction_columns columns = {
        .net = net, .table = table, .keep = &options->keep, .only_classes = options->classes};
    const size_t outputs = lw_net_outputs(net);
    float *y = calloc(data->rows + 1, outputs * sizeof *y);
    int32_t *classes = calloc(data->rows + 1, sizeof *classes);
    lw_status status =
        y != NULL && classes != NULL
            ? lw_predict(net, data->rows, data->x, y)
            : lw_fail(LW_ENOMEM, "no memory for %zu rows of %zu outputs", data->rows, outputs);
    if (status == LW_OK)
        status = lw_classify(net, data->rows, data->x, classes);
    if (status == LW_OK)
        status = write_named_predictions(options->out, &columns, data->rows, y, classes);
    free(y);
    free(classes);
    return status;
}

static lw_status write_classes(const lw_net *net, const lw_dataset *data, const char *path)
{
    int32_t *classes = calloc(data->rows, sizeof *classes);
    if (classes == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the classes of %zu rows", data->rows);
    lw_status status = lw_classify(net, data->rows, data->x, classes);
    if (status == LW_OK)
        status = write_predicted_classes(path, classes, data->rows);
    free(classes);
    return status;
}

static lw_status write_outputs(const lw_net *net, const lw_dataset *data, const char *path)
{
    const size_t outputs = lw_net_outputs(net);
    /* calloc detects overflow of the product. */
    float *y = calloc(data->rows, outputs * sizeof *y);
    if (y == NULL)
        return lw_fail(LW_ENOMEM, "no memory for %zu rows of %zu outputs", data->rows, outputs);
    lw_status status = lw_predict(net, data->rows, data->x, y);
    if (status == LW_OK)
        lw_schema_decode(lw_net_schema(net), data->rows, y);
    if (status == LW_OK)
        status = write_predicted_outputs(path, y, data->rows, outputs);
    free(y);
    return status;
}

static lw_status predict(const predict_options *options, const data_options *source)
{
    lw_net *net = NULL;
    lw_dataset data = {0};
    lw_table *table = NULL;
    lw_status status =
        model_input_open(&options->saved, source, LW_TARGETS_IGNORED, &net, &data, &table);
    if (status == LW_OK && !is_npy_path(options->out) && lw_net_schema(net) != NULL)
        status = write_named(options, net, &data, table);
    else if (status == LW_OK)
        status = options->classes ? write_classes(net, &data, options->out)
                                  : write_outputs(net, &data, options->out);
    lw_table_free(table);
    lw_dataset_free(&data);
    lw_net_destroy(net);
    return status;
}

int command_predict(int argc, char **argv)
{
    predict_options options = {.classes = 0};
    data_options data = {0};
    const command_line line = {
        .command = argv[0],
        .synopsis = "--model FILE INPUTS --out FILE [OPTIONS]",
        .summary = "Writes the predictions of a model, one row per row of inputs.",
        .groups = {{"Model", model_input_option_specs, &options.saved},
                   {"Inputs", input_option_specs, &data},
                   {"Result", result_option_specs, &options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0)
        outcome = model_input_options_check(argv[0], &options.saved);
    if (outcome < 0 && data.csv == NULL && data.x != NULL && is_csv_path(data.x)) {
        data.csv = data.x;
        data.x = NULL;
    }
    if (outcome < 0)
        outcome = data_options_check(argv[0], &data, NEED_INPUTS);
    if (outcome < 0 && options.out == NULL)
        outcome = usage_error(argv[0], "--out is required");
    if (outcome < 0 && !is_prediction_path(options.out))
        outcome =
            usage_error(argv[0], "--out: '%s' must end in .npy or .csv, or be -", options.out);
    if (outcome >= 0)
        return outcome;
    return predict(&options, &data) == LW_OK ? 0 : report_failure();
}
