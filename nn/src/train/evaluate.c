/* Evaluation of a network on a data set. */
#include "base/message.h"
#include "data/dataset.h"
#include "output_errors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The loss and the predicted class of each row. */
typedef struct row_scores {
    float *loss;
    int32_t *predicted;
} row_scores;

/* The number of classes; 0 for a regression. */
static size_t class_count(const lw_net *net, const lw_dataset *data)
{
    const size_t outputs = lw_net_outputs(net);
    const lw_task task = net->schema ? lw_schema_task(net->schema) : LW_TASK_NONE;
    const lw_activation activation = lw_last_layer(net)->spec.activation;
    const int bounded = activation == LW_ACTIVATION_SOFTMAX ||
                        activation == LW_ACTIVATION_SIGMOID || activation == LW_ACTIVATION_TANH;
    if (task == LW_TASK_REGRESSION)
        return 0;
    if (task == LW_TASK_CLASSIFICATION || bounded || (outputs > 1 && !data->target.values))
        return lw_label_classes(outputs);
    return 0;
}

static int32_t true_class(const lw_net *net, const lw_dataset *data, size_t row)
{
    if (data->target.values && data->outputs == 1)
        return data->target.values[row] > net->threshold;
    return lw_dataset_class(data, row);
}

static void free_scores(row_scores *scores)
{
    free(scores->loss);
    free(scores->predicted);
}

/* Computes the scores of all rows. Release with free_scores, also after a failure. */
static lw_status score_rows(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                            row_scores *scores)
{
    /* One element more than needed: a rank may have no rows. */
    scores->loss = calloc(data->rows + 1, sizeof *scores->loss);
    scores->predicted = calloc(data->rows + 1, sizeof *scores->predicted);
    if (!scores->loss || !scores->predicted)
        return lw_fail(LW_ENOMEM, "no memory to evaluate %zu rows", data->rows);
    const lw_inference results = {.label = scores->predicted,
                                  .row_loss = scores->loss,
                                  .rule = rule,
                                  .target = &data->target};
    return lw_infer(net, data->rows, data->x, &results);
}

static size_t count_correct(const lw_net *net, const lw_dataset *data, const row_scores *scores)
{
    size_t correct = 0;
    for (size_t i = 0; i < data->rows; i++)
        correct += scores->predicted[i] == true_class(net, data, i);
    return correct;
}

static double accuracy_of(size_t classes, size_t correct, size_t rows)
{
    return classes > 0 ? (double)correct / (double)rows : (double)NAN;
}

/* Collective: replaces the number of this rank's rows by that of all ranks and exchanges status. */
static lw_status add_rows(const lw_net *net, lw_status status, size_t *rows)
{
    double sum[1 + LW_SUM_EXTRA] = {status == LW_OK ? (double)*rows : 0.0};
    status = lw_exchange_sum(net, status, 1, sum);
    if (status == LW_OK && sum[0] == 0.0)
        return lw_fail(LW_EDATA, "data has no rows on any rank");
    *rows = (size_t)sum[0];
    return status;
}

lw_status lw_score(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                   double *loss, double *accuracy)
{
    enum { LOSS, CORRECT, SUMS };
    double sums[SUMS + LW_SUM_EXTRA] = {0.0};
    size_t all_rows = data->rows;
    lw_status status = add_rows(net, LW_OK, &all_rows);
    if (status != LW_OK)
        return status;
    row_scores scores = {0};
    status = score_rows(net, rule, data, &scores);
    if (status == LW_OK) {
        sums[LOSS] = lw_loss_value(rule, data->rows, all_rows, scores.loss);
        sums[CORRECT] = (double)count_correct(net, data, &scores);
    }
    free_scores(&scores);
    status = lw_exchange_sum(net, status, SUMS, sums);
    if (status == LW_OK) {
        *loss = lw_loss_unit(net) * sums[LOSS];
        *accuracy = accuracy_of(class_count(net, data), (size_t)sums[CORRECT], all_rows);
    }
    return status;
}

/* The number of elements of the confusion matrix; 0 if there are too many classes. */
static size_t confusion_cells(size_t classes)
{
    return classes <= LW_CONFUSION_MAX_CLASSES ? classes * classes : 0;
}

/* Allocates and fills the confusion matrix and the list of misclassified rows. */
static lw_status count_classes(const lw_net *net, const lw_dataset *data, const row_scores *scores,
                               lw_evaluation *evaluation)
{
    const size_t classes = evaluation->classes, cells = confusion_cells(classes);
    const size_t correct = count_correct(net, data, scores), wrong = data->rows - correct;
    /* One element more than needed: calloc(0) may return NULL. */
    size_t *counts = calloc(cells + wrong + 1, sizeof *counts);
    if (!counts)
        return lw_fail(LW_ENOMEM, "no memory for the counts of %zu classes and %zu rows", classes,
                       wrong);

    size_t *misclassified = counts + cells;
    for (size_t i = 0; i < data->rows; i++) {
        const int32_t truth = true_class(net, data, i), predicted = scores->predicted[i];
        if (cells > 0)
            counts[(size_t)truth * classes + (size_t)predicted]++;
        if (predicted != truth)
            *misclassified++ = i;
    }
    evaluation->storage = counts;
    evaluation->confusion = cells > 0 ? counts : NULL;
    evaluation->misclassified = counts + cells;
    evaluation->misclassified_count = wrong;
    evaluation->correct = correct;
    return LW_OK;
}

/* Evaluates this rank's rows; evaluation->rows is the number of rows of all ranks. */
static lw_status evaluate_rows(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                               lw_evaluation *evaluation)
{
    row_scores scores;
    lw_status status = score_rows(net, rule, data, &scores);
    if (status == LW_OK) {
        evaluation->loss = lw_loss_value(rule, data->rows, evaluation->rows, scores.loss);
        if (evaluation->classes > 0)
            status = count_classes(net, data, &scores, evaluation);
    }
    free_scores(&scores);
    return status;
}

/* Collective: sums the evaluations of all ranks and exchanges status. */
static lw_status add_evaluations(const lw_net *net, lw_status status, lw_evaluation *evaluation)
{
    if (!lw_is_distributed(net))
        return status;
    enum { LOSS, CORRECT, CONFUSION };
    const size_t cells = confusion_cells(evaluation->classes);
    double *sums = calloc(CONFUSION + cells + LW_SUM_EXTRA, sizeof *sums);
    if (!sums)
        return lw_fail(LW_ENOMEM, "no memory for sums of %zu numbers", CONFUSION + cells);
    size_t *confusion = evaluation->confusion;
    sums[LOSS] = evaluation->loss;
    sums[CORRECT] = (double)evaluation->correct;
    for (size_t i = 0; i < cells && confusion; i++)
        sums[CONFUSION + i] = (double)confusion[i];
    status = lw_exchange_sum(net, status, CONFUSION + cells, sums);
    evaluation->loss = sums[LOSS];
    evaluation->correct = (size_t)sums[CORRECT];
    for (size_t i = 0; i < cells && confusion; i++)
        confusion[i] = (size_t)sums[CONFUSION + i];
    free(sums);
    return status;
}

/* Computes the results that follow from the counts. */
static void summarize(const lw_net *net, lw_evaluation *evaluation)
{
    const size_t classes = evaluation->classes;
    const size_t *counts = evaluation->confusion;
    evaluation->loss *= lw_loss_unit(net);
    evaluation->accuracy = accuracy_of(classes, evaluation->correct, evaluation->rows);
    if (classes == 2 && counts) {
        evaluation->true_negative = counts[0];
        evaluation->false_positive = counts[1];
        evaluation->false_negative = counts[2];
        evaluation->true_positive = counts[3];
    }
}

/* Collective: the errors of a regression. */
static lw_status measure_errors(const lw_net *net, const lw_dataset *data,
                                lw_evaluation *evaluation)
{
    lw_status status = LW_OK;
    evaluation->errors = calloc(lw_net_outputs(net), sizeof *evaluation->errors);
    evaluation->storage = evaluation->errors;
    if (!evaluation->errors)
        status = lw_fail(LW_ENOMEM, "no memory for the errors of %zu outputs", lw_net_outputs(net));
    return lw_measure_output_errors(net, status, data, evaluation->rows, evaluation->errors);
}

static lw_status evaluate(const lw_net *net, const lw_dataset *data, lw_loss loss,
                          lw_evaluation *evaluation)
{
    lw_status status = lw_check_net(net);
    if (status != LW_OK)
        return status;
    if (!evaluation)
        return lw_fail(LW_EINVAL, "evaluation is NULL");
    lw_loss_rule rule;
    status = lw_loss_resolve(net, loss, &rule);
    if (status == LW_OK)
        status = lw_loss_check_data(net, &rule, data);
    lw_evaluation made = {.rows = status == LW_OK ? data->rows : 0,
                          .classes = status == LW_OK ? class_count(net, data) : 0};
    status = add_rows(net, status, &made.rows);
    if (status != LW_OK)
        return status;
    status = add_evaluations(net, evaluate_rows(net, &rule, data, &made), &made);
    if (status == LW_OK && made.classes == 0)
        status = measure_errors(net, data, &made);
    if (status != LW_OK) {
        lw_evaluation_free(&made);
        return status;
    }
    summarize(net, &made);
    *evaluation = made;
    return LW_OK;
}

lw_status lw_evaluate(const lw_net *net, const lw_dataset *data, lw_loss loss,
                      lw_evaluation *evaluation)
{
    return lw_fail_in("lw_evaluate", evaluate(net, data, loss, evaluation));
}

void lw_evaluation_free(lw_evaluation *evaluation)
{
    if (!evaluation)
        return;
    free(evaluation->storage);
    *evaluation = (lw_evaluation){0};
}
