#include "predict.h"
#include "ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What was found of each row. */
typedef struct row_scores {
    float *loss;
    int32_t *predicted;
} row_scores;

/* How many classes the outputs tell apart; 0 for a regression. */
static size_t class_count(const lw_net *net)
{
    const size_t outputs = lw_net_outputs(net);
    const lw_activation activation = lw_last_layer(net)->spec.activation;
    /* With any other activation a single output's loss can only be a squared error. */
    const int bounded =
        activation == LW_SIGMOID || activation == LW_TANH || activation == LW_SOFTMAX;
    return outputs == 1 && !bounded ? 0 : lw_loss_classes(outputs);
}

static int32_t true_class(const lw_dataset *data, size_t row)
{
    if (data->target.labels)
        return data->target.labels[row];
    const float *values = data->target.values + row * data->outputs;
    if (data->outputs == 1)
        return values[0] > 0.5f;
    size_t largest = 0;
    for (size_t j = 1; j < data->outputs; j++)
        if (values[j] > values[largest])
            largest = j;
    return (int32_t)largest;
}

static void free_scores(row_scores *scores)
{
    free(scores->loss);
    free(scores->predicted);
}

/* Released with free_scores, after a failure too. */
static lw_status score_rows(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                            row_scores *scores)
{
    scores->loss = calloc(data->rows, sizeof *scores->loss);
    scores->predicted = calloc(data->rows, sizeof *scores->predicted);
    if (!scores->loss || !scores->predicted)
        return lw_fail(LW_ENOMEM, "no memory to evaluate %zu rows", data->rows);
    const lw_inference wanted = {.label = scores->predicted,
                                 .row_loss = scores->loss,
                                 .rule = rule,
                                 .target = &data->target};
    return lw_infer(net, data->rows, data->x, &wanted);
}

static size_t count_correct(const lw_dataset *data, const row_scores *scores)
{
    size_t correct = 0;
    for (size_t i = 0; i < data->rows; i++)
        correct += scores->predicted[i] == true_class(data, i);
    return correct;
}

static double accuracy_of(size_t classes, size_t correct, size_t rows)
{
    return classes > 0 ? (double)correct / (double)rows : (double)NAN;
}

lw_status lw_score(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                   double *loss, double *accuracy)
{
    enum { LOSS, CORRECT, SUMS };
    double sums[SUMS] = {0.0};
    size_t first, count;
    lw_ranks_share(net, data->rows, &first, &count);
    const lw_dataset part = {.rows = count,
                             .inputs = data->inputs,
                             .outputs = data->outputs,
                             .x = data->x + first * data->inputs,
                             .target = lw_target_from(&data->target, first, data->outputs)};
    row_scores scores = {0};
    lw_status status = count > 0 ? score_rows(net, rule, &part, &scores) : LW_OK;
    if (status == LW_OK && count > 0) {
        sums[LOSS] = lw_loss_value(rule, count, data->rows, scores.loss);
        sums[CORRECT] = (double)count_correct(&part, &scores);
    }
    free_scores(&scores);
    if (status == LW_OK)
        status = lw_ranks_sum(net, SUMS, sums);
    if (status == LW_OK) {
        *loss = sums[LOSS];
        *accuracy = accuracy_of(class_count(net), (size_t)sums[CORRECT], data->rows);
    }
    return status;
}

/* Fills in the counts; the room for them is made here. */
static lw_status count_classes(const lw_dataset *data, const row_scores *scores,
                               lw_evaluation *evaluation)
{
    const size_t classes = evaluation->classes;
    const size_t correct = count_correct(data, scores), wrong = data->rows - correct;
    size_t cells;
    if (lw_multiply_overflows(classes, classes, &cells) || cells > SIZE_MAX - wrong)
        return lw_fail(LW_ENOMEM, "no memory for a confusion matrix of %zu classes", classes);
    size_t *counts = calloc(cells + wrong, sizeof *counts);
    if (!counts)
        return lw_fail(LW_ENOMEM, "no memory for a confusion matrix of %zu classes", classes);

    size_t *misclassified = counts + cells;
    for (size_t i = 0; i < data->rows; i++) {
        const int32_t truth = true_class(data, i), predicted = scores->predicted[i];
        counts[(size_t)truth * classes + (size_t)predicted]++;
        if (predicted != truth)
            *misclassified++ = i;
    }
    evaluation->storage = counts;
    evaluation->confusion = counts;
    evaluation->correct = correct;
    evaluation->misclassified = counts + cells;
    if (classes == 2) {
        evaluation->true_negative = counts[0];
        evaluation->false_positive = counts[1];
        evaluation->false_negative = counts[2];
        evaluation->true_positive = counts[3];
    }
    return LW_OK;
}

lw_status lw_evaluate(const lw_net *net, const lw_dataset *data, lw_loss loss,
                      lw_evaluation *evaluation)
{
    if (!net || !evaluation)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "evaluation" : "net");
    lw_loss_rule rule;
    lw_status status = lw_loss_resolve(net, loss, &rule);
    if (status == LW_OK)
        status = lw_loss_check_data(net, &rule, data);
    if (status != LW_OK)
        return status;

    row_scores scores;
    status = score_rows(net, &rule, data, &scores);
    if (status == LW_OK) {
        lw_evaluation made = {.loss = lw_loss_value(&rule, data->rows, data->rows, scores.loss),
                              .rows = data->rows,
                              .classes = class_count(net)};
        if (made.classes > 0)
            status = count_classes(data, &scores, &made);
        made.accuracy = accuracy_of(made.classes, made.correct, made.rows);
        if (status == LW_OK)
            *evaluation = made;
    }
    free_scores(&scores);
    return status;
}

void lw_evaluation_free(lw_evaluation *evaluation)
{
    if (!evaluation)
        return;
    free(evaluation->storage);
    *evaluation = (lw_evaluation){0};
}
