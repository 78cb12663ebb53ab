#include "command.h"
#include "options.h"

#include <lanewise/nn.h>
#include <string.h>

typedef enum export_format { FORMAT_UNSET, FORMAT_ONNX, FORMAT_C } export_format;

typedef struct export_options {
    const char *model, *out, *name;
    int format;
} export_options;

static const choice format_names[] = {{"onnx", FORMAT_ONNX}, {"c", FORMAT_C}, {NULL, 0}};

/* clang-format off */
#define EXPORT_FIELD(name) offsetof(export_options, name)

static const option_spec model_option_specs[] = {
    {"model", "FILE", "a network that train or import saved",
     parse_text, EXPORT_FIELD(model), NULL, NULL},
    {0}};

static const option_spec result_option_specs[] = {
    {"out", "FILE", "where it goes: .onnx or .c, by the end of the name",
     parse_text, EXPORT_FIELD(out), NULL, NULL},
    {"format", "NAME", "onnx or c, whatever the name",
     parse_choice, EXPORT_FIELD(format), NULL, format_names},
    {"name", "NAME", "of the C function (predict)", parse_text, EXPORT_FIELD(name), NULL, NULL},
    {0}};
/* clang-format on */

/* By the end of the name. */
static export_format format_of(const char *path)
{
    /* NOLINTNEXTLINE(clang-analyzer-*): not NULL, because usage_error returns no -1 */
    const char *ending = strrchr(path, '.');
    if (ending != NULL)
        for (const choice *c = format_names; c->name != NULL; c++)
            if (strcmp(ending + 1, c->name) == 0)
                return (export_format)c->value;
    return FORMAT_UNSET;
}

static lw_status export(const export_options *options)
{
    lw_net *net = NULL;
    lw_status status = lw_net_load(&net, options->model);
    if (status == LW_OK && options->format == FORMAT_C)
        status = lw_net_export_c(net, options->out, options->name);
    else if (status == LW_OK)
        status = lw_net_export_onnx(net, options->out);
    lw_net_destroy(net);
    return status;
}

int command_export(int argc, char **argv)
{
    export_options options = {.format = FORMAT_UNSET};
    const command_line line = {
        .command = argv[0],
        .synopsis = "--model FILE --out FILE [OPTIONS]",
        .summary =
            "Writes a saved network for other programs: as an ONNX model, or as one C file with a\n"
            "function that computes its outputs. For PyTorch, the saved network itself is a state\n"
            "dict of nn.Sequential.",
        .groups = {{"Model", model_option_specs, &options}, {"Result", result_option_specs, &options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0 && options.model == NULL)
        outcome = usage_error(argv[0], "--model is needed");
    if (outcome < 0 && options.out == NULL)
        outcome = usage_error(argv[0], "--out is needed");
    if (outcome < 0 && options.format == FORMAT_UNSET)
        options.format = (int)format_of(options.out);
    if (outcome < 0 && options.format == FORMAT_UNSET)
        outcome = usage_error(
            argv[0], "--out: '%s' ends neither in .onnx nor in .c; --format tells", options.out);
    if (outcome < 0 && options.name != NULL && options.format != FORMAT_C)
        outcome = usage_error(argv[0], "--name goes with a C file");
    if (outcome >= 0)
        return outcome;
    return export(&options) == LW_OK ? 0 : report_failure();
}
