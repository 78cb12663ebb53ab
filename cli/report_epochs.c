/* The learning curves. */
#include "page.h"
#include "report_parts.h"

#include <math.h>

/* Points per curve: more than a screen has columns. */
enum { POINTS_MAX = 500 };

static const struct {
    const char *name;
    size_t field;
} curves[] = {{"train_loss", offsetof(lw_epoch_report, train_loss)},
              {"validation_loss", offsetof(lw_epoch_report, validation_loss)},
              {"validation_accuracy", offsetof(lw_epoch_report, validation_accuracy)},
              {"learning_rate", offsetof(lw_epoch_report, learning_rate)},
              {"seconds", offsetof(lw_epoch_report, seconds)},
              {"samples_per_second", offsetof(lw_epoch_report, samples_per_second)}};

/* Evenly spaced, including the first and the last epoch. */
static size_t shown_epoch(const lw_history *history, size_t points, size_t i)
{
    return points < 2 ? 0 : i * (history->count - 1) / (points - 1);
}

static json_t *best_epoch(const lw_history *history)
{
    const lw_epoch_report *best = NULL;
    for (size_t i = 0; i < history->count; i++) {
        const lw_epoch_report *epoch = &history->epochs[i];
        if (!isnan(epoch->validation_accuracy) &&
            (best == NULL || epoch->validation_accuracy > best->validation_accuracy))
            best = epoch;
    }
    if (best == NULL)
        return json_null();
    return json_pack("{s:I, s:f}", "epoch", (json_int_t)best->epoch, "accuracy",
                     best->validation_accuracy);
}

json_t *report_epochs(const report_run *run)
{
    const lw_history *history = run->history;
    const size_t points = history->count < POINTS_MAX ? history->count : POINTS_MAX;
    json_t *part = json_pack("{s:I, s:I, s:b, s:o}", "requested", (json_int_t)run->options->epochs,
                             "run", (json_int_t)history->count, "stopped", history->stopped, "best",
                             best_epoch(history));
    json_t *numbers = json_array();
    int failed = 0;
    for (size_t i = 0; i < points; i++)
        failed |= json_array_append_new(
            numbers,
            json_integer((json_int_t)history->epochs[shown_epoch(history, points, i)].epoch));
    failed |= json_object_set_new(part, "epoch", numbers);
    for (size_t c = 0; c < sizeof curves / sizeof *curves; c++) {
        json_t *curve = json_array();
        for (size_t i = 0; i < points; i++) {
            const lw_epoch_report *epoch = &history->epochs[shown_epoch(history, points, i)];
            const double *value =
                (const double *)(const void *)((const char *)epoch + curves[c].field);
            failed |= json_array_append_new(curve, page_number(*value));
        }
        failed |= json_object_set_new(part, curves[c].name, curve);
    }
    if (failed) {
        json_decref(part);
        return NULL;
    }
    return part;
}
