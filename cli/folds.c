#include "folds.h"

#include "interrupt.h"
#include "row_order.h"
#include "train_data.h"
#include "train_defaults.h"
#include "train_fit.h"
#include "train_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Running mean and sum of squares about it. */
typedef struct spread {
    double count, mean, squares;
} spread;

static void add(spread *s, double value)
{
    const double from_mean = value - s->mean;
    s->count += 1.0;
    s->mean += from_mean / s->count;
    s->squares += from_mean * (value - s->mean);
}

static double deviation(const spread *s)
{
    return s->count > 1.0 ? sqrt(s->squares / (s->count - 1.0)) : 0.0;
}

typedef struct fold_results {
    spread loss, accuracy;
    int has_classes;
} fold_results;

/* Selects the rows order[begin..end-1] for validation and all others for training. */
static lw_status select_rows(const lw_dataset *all, const size_t *order, size_t begin, size_t end,
                             train_run *fold)
{
    const size_t kept = all->rows - (end - begin);
    size_t *others = calloc(kept, sizeof *others);
    if (others == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the rows of a fold");
    memcpy(others, order, begin * sizeof *others);
    memcpy(others + begin, order + end, (all->rows - end) * sizeof *others);
    lw_status status = lw_dataset_select(all, kept, others, &fold->training);
    if (status == LW_OK)
        status = lw_dataset_select(all, end - begin, order + begin, &fold->validation);
    free(others);
    return status;
}

static void print_fold(const train_run *run, size_t number, const lw_evaluation *result)
{
    if (run->options.quiet)
        return;
    printf("fold %zu/%zu  test loss %.4f", number, run->options.folds, result->loss);
    if (result->classes > 0)
        printf("  accuracy %.2f %%", 100.0 * result->accuracy);
    putchar('\n');
    fflush(stdout);
}

static lw_status train_fold(train_run *fold, size_t number, fold_results *results)
{
    lw_evaluation result;
    lw_status status = train_network_create(fold);
    if (status == LW_OK)
        status = train_fit(fold);
    if (status == LW_OK && interrupt_number != 0)
        return LW_OK;
    if (status == LW_OK)
        status = lw_evaluate(fold->net, &fold->validation, (lw_loss)fold->options.loss, &result);
    if (status != LW_OK)
        return status;
    print_fold(fold, number, &result);
    add(&results->loss, result.loss);
    results->has_classes = result.classes > 0;
    if (results->has_classes)
        add(&results->accuracy, 100.0 * result.accuracy);
    lw_evaluation_free(&result);
    return LW_OK;
}

static lw_status run_fold(const train_run *run, const size_t *order, size_t number,
                          fold_results *results)
{
    const size_t rows = run->training.rows, folds = run->options.folds;
    train_run fold = *run; /* shares options and group; owns data and network */
    fold.training = fold.validation = (lw_dataset){0};
    fold.net = NULL;
    /* Without overflow: the first rows % folds parts have one row more. */
    const size_t size = rows / folds, longer = rows % folds;
    const size_t begin = number * size + (number < longer ? number : longer);
    const size_t end = begin + size + (number < longer);
    fold.rows = rows - (end - begin);
    fold.progress = progress_begin(1, 0);
    lw_status status = select_rows(&run->training, order, begin, end, &fold);
    if (status == LW_OK)
        status = train_fold(&fold, number + 1, results);
    lw_net_destroy(fold.net);
    lw_dataset_free(&fold.validation);
    lw_dataset_free(&fold.training);
    return status;
}

static void print_results(const fold_results *results)
{
    printf("%.0f folds  test loss %.4f +- %.4f", results->loss.count, results->loss.mean,
           deviation(&results->loss));
    if (results->has_classes)
        printf("  accuracy %.2f +- %.2f %%", results->accuracy.mean, deviation(&results->accuracy));
    putchar('\n');
}

lw_status folds_run(train_run *run)
{
    const size_t folds = run->options.folds;
    if (run->group.count > 1)
        return lw_fail(LW_EINVAL, "--folds runs in one process, without mpirun");
    lw_status status = train_data_open(run);
    if (status == LW_OK && run->training.rows < folds)
        status = lw_fail(LW_EDATA, "--folds %zu needs at least as many rows; there are %zu", folds,
                         run->training.rows);
    if (status != LW_OK)
        return status;
    /* All folds use one batch size and number of epochs, those of the smallest training part. */
    run->rows = run->training.rows - (run->training.rows + folds - 1) / folds;
    train_defaults_set(run);
    train_defaults_print(run);
    size_t *order = NULL;
    fold_results results = {0};
    status = row_order(run->training.rows, run->options.seed, &order);
    for (size_t i = 0; i < folds && status == LW_OK && interrupt_number == 0; i++)
        status = run_fold(run, order, i, &results);
    free(order);
    if (status == LW_OK && interrupt_number == 0)
        print_results(&results);
    return status;
}
