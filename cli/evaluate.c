/* lanewise evaluate */
#include "command.h"
#include "data.h"
#include "loss_option.h"
#include "model_input.h"
#include "options.h"
#include "regression.h"
#include "safe_text.h"

#include <lanewise/nn.h>
#include <stdio.h>

typedef struct evaluate_options {
    model_input_options saved;
    int loss;
} evaluate_options;

/* clang-format off */
static const option_spec loss_option_specs[] = {
    {"loss", LOSS_ARGUMENT, LOSS_HELP, parse_choice, offsetof(evaluate_options, loss), NULL,
     loss_names},
    {0}};
/* clang-format on */

/* The names of classes, or their numbers if there are none. */
typedef struct class_labels {
    const char *const *names;
    safe_text text;
} class_labels;

static const char *label_of(class_labels *labels, size_t i)
{
    if (labels->names != NULL)
        labels->text = make_safe(labels->names[i]);
    else
        snprintf(labels->text.text, sizeof labels->text.text, "%zu", i);
    return labels->text.text;
}

enum { MAX_LABEL = 16 };

/* The width that fits all counts and labels. */
static int column_width(const lw_evaluation *e, class_labels *labels)
{
    int width = 1;
    for (size_t i = 0; i < e->classes; i++) {
        const int length = snprintf(NULL, 0, "%.*s", MAX_LABEL, label_of(labels, i));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < e->classes * e->classes; i++) {
        const int digits = snprintf(NULL, 0, "%zu", e->confusion[i]);
        width = digits > width ? digits : width;
    }
    return width;
}

static void print_confusion(const lw_evaluation *e, const char *const *names)
{
    if (e->confusion == NULL)
        return;
    class_labels labels = {.names = names};
    const int width = column_width(e, &labels);
    printf("\nconfusion matrix: true class down, predicted class across\n\n%*s |", width, "");
    for (size_t column = 0; column < e->classes; column++)
        printf(" %*.*s", width, MAX_LABEL, label_of(&labels, column));
    printf("\n");
    for (size_t dash = 0; dash < (size_t)(width + 2) + e->classes * (size_t)(width + 1); dash++)
        putchar(dash == (size_t)width + 1 ? '+' : '-');
    printf("\n");
    for (size_t row = 0; row < e->classes; row++) {
        printf("%*.*s |", width, MAX_LABEL, label_of(&labels, row));
        for (size_t column = 0; column < e->classes; column++)
            printf(" %*zu", width, e->confusion[row * e->classes + column]);
        printf("\n");
    }
}

static void print_classification(const lw_evaluation *e, const char *const *names)
{
    class_labels labels = {.names = names};
    printf("accuracy  %.2f %% (%zu right)\n", 100.0 * e->accuracy, e->correct);
    if (e->classes == 2)
        printf("\nof class %.*s:  %zu true positive, %zu false positive, "
               "%zu true negative, %zu false negative\n",
               MAX_LABEL, label_of(&labels, 1), e->true_positive, e->false_positive,
               e->true_negative, e->false_negative);
    print_confusion(e, names);
}

static void print_evaluation(const lw_net *net, const lw_dataset *data, const lw_evaluation *e)
{
    printf("rows      %zu\nloss      %.6f\n", e->rows, e->loss);
    if (e->classes == 0)
        regression_print(stdout, net, e);
    else
        print_classification(e, data->class_names);
}

static lw_status evaluate(const evaluate_options *options, const data_options *source)
{
    lw_net *net = NULL;
    lw_dataset data = {0};
    lw_evaluation evaluation;
    lw_status status =
        model_input_open(&options->saved, source, LW_TARGETS_REQUIRED, &net, &data, NULL);
    if (status == LW_OK)
        status = loss_option_check(net, options->loss);
    if (status == LW_OK)
        status = lw_evaluate(net, &data, (lw_loss)options->loss, &evaluation);
    if (status == LW_OK) {
        print_evaluation(net, &data, &evaluation);
        lw_evaluation_free(&evaluation);
    }
    lw_dataset_free(&data);
    lw_net_destroy(net);
    return status;
}

int command_evaluate(int argc, char **argv)
{
    evaluate_options options = {.loss = LW_LOSS_DEFAULT};
    data_options data = {0};
    const command_line line = {
        .command = argv[0],
        .synopsis = "--model FILE DATA [OPTIONS]",
        .summary = "Prints loss, accuracy and confusion matrix of a model on data with targets.",
        .groups = {{"Model", model_input_option_specs, &options.saved},
                   {"Data", data_option_specs, &data},
                   {"Loss", loss_option_specs, &options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0)
        outcome = model_input_options_check(argv[0], &options.saved);
    if (outcome < 0)
        outcome = data_options_check(argv[0], &data, NEED_MODEL_TARGETS);
    if (outcome >= 0)
        return outcome;
    return evaluate(&options, &data) == LW_OK ? 0 : report_failure();
}
