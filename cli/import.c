/* lanewise import */
#include "command.h"
#include "enum_names.h"
#include "options.h"

#include <lanewise/nn.h>
#include <stdio.h>
#include <string.h>

enum { OUTPUT_UNSET = -1 };

typedef struct import_options {
    const char *weights, *save, *prefix;
    name_list order;
    int partial, activation, output;
    float negative_slope;
} import_options;

/* clang-format off */
#define IMPORT_FIELD(name) offsetof(import_options, name)

static const option_spec weights_option_specs[] = {
    {"weights", "FILE", "safetensors: the state dict of a module with Linear layers", parse_text,
     IMPORT_FIELD(weights), NULL, NULL},
    {"prefix", "PREFIX", "import only the tensors of this module, such as net for\nnet.0.weight",
     parse_text, IMPORT_FIELD(prefix), NULL, NULL},
    {"order", "NAME,...", "layers in order of use, such as fc1,fc2,out (default: by their\n"
     "numbers, or else by their shapes)", parse_names, IMPORT_FIELD(order), EXPECTS_NAMES, NULL},
    {"partial", NULL, "leave out tensors that no dense layer has, and name them", parse_flag,
     IMPORT_FIELD(partial), NULL, NULL},
    {0}};

static const option_spec network_option_specs[] = {
    {"activation", "NAME",
     "activation of the hidden layers (relu):\nrelu, leaky_relu, sigmoid, tanh, gelu, silu, linear",
     parse_choice, IMPORT_FIELD(activation), NULL, hidden_activation_names},
    {"negative-slope", "X", "slope of the leaky ReLU in the file; only 0.01 is supported",
     parse_positive, IMPORT_FIELD(negative_slope), EXPECTS_POSITIVE, NULL},
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

/* Prints a tensor that was left out. user: the options. */
static void print_unplaced(void *user, const char *tensor, const char *reason)
{
    const import_options *options = user;
    /* A message of the library has no control characters. */
    (void)lw_fail(LW_EDATA, "%s: left out '%s' (%s)", options->weights, tensor, reason);
    fprintf(stderr, "lanewise: %s\n", lw_last_error());
}

/* Replaces the members of lw_import_options in the last message by the options of the command,
 * which have the same names. */
static lw_status name_options(lw_status status)
{
    static const char member[] = "options->";
    enum { MEMBER = sizeof member - 1 };
    char message[600] = "";
    const char *from = failure_message();
    for (size_t to = 0; *from && to < sizeof message - 1;) {
        if (strncmp(from, member, MEMBER) != 0) {
            message[to++] = *from++;
            continue;
        }
        to += (size_t)snprintf(message + to, sizeof message - to, "--");
        from += MEMBER;
    }
    return lw_fail(status, "%s", message);
}

static lw_status import(import_options *options)
{
    lw_net *net = NULL;
    const lw_import_options known = {.size = sizeof known,
                                     .hidden = (lw_activation)options->activation,
                                     .output = (lw_activation)options->output,
                                     .prefix = options->prefix,
                                     .order = options->order.items,
                                     .order_count = options->order.count,
                                     .partial = options->partial,
                                     .negative_slope = options->negative_slope,
                                     .on_unplaced = print_unplaced,
                                     .user = options};
    lw_status status = lw_net_import_with(&net, options->weights, &known);
    if (status != LW_OK)
        return name_options(status);
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
    if (outcome < 0 && options.negative_slope > 0 &&
        options.activation != LW_ACTIVATION_LEAKY_RELU &&
        options.output != LW_ACTIVATION_LEAKY_RELU)
        outcome = usage_error(argv[0], "--negative-slope requires leaky_relu");
    if (outcome >= 0)
        return outcome;
    return import(&options) == LW_OK ? 0 : report_failure();
}
