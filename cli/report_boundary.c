/* The decision boundary: rows and a grid of predictions, for networks with two inputs. */
#include "page.h"
#include "report_parts.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum {
    POINTS_MAX = 1500, /* of correct rows, and of misclassified rows */
    GRID = 160,        /* predictions along each side of the plane */
    GRID_CLASSES = 256 /* one byte per class */
};

typedef struct plane {
    float low[2], high[2];
} plane;

/* The range of the rows, extended by a twentieth on each side. */
static plane plane_around(const lw_dataset *data)
{
    plane p = {{data->x[0], data->x[1]}, {data->x[0], data->x[1]}};
    for (size_t i = 0; i < data->rows; i++)
        for (size_t j = 0; j < 2; j++) {
            p.low[j] = fminf(p.low[j], data->x[2 * i + j]);
            p.high[j] = fmaxf(p.high[j], data->x[2 * i + j]);
        }
    for (size_t j = 0; j < 2; j++) {
        /* Halved, because the difference of two floats may overflow. */
        const float half = 0.5f * p.high[j] - 0.5f * p.low[j];
        const float margin = half > 0.0f ? 0.1f * half : 0.5f + 0.1f * fabsf(p.low[j]);
        p.low[j] = fmaxf(p.low[j] - margin, -FLT_MAX);
        p.high[j] = fminf(p.high[j] + margin, FLT_MAX);
    }
    return p;
}

/* Adds a sample of the misclassified rows, or of the correct ones, to rows. */
static int sample_rows(const lw_evaluation *e, size_t count, int wrong, json_t *rows)
{
    const size_t all = wrong ? e->misclassified_count : count - e->misclassified_count;
    const size_t stride = (all + POINTS_MAX - 1) / POINTS_MAX;
    size_t next_wrong = 0, seen = 0;
    int failed = 0;
    for (size_t row = 0; row < count; row++) {
        const int is_wrong =
            next_wrong < e->misclassified_count && e->misclassified[next_wrong] == row;
        next_wrong += (size_t)is_wrong;
        if (is_wrong == wrong && seen++ % stride == 0)
            failed |= json_array_append_new(rows, json_integer((json_int_t)row));
    }
    return failed;
}

static lw_status points_of(const report_run *run, const json_t *rows, json_t *part)
{
    const lw_dataset *data = report_rows(run);
    json_t *x = json_array(), *y = json_array(), *truth = json_array(), *predicted = json_array();
    lw_status status = LW_OK;
    int failed = 0;
    for (size_t i = 0; i < json_array_size(rows) && status == LW_OK; i++) {
        const size_t row = (size_t)json_integer_value(json_array_get(rows, i));
        const float *point = data->x + 2 * row;
        int32_t label = 0;
        status = lw_classify(run->net, 1, point, &label);
        failed |= json_array_append_new(x, page_number((double)point[0]));
        failed |= json_array_append_new(y, page_number((double)point[1]));
        failed |= json_array_append_new(truth, json_integer(lw_dataset_class(data, row)));
        failed |= json_array_append_new(predicted, json_integer(label));
    }
    failed |= json_object_set_new(part, "x", x);
    failed |= json_object_set_new(part, "y", y);
    failed |= json_object_set_new(part, "truth", truth);
    failed |= json_object_set_new(part, "predicted", predicted);
    if (status == LW_OK && failed)
        status = lw_fail(LW_ENOMEM, "no memory for the report");
    return status;
}

/* The predicted class and its margin over the second, as bytes. */
static void classify_outputs(const lw_net *net, const float *y, unsigned char *klass,
                             unsigned char *margin)
{
    const size_t outputs = lw_net_outputs(net);
    float difference;
    if (outputs == 1) {
        *klass = y[0] > lw_net_threshold(net);
        difference = 2.0f * fabsf(y[0] - lw_net_threshold(net));
    } else {
        size_t first = 0;
        float second = -INFINITY;
        for (size_t j = 1; j < outputs; j++) {
            if (y[j] > y[first]) {
                second = y[first];
                first = j;
            } else {
                second = fmaxf(second, y[j]);
            }
        }
        *klass = (unsigned char)first;
        difference = y[first] - second;
    }
    *margin = (unsigned char)(255.0f * fminf(difference, 1.0f) + 0.5f);
}

/* Predicts the grid row by row, from the top. */
static lw_status predict_grid(const lw_net *net, const plane *p, float *x, float *y,
                              unsigned char *classes, unsigned char *margins)
{
    const size_t outputs = lw_net_outputs(net);
    for (size_t row = 0; row < GRID; row++) {
        const float down = ((float)row + 0.5f) / GRID;
        for (size_t column = 0; column < GRID; column++) {
            const float across = ((float)column + 0.5f) / GRID;
            x[2 * column] = p->low[0] * (1.0f - across) + p->high[0] * across;
            x[2 * column + 1] = p->high[1] * (1.0f - down) + p->low[1] * down;
        }
        const lw_status status = lw_predict(net, GRID, x, y);
        if (status != LW_OK)
            return status;
        for (size_t column = 0; column < GRID; column++)
            classify_outputs(net, y + column * outputs, classes + row * GRID + column,
                             margins + row * GRID + column);
    }
    return LW_OK;
}

static lw_status grid_of(const report_run *run, const plane *p, json_t *part)
{
    if (run->result->classes > GRID_CLASSES)
        return LW_OK;
    float x[2 * GRID];
    unsigned char classes[GRID * GRID], margins[GRID * GRID];
    float *y = calloc(GRID, lw_net_outputs(run->net) * sizeof *y);
    if (y == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the report");
    lw_status status = predict_grid(run->net, p, x, y, classes, margins);
    free(y);
    if (status == LW_OK &&
        (json_object_set_new(part, "grid_classes", report_base64(classes, sizeof classes)) |
         json_object_set_new(part, "grid_margins", report_base64(margins, sizeof margins))) != 0)
        status = lw_fail(LW_ENOMEM, "no memory for the report");
    return status;
}

lw_status report_boundary(const report_run *run, json_t **part)
{
    const lw_dataset *data = report_rows(run);
    if (run->result->classes == 0 || data->inputs != 2) {
        *part = json_null();
        return LW_OK;
    }
    const plane p = plane_around(data);
    json_t *rows = json_array();
    json_t *section = json_pack("{s:i, s:o, s:[f, f], s:[f, f]}", "size", GRID, "names",
                                report_input_names(data, 2), "x_range", (double)p.low[0],
                                (double)p.high[0], "y_range", (double)p.low[1], (double)p.high[1]);
    lw_status status = LW_OK;
    if ((sample_rows(run->result, report_rows(run)->rows, 0, rows) |
         sample_rows(run->result, report_rows(run)->rows, 1, rows)) != 0)
        status = lw_fail(LW_ENOMEM, "no memory for the report");
    if (status == LW_OK)
        status = points_of(run, rows, section);
    if (status == LW_OK)
        status = grid_of(run, &p, section);
    json_decref(rows);
    if (status != LW_OK) {
        json_decref(section);
        return status;
    }
    *part = section;
    return LW_OK;
}
