/* The misclassified rows of highest confidence. */
#include "page.h"
#include "report_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PICTURES_MAX = 100,
    PIXELS_MAX = 400000, /* of all pictures; half a megabyte of the page */
    SIDE_MIN = 8,        /* shorter rows are not treated as pictures */
    TABLE_ROWS_MAX = 50,
    TABLE_COLUMNS_MAX = 32,
    CHUNK = 1024, /* rows per call of lw_predict */
};

typedef struct mistake {
    size_t row;
    int32_t truth, predicted;
    float truth_score, predicted_score; /* outputs; probabilities for softmax and sigmoid */
    float margin;                       /* of the wrong class over the true one */
} mistake;

/* The mistakes of largest margin, in descending order. */
typedef struct mistakes {
    size_t count, capacity;
    mistake items[PICTURES_MAX];
} mistakes;

/* The side of square pictures; 0 if the rows are not pictures. */
static size_t picture_side(const report_run *run)
{
    const size_t inputs = report_rows(run)->inputs;
    size_t side = 1;
    while (side * side < inputs && side * side <= PIXELS_MAX)
        side++;
    if (side * side != inputs)
        return 0;
    return run->source->data != NULL || side >= SIDE_MIN ? side : 0;
}

static mistake describe_mistake(const lw_net *net, const lw_dataset *data, size_t row,
                                const float *y)
{
    const size_t outputs = lw_net_outputs(net);
    if (outputs == 1) {
        /* The output is the score of class 1. */
        const int is_probability = report_has_probabilities(net);
        const float threshold = lw_net_threshold(net);
        const int32_t predicted = y[0] > threshold, truth = 1 - predicted;
        const float zero = is_probability ? 1.0f - y[0] : y[0];
        return (mistake){.row = row,
                         .truth = truth,
                         .predicted = predicted,
                         .truth_score = truth == 1 ? y[0] : zero,
                         .predicted_score = predicted == 1 ? y[0] : zero,
                         .margin = fabsf(y[0] - threshold)};
    }
    const int32_t truth = lw_dataset_class(data, row);
    size_t largest = 0;
    for (size_t j = 1; j < outputs; j++)
        if (y[j] > y[largest])
            largest = j;
    return (mistake){.row = row,
                     .truth = truth,
                     .predicted = (int32_t)largest,
                     .truth_score = y[truth],
                     .predicted_score = y[largest],
                     .margin = y[largest] - y[truth]};
}

static void keep(mistakes *worst, const mistake *m)
{
    if (worst->count == worst->capacity && !(m->margin > worst->items[worst->count - 1].margin))
        return;
    size_t i = worst->count < worst->capacity ? worst->count++ : worst->count - 1;
    for (; i > 0 && worst->items[i - 1].margin < m->margin; i--)
        worst->items[i] = worst->items[i - 1];
    worst->items[i] = *m;
}

/* Works in chunks of rows to bound the memory for outputs. */
static lw_status find_worst(const report_run *run, mistakes *worst)
{
    const lw_dataset *data = report_rows(run);
    const lw_evaluation *e = run->result;
    const size_t wrong = e->misclassified_count, outputs = lw_net_outputs(run->net);
    const size_t chunk = wrong < CHUNK ? wrong : CHUNK;
    float *x = calloc(chunk + 1, data->inputs * sizeof *x);
    float *y = calloc(chunk + 1, outputs * sizeof *y);
    lw_status status = LW_OK;
    if (x == NULL || y == NULL)
        status = lw_fail(LW_ENOMEM, "no memory for the misclassified rows");
    for (size_t begin = 0; begin < wrong && status == LW_OK; begin += chunk) {
        const size_t rows = wrong - begin < chunk ? wrong - begin : chunk;
        for (size_t i = 0; i < rows; i++)
            memcpy(x + i * data->inputs, data->x + e->misclassified[begin + i] * data->inputs,
                   data->inputs * sizeof *x);
        status = lw_predict(run->net, rows, x, y);
        for (size_t i = 0; i < rows && status == LW_OK; i++) {
            const mistake m =
                describe_mistake(run->net, data, e->misclassified[begin + i], y + i * outputs);
            keep(worst, &m);
        }
    }
    free(x);
    free(y);
    return status;
}

/* Grey levels from 0, or the smallest value, to 1, or the largest value. */
static json_t *pictures_of(const lw_dataset *data, const mistakes *worst, size_t side)
{
    const size_t pixels = side * side;
    double low = 0.0, high = 1.0; /* double: the difference of two floats may overflow */
    for (size_t i = 0; i < worst->count; i++)
        for (size_t j = 0; j < pixels; j++) {
            const double value = (double)data->x[worst->items[i].row * pixels + j];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    unsigned char *bytes = calloc(worst->count * pixels + 1, 1);
    if (bytes == NULL)
        return NULL;
    for (size_t i = 0; i < worst->count; i++)
        for (size_t j = 0; j < pixels; j++) {
            const double value = (double)data->x[worst->items[i].row * pixels + j];
            bytes[i * pixels + j] = (unsigned char)(255.0 * (value - low) / (high - low) + 0.5);
        }
    json_t *part = json_pack("{s:I, s:o}", "side", (json_int_t)side, "pixels",
                             report_base64(bytes, worst->count * pixels));
    free(bytes);
    return part;
}

static json_t *inputs_of(const lw_dataset *data, const mistakes *worst, size_t columns)
{
    json_t *rows = json_array();
    int failed = 0;
    for (size_t i = 0; i < worst->count; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < columns; j++)
            failed |= json_array_append_new(
                row, page_number((double)data->x[worst->items[i].row * data->inputs + j]));
        failed |= json_array_append_new(rows, row);
    }
    if (failed) {
        json_decref(rows);
        return NULL;
    }
    return rows;
}

static json_t *examples_of(const report_run *run, const mistakes *worst, size_t side)
{
    const lw_dataset *data = report_rows(run);
    json_t *rows = json_array(), *truth = json_array(), *predicted = json_array();
    json_t *truth_score = json_array(), *predicted_score = json_array();
    int failed = 0;
    for (size_t i = 0; i < worst->count; i++) {
        const mistake *m = &worst->items[i];
        failed |= json_array_append_new(rows, json_integer((json_int_t)m->row));
        failed |= json_array_append_new(truth, json_integer(m->truth));
        failed |= json_array_append_new(predicted, json_integer(m->predicted));
        failed |= json_array_append_new(truth_score, page_number((double)m->truth_score));
        failed |= json_array_append_new(predicted_score, page_number((double)m->predicted_score));
    }
    const size_t columns = data->inputs < TABLE_COLUMNS_MAX ? data->inputs : TABLE_COLUMNS_MAX;
    json_t *part =
        json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}", "probabilities",
                  report_has_probabilities(run->net), "rows", rows, "truth", truth, "predicted",
                  predicted, "truth_score", truth_score, "predicted_score", predicted_score);
    if (side > 0) {
        failed |= json_object_set_new(part, "pictures", pictures_of(data, worst, side));
    } else {
        failed |= json_object_set_new(part, "names", report_input_names(data, columns));
        failed |= json_object_set_new(part, "inputs", inputs_of(data, worst, columns));
    }
    if (failed) {
        json_decref(part);
        return NULL;
    }
    return part;
}

lw_status report_examples(const report_run *run, json_t **part)
{
    if (run->result->classes == 0) {
        *part = json_null();
        return LW_OK;
    }
    const size_t side = picture_side(run);
    mistakes worst = {.capacity = TABLE_ROWS_MAX};
    if (side > 0) {
        const size_t fitting = PIXELS_MAX / (side * side);
        worst.capacity = fitting < PICTURES_MAX ? fitting : PICTURES_MAX;
    }
    const lw_status status = find_worst(run, &worst);
    if (status != LW_OK)
        return status;
    *part = examples_of(run, &worst, side);
    return *part != NULL ? LW_OK : lw_fail(LW_ENOMEM, "no memory for the report");
}
