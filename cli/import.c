/* lanewise import */
#include "command.h"
#include "enum_names.h"
#include "options.h"

#include <lanewise/nn.h>
#include <stdio.h>

enum { OUTPUT_UNSET = -1 };

typedef struct import_options {
    const char *weights, *save;
    int activation, output;
} import_options;

/* clang-format off */
#define IMPORT_FIELD(name) offsetof(import_options, name)

static const option_spec weights_option_specs[] = {
    {"weights", "FILE", "safetensors: the state dict of an nn.Sequential, or of a module with\n"
     "numbered Linear layers", parse_text, IMPORT_FIELD(weights), NULL, NULL},
    {0}};

static const option_spec network_option_specs[] = {
    {"activation", "NAME",
     "activation of the hidden layers (relu):\nrelu, leaky_relu, sigmoid, tanh, gelu, silu, linear",
     parse_choice, IMPORT_FIELD(activation), NULL, hidden_activation_names},
    {"output", "NAME", "activation of the output layer: one of these or softmax",
     parse_choice, IMPORT_FIELD(output), NULL, activation_names},
    {0}};

static const option_spec result_option_specs[] = {
    {"save", "FILE", "write the model, as train does", parse_text, IMPORT_FIELD(save), NULL, NULL},
    {0}};
/* clang-format on */

static void print_architecture(const lw_net *net)
{
    printf("%zu inputs\n", lw_net_inputs(net));
    for (size_t i = 0; i < lw_net_layer_count(net); i++) {
        lw_layer_info info;
        if (lw_net_layer_info(net, i, &info) == LW_OK)
            printf("%zu %s\n", info.out, lw_activation_name(info.activation));
    }
}

static lw_status import(const import_options *options)
{
    lw_net *net = NULL;
    lw_status status = lw_net_import(&net, options->weights, (lw_activation)options->activation,
                                     (lw_activation)options->output);
    if (status == LW_OK)
        status = lw_net_save(net, options->save);
    if (status == LW_OK)
        print_architecture(net);
    lw_net_destroy(net);
    return status;
}

int command_import(int argc, char **argv)
{
    import_options options = {.activation = LW_ACTIVATION_RELU, .output = OUTPUT_UNSET};
    const command_line line = {
        .command = argv[0],
        .synopsis = "--weights FILE --output NAME --save FILE [OPTIONS]",
        .summary = "Makes a model from a file of weights, as PyTorch saves them. The shapes of the "
                   "weights\n"
                   "determine the layers; the options give the activations.",
        .groups = {{"Weights", weights_option_specs, &options},
                   {"Network", network_option_specs, &options},
                   {"Result", result_option_specs, &options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0 && options.weights == NULL)
        outcome = usage_error(argv[0], "--weights is required");
    if (outcome < 0 && options.output == OUTPUT_UNSET)
        outcome = usage_error(argv[0], "--output is required");
    if (outcome < 0 && options.save == NULL)
        outcome = usage_error(argv[0], "--save is required");
    if (outcome >= 0)
        return outcome;
    return import(&options) == LW_OK ? 0 : report_failure();
}
