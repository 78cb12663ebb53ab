/* lanewise export */
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
    {"model", "FILE", "a model saved by train or import",
     parse_text, EXPORT_FIELD(model), NULL, NULL},
    {0}};

static const option_spec result_option_specs[] = {
    {"out", "FILE", "output file: .onnx or .c, by its extension",
     parse_text, EXPORT_FIELD(out), NULL, NULL},
    {"format", "NAME", "onnx or c, regardless of the extension",
     parse_choice, EXPORT_FIELD(format), NULL, format_names},
    {"name", "NAME", "name of the C function (predict)",
     parse_text, EXPORT_FIELD(name), NULL, NULL},
    {0}};
/* clang-format on */

static export_format format_of(const char *path)
{
    /* NOLINTNEXTLINE(clang-analyzer-*): not NULL, because usage_error never returns -1 */
    const char *extension = strrchr(path, '.');
    if (extension != NULL)
        for (const choice *c = format_names; c->name != NULL; c++)
            if (strcmp(extension + 1, c->name) == 0)
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
        .summary = "Exports a model for other programs: as an ONNX model, or as a C file with a "
                   "function that\n"
                   "computes its outputs. PyTorch reads the model file itself, as a state dict of\n"
                   "nn.Sequential.",
        .groups = {{"Model", model_option_specs, &options},
                   {"Result", result_option_specs, &options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0 && options.model == NULL)
        outcome = usage_error(argv[0], "--model is required");
    if (outcome < 0 && options.out == NULL)
        outcome = usage_error(argv[0], "--out is required");
    if (outcome < 0 && options.format == FORMAT_UNSET)
        options.format = (int)format_of(options.out);
    if (outcome < 0 && options.format == FORMAT_UNSET)
        outcome = usage_error(
            argv[0], "--out: '%s' must end in .onnx or .c, unless --format is given", options.out);
    if (outcome < 0 && options.name != NULL && options.format != FORMAT_C)
        outcome = usage_error(argv[0], "--name requires a C file: --out FILE.c or --format c");
    if (outcome >= 0)
        return outcome;
    return export(&options) == LW_OK ? 0 : report_failure();
}
