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

/* The weight of the rows that are classified correctly. */
static double weigh_correct(const lw_net *net, const lw_dataset *data, const row_scores *scores)
{
    const float *weights = data->target.weights;
    double correct = 0.0;
    for (size_t i = 0; i < data->rows; i++)
        if (scores->predicted[i] == true_class(net, data, i))
            correct += weights ? (double)weights[i] : 1.0;
    return correct;
}

static double accuracy_of(size_t classes, double correct, double weight)
{
    return classes > 0 ? correct / weight : (double)NAN;
}

/* Collective: the number and the weight of the rows of all ranks. */
static lw_status add_rows(const lw_net *net, lw_status status, const lw_dataset *data, size_t *rows,
                          double *weight)
{
    double sums[2 + LW_SUM_EXTRA] = {0.0};
    if (status == LW_OK) {
        sums[0] = (double)data->rows;
        sums[1] = lw_dataset_weight(data);
    }
    status = lw_exchange_sum(net, status, 2, sums);
    if (status == LW_OK && sums[0] == 0.0)
        return lw_fail(LW_EDATA, "data has no rows on any rank");
    if (status == LW_OK && !(sums[1] > 0.0))
        return lw_fail(LW_EDATA, "the weights of all rows are 0");
    *rows = (size_t)sums[0];
    *weight = sums[1];
    return status;
}

/* The loss of rows with weights: their mean. */
static double mean_loss(const lw_loss_rule *rule, size_t rows, size_t all_rows, double weight,
                        const float *row_loss)
{
    return lw_loss_value(rule, rows, all_rows, row_loss) * ((double)all_rows / weight);
}

lw_status lw_score(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                   double *loss, double *accuracy)
{
    enum { LOSS, CORRECT, SUMS };
    double sums[SUMS + LW_SUM_EXTRA] = {0.0}, weight;
    size_t all_rows;
    lw_status status = add_rows(net, LW_OK, data, &all_rows, &weight);
    if (status != LW_OK)
        return status;
    row_scores scores = {0};
    status = score_rows(net, rule, data, &scores);
    if (status == LW_OK) {
        sums[LOSS] = mean_loss(rule, data->rows, all_rows, weight, scores.loss);
        sums[CORRECT] = weigh_correct(net, data, &scores);
    }
    free_scores(&scores);
    status = lw_exchange_sum(net, status, SUMS, sums);
    if (status == LW_OK) {
        *loss = lw_loss_unit(net) * sums[LOSS];
        *accuracy = accuracy_of(class_count(net, data), sums[CORRECT], weight);
    }
    return status;
}

/* An evaluation in progress. weight: of the rows of all ranks; weight_correct: of those that are
 * classified correctly, of this rank and later of all. */
typedef struct weighted_evaluation {
    lw_evaluation *result;
    double weight, weight_correct;
} weighted_evaluation;

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
    size_t correct = 0;
    for (size_t i = 0; i < data->rows; i++)
        correct += scores->predicted[i] == true_class(net, data, i);
    const size_t wrong = data->rows - correct;
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

/* Evaluates this rank's rows; the number of rows is already that of all ranks. */
static lw_status evaluate_rows(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                               weighted_evaluation *weighted)
{
    lw_evaluation *result = weighted->result;
    row_scores scores;
    lw_status status = score_rows(net, rule, data, &scores);
    if (status == LW_OK) {
        result->loss = mean_loss(rule, data->rows, result->rows, weighted->weight, scores.loss);
        weighted->weight_correct = weigh_correct(net, data, &scores);
        if (result->classes > 0)
            status = count_classes(net, data, &scores, result);
    }
    free_scores(&scores);
    return status;
}

/* Collective: sums the evaluations of all ranks and exchanges status. */
static lw_status add_evaluations(const lw_net *net, lw_status status, weighted_evaluation *weighted)
{
    if (!lw_is_distributed(net))
        return status;
    enum { LOSS, CORRECT, WEIGHT_CORRECT, CONFUSION };
    lw_evaluation *result = weighted->result;
    const size_t cells = confusion_cells(result->classes);
    double *sums = calloc(CONFUSION + cells + LW_SUM_EXTRA, sizeof *sums);
    if (!sums)
        return lw_fail(LW_ENOMEM, "no memory for sums of %zu numbers", CONFUSION + cells);
    size_t *confusion = result->confusion;
    sums[LOSS] = result->loss;
    sums[CORRECT] = (double)result->correct;
    sums[WEIGHT_CORRECT] = weighted->weight_correct;
    for (size_t i = 0; i < cells && confusion; i++)
        sums[CONFUSION + i] = (double)confusion[i];
    status = lw_exchange_sum(net, status, CONFUSION + cells, sums);
    result->loss = sums[LOSS];
    result->correct = (size_t)sums[CORRECT];
    weighted->weight_correct = sums[WEIGHT_CORRECT];
    for (size_t i = 0; i < cells && confusion; i++)
        confusion[i] = (size_t)sums[CONFUSION + i];
    free(sums);
    return status;
}

/* Computes the results that follow from the counts. */
static void summarize(const lw_net *net, const weighted_evaluation *weighted)
{
    lw_evaluation *result = weighted->result;
    const size_t classes = result->classes;
    const size_t *counts = result->confusion;
    result->loss *= lw_loss_unit(net);
    result->accuracy = accuracy_of(classes, weighted->weight_correct, weighted->weight);
    if (classes == 2 && counts) {
        result->true_negative = counts[0];
        result->false_positive = counts[1];
        result->false_negative = counts[2];
        result->true_positive = counts[3];
    }
}

/* Collective: the errors of a regression. */
static lw_status measure_errors(const lw_net *net, const lw_dataset *data, double weight,
                                lw_evaluation *evaluation)
{
    lw_status status = LW_OK;
    evaluation->errors = calloc(lw_net_outputs(net), sizeof *evaluation->errors);
    evaluation->storage = evaluation->errors;
    if (!evaluation->errors)
        status = lw_fail(LW_ENOMEM, "no memory for the errors of %zu outputs", lw_net_outputs(net));
    return lw_measure_output_errors(net, status, data, weight, evaluation->errors);
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
    lw_evaluation made = {.classes = status == LW_OK ? class_count(net, data) : 0};
    weighted_evaluation weighted = {.result = &made};
    status = add_rows(net, status, data, &made.rows, &weighted.weight);
    if (status != LW_OK)
        return status;
    status = add_evaluations(net, evaluate_rows(net, &rule, data, &weighted), &weighted);
    if (status == LW_OK && made.classes == 0)
        status = measure_errors(net, data, weighted.weight, &made);
    if (status != LW_OK) {
        lw_evaluation_free(&made);
        return status;
    }
    summarize(net, &weighted);
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
