#define _DEFAULT_SOURCE /* winsize */
#include "curves.h"

#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    DEFAULT_COLUMNS = 80,
    LABEL_COLUMNS = 15,
    GAP_COLUMNS = 2,
    MIN_WIDTH = 10,
    NUMBERS_BYTES = 160
};

/* Merges pairs of bins. */
static void merge_bins(curve *c)
{
    for (size_t i = 0; i < CURVE_BINS / 2; i++) {
        c->sums[i] = c->sums[2 * i] + c->sums[2 * i + 1];
        c->finite[i] = c->finite[2 * i] + c->finite[2 * i + 1];
    }
    for (size_t i = CURVE_BINS / 2; i < CURVE_BINS; i++) {
        c->sums[i] = 0.0;
        c->finite[i] = 0;
    }
    c->epochs_per_bin *= 2;
}

/* direction: -1 if lower is better, 1 if higher is better. */
static void add(curve *c, size_t epoch, double value, double direction)
{
    if (c->epochs == 0) {
        c->epochs_per_bin = 1;
        c->first = value;
    }
    if (c->epochs == CURVE_BINS * c->epochs_per_bin)
        merge_bins(c);
    const size_t bin = c->epochs++ / c->epochs_per_bin;
    c->last = value;
    if (!isfinite(value))
        return;
    c->sums[bin] += value;
    c->finite[bin]++;
    if (c->best_epoch == 0 || direction * value > direction * c->best) {
        c->best = value;
        c->best_epoch = epoch;
    }
}

void curves_add(curves *c, const lw_epoch_report *report)
{
    add(&c->train_loss, report->epoch, report->train_loss, -1.0);
    add(&c->validation_loss, report->epoch, report->validation_loss, -1.0);
    add(&c->accuracy, report->epoch, 100.0 * report->validation_accuracy, 1.0);
}

/* Resamples the curve to at most width columns; returns their number. */
static size_t resample(const curve *c, size_t width, double *values)
{
    const size_t bins = (c->epochs + c->epochs_per_bin - 1) / c->epochs_per_bin;
    if (width > bins)
        width = bins;
    for (size_t i = 0; i < width; i++) {
        double sum = 0.0;
        size_t finite = 0;
        for (size_t bin = i * bins / width; bin < (i + 1) * bins / width; bin++) {
            sum += c->sums[bin];
            finite += c->finite[bin];
        }
        values[i] = finite > 0 ? sum / (double)finite : (double)NAN;
    }
    return width;
}

typedef struct labelled_curve {
    const curve *curve;
    const char *label;
    int digits;
    const char *unit;
} labelled_curve;

/* Formats the text after the sparkline; returns its length. */
static size_t describe(const labelled_curve *s, int with_best, char text[NUMBERS_BYTES])
{
    const curve *c = s->curve;
    size_t length = (size_t)snprintf(text, NUMBERS_BYTES, "%.*f%s -> %.*f%s", s->digits, c->first,
                                     s->unit, s->digits, c->last, s->unit);
    if (with_best && length < NUMBERS_BYTES)
        length +=
            (size_t)snprintf(text + length, NUMBERS_BYTES - length, " (best %.*f%s in epoch %zu)",
                             s->digits, c->best, s->unit, c->best_epoch);
    return length;
}

/* The columns that the longest text leaves for the sparklines; 0 if none. */
static size_t free_columns(const labelled_curve *shown, size_t count, int with_best, size_t columns)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        char text[NUMBERS_BYTES];
        const size_t length =
            LABEL_COLUMNS + 2 * GAP_COLUMNS + describe(&shown[i], with_best, text);
        used = length > used ? length : used;
    }
    return columns > used ? columns - used : 0;
}

void curves_print(FILE *file, const curves *c, sparkline_form form, size_t columns)
{
    const labelled_curve all[] = {{&c->train_loss, "training loss", 4, ""},
                                  {&c->validation_loss, "validation loss", 4, ""},
                                  {&c->accuracy, "accuracy", 2, " %"}};
    labelled_curve shown[3];
    size_t count = 0;
    for (size_t i = 0; i < 3; i++)
        if (all[i].curve->epochs > 1 && all[i].curve->best_epoch > 0)
            shown[count++] = all[i];

    const int with_best = free_columns(shown, count, 1, columns) >= MIN_WIDTH;
    size_t width = free_columns(shown, count, with_best, columns);
    if (width < MIN_WIDTH)
        width = MIN_WIDTH; /* the terminal wraps the line */
    if (width > CURVE_WIDTH)
        width = CURVE_WIDTH;
    for (size_t i = 0; i < count; i++) {
        double values[CURVE_WIDTH];
        char text[NUMBERS_BYTES];
        describe(&shown[i], with_best, text);
        fprintf(file, "%-*s%*s", LABEL_COLUMNS, shown[i].label, GAP_COLUMNS, "");
        sparkline_print(file, form, resample(shown[i].curve, width, values), values);
        fprintf(file, "%*s%s\n", GAP_COLUMNS, "", text);
    }
}

size_t curves_terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : DEFAULT_COLUMNS;
}
