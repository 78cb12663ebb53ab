#include "folds.h"

#include "class_weights.h"
#include "interrupt.h"
#include "table_data.h"
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
    spread loss, score; /* score: accuracy in per cent, or R2 */
    int has_classes;
} fold_results;

/* Where the rows of the folds come from. */
typedef struct fold_source {
    lw_table *table; /* NULL: the rows are those of run->training */
    size_t rows;
    size_t *order; /* row numbers at random, twice, so that the rows of each fold and those behind
                      it are consecutive */
} fold_source;

/* Selects the training and the validation rows of arrays. */
static lw_status select_rows(const lw_dataset *all, const row_split *parts, train_run *fold)
{
    const lw_status status = lw_dataset_select(all, parts->training, parts->rows, &fold->training);
    return status == LW_OK ? lw_dataset_select(all, parts->validation,
                                               parts->rows + parts->training, &fold->validation)
                           : status;
}

/* The mean over the outputs. */
static double mean_r2(const lw_net *net, const lw_evaluation *result)
{
    double sum = 0.0;
    for (size_t j = 0; j < lw_net_outputs(net); j++)
        sum += result->errors[j].r2;
    return sum / (double)lw_net_outputs(net);
}

static void print_fold(const train_run *fold, size_t number, const lw_evaluation *result)
{
    printf("fold %zu/%zu  test loss %.4f", number, fold->options.folds, result->loss);
    if (result->classes > 0)
        printf("  accuracy %.2f %%\n", 100.0 * result->accuracy);
    else
        printf("  R2 %.4f\n", mean_r2(fold->net, result));
    fflush(stdout);
}

static lw_status train_fold(train_run *fold, int is_quiet, size_t number, fold_results *results)
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
    if (!is_quiet)
        print_fold(fold, number, &result);
    add(&results->loss, result.loss);
    results->has_classes = result.classes > 0;
    add(&results->score,
        results->has_classes ? 100.0 * result.accuracy : mean_r2(fold->net, &result));
    lw_evaluation_free(&result);
    return LW_OK;
}

static lw_status run_fold(const train_run *run, const fold_source *source, size_t number,
                          fold_results *results)
{
    const size_t rows = source->rows, folds = run->options.folds;
    train_run fold = *run; /* shares options and group; owns data, schema and network */
    fold.training = fold.validation = (lw_dataset){0};
    fold.net = NULL;
    fold.options.quiet = 1;
    /* Without overflow: the first rows % folds parts have one row more. */
    const size_t size = rows / folds, longer = rows % folds;
    const size_t begin = number * size + (number < longer ? number : longer);
    const size_t end = begin + size + (number < longer);
    const row_split parts = {source->order + end, rows - (end - begin), end - begin};
    fold.rows = parts.training;
    fold.progress = progress_begin(1, 0);
    lw_status status;
    if (source->table != NULL) {
        fold.schema = NULL;
        status = table_encode_split(&fold.source, fold.options.output, source->table, &parts,
                                    &fold.schema, &fold.training, &fold.validation);
    } else {
        status = select_rows(&run->training, &parts, &fold);
    }
    if (status == LW_OK)
        status = class_weights_apply(&fold);
    if (status == LW_OK)
        status = train_fold(&fold, run->options.quiet, number + 1, results);
    lw_net_destroy(fold.net);
    class_weights_remove(&fold);
    lw_dataset_free(&fold.validation);
    lw_dataset_free(&fold.training);
    if (source->table != NULL)
        lw_schema_free(fold.schema);
    return status;
}

static void print_results(const fold_results *results)
{
    const spread *score = &results->score;
    printf("%.0f folds  test loss %.4f +- %.4f", results->loss.count, results->loss.mean,
           deviation(&results->loss));
    if (results->has_classes)
        printf("  accuracy %.2f +- %.2f %%\n", score->mean, deviation(score));
    else
        printf("  R2 %.4f +- %.4f\n", score->mean, deviation(score));
}

/* Reads the table. A schema of all rows, for the description and the task, is left in run. */
static lw_status open_table(train_run *run, fold_source *source)
{
    lw_status status = data_options_set_rank(&run->source, &run->group);
    data_options_set_batch(&run->source, &run->group, LW_FULL_BATCH);
    if (status == LW_OK)
        status = table_read(&run->source, run->source.csv, NULL, &source->table);
    if (status != LW_OK)
        return status;
    run->facts = table_facts_of(source->table);
    source->rows = lw_table_rows(source->table);
    status = table_encode_split(&run->source, run->options.output, source->table, &(row_split){0},
                                &run->schema, &run->training, &run->validation);
    if (status == LW_OK)
        run->source.task = (int)lw_schema_task(run->schema);
    return status;
}

static lw_status open_source(train_run *run, fold_source *source)
{
    const size_t folds = run->options.folds;
    lw_status status = run->source.csv != NULL ? open_table(run, source) : train_data_open(run);
    if (status != LW_OK)
        return status;
    source->rows = run->training.rows;
    if (source->rows < folds)
        return lw_fail(LW_EDATA, "--folds %zu needs at least as many rows; there are %zu", folds,
                       source->rows);
    source->order = calloc(2 * source->rows, sizeof *source->order);
    if (source->order == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", source->rows);
    size_t first;
    status = lw_split_rows(source->rows, 0.0, run->options.seed, source->order, &first);
    memcpy(source->order + source->rows, source->order, source->rows * sizeof *source->order);
    return status;
}

static lw_status run_folds(train_run *run, const fold_source *source)
{
    const size_t folds = run->options.folds, rows = source->rows;
    fold_results results = {0};
    /* All folds use one batch size and number of epochs, those of the smallest training part. */
    run->rows = rows - (rows + folds - 1) / folds;
    train_defaults_set(run);
    train_describe(run);
    train_defaults_print(run);
    lw_status status = LW_OK;
    for (size_t i = 0; i < folds && status == LW_OK && interrupt_number == 0; i++)
        status = run_fold(run, source, i, &results);
    if (status == LW_OK && interrupt_number == 0)
        print_results(&results);
    return status;
}

lw_status folds_run(train_run *run)
{
    fold_source source = {0};
    if (run->group.count > 1)
        return lw_fail(LW_EINVAL, "--folds runs in one process, without mpirun");
    lw_status status = open_source(run, &source);
    if (status == LW_OK)
        status = run_folds(run, &source);
    free(source.order);
    lw_table_free(source.table);
    return status;
}
