#include "train_defaults.h"

#include <stdio.h>

/* Measured on tables of 150 to 20000 rows: docs/measurements.md, "Batch and epochs of small
 * tables". */
enum {
    SMALL_ROWS = 2000,
    SMALL_BATCH = 32,
    LARGE_BATCH = 128,
    EPOCHS_MIN = 20,
    EPOCHS_MAX = 100,
    STEPS_MIN = 300
};

size_t train_default_batch(size_t rows)
{
    return rows < SMALL_ROWS ? SMALL_BATCH : LARGE_BATCH;
}

size_t train_default_epochs(size_t rows, size_t batch)
{
    const size_t steps = rows <= batch ? 1 : rows / batch + (rows % batch != 0);
    const size_t epochs = (STEPS_MIN + steps - 1) / steps;
    return epochs < EPOCHS_MIN ? EPOCHS_MIN : epochs > EPOCHS_MAX ? EPOCHS_MAX : epochs;
}

void train_defaults_set(train_run *run)
{
    train_options *o = &run->options;
    run->chose_batch = o->batch == 0;
    run->chose_epochs = o->epochs == 0;
    if (run->chose_batch)
        o->batch = train_default_batch(run->rows);
    if (run->chose_batch && o->batch < run->group.count)
        o->batch = run->group.count; /* at least one row per process */
    if (run->chose_epochs)
        o->epochs = train_default_epochs(run->rows, o->batch);
}

void train_defaults_print(const train_run *run)
{
    const train_options *o = &run->options;
    if (o->quiet || (!run->chose_batch && !run->chose_epochs))
        return;
    printf("for %zu training rows:", run->rows);
    if (run->chose_batch)
        printf(" --batch %zu", o->batch);
    if (run->chose_epochs)
        printf(" --epochs %zu", o->epochs);
    putchar('\n');
}
