/* The final loss, accuracy and confusion matrix. */
#include "page.h"
#include "report_parts.h"

#include <string.h>

enum {
    MATRIX_MAX = 100,     /* most classes with a complete matrix */
    CLASSES_MAX = 1000,   /* most classes with a table row each */
    CONFUSIONS_MAX = 30,  /* most frequent confusions shown */
    CONFUSION_FIELDS = 4, /* true class, predicted class, rows, rows of the true class */
};

static const char *const fashion_classes[] = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                              "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                              "Bag",         "Ankle boot"};
enum { FASHION_CLASSES = sizeof fashion_classes / sizeof *fashion_classes };

/* --data also reads other data in the same format, such as MNIST: recognises the first labels. */
static int is_fashion_mnist(const report_run *run)
{
    static const int32_t first_labels[] = {9, 2, 1, 1, 6, 1, 4, 6, 5, 7};
    const lw_dataset *test = run->validation;
    return run->source->data != NULL && test != NULL && run->result->classes == FASHION_CLASSES &&
           test->rows >= FASHION_CLASSES &&
           memcmp(test->target.labels, first_labels, sizeof first_labels) == 0;
}

static json_t *class_names(const report_run *run)
{
    const lw_dataset *data = report_rows(run);
    const char *const *known = is_fashion_mnist(run) ? fashion_classes : data->class_names;
    /* With a single text in the target column, the second class has no name. */
    if (known == NULL || (known == data->class_names && data->outputs != run->result->classes) ||
        run->result->classes > CLASSES_MAX)
        return json_null();
    json_t *names = json_array();
    int failed = 0;
    for (size_t i = 0; i < run->result->classes; i++)
        failed |= json_array_append_new(names, page_text(known[i]));
    if (failed) {
        json_decref(names);
        return NULL;
    }
    return names;
}

static json_t *counts(const size_t *count, size_t n)
{
    json_t *array = json_array();
    int failed = 0;
    for (size_t i = 0; i < n; i++)
        failed |= json_array_append_new(array, json_integer((json_int_t)count[i]));
    if (failed) {
        json_decref(array);
        return NULL;
    }
    return array;
}

/* The sum of n counts with a stride. */
static size_t sum(const size_t *count, size_t n, size_t stride)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += count[i * stride];
    return total;
}

typedef enum class_count { SUPPORT, PREDICTED, HITS } class_count;

/* One number per class; null if there are too many classes. */
static json_t *class_counts(const lw_evaluation *e, class_count which)
{
    if (e->classes == 0 || e->classes > CLASSES_MAX)
        return json_null();
    size_t count[CLASSES_MAX];
    for (size_t i = 0; i < e->classes; i++)
        count[i] = which == SUPPORT     ? sum(e->confusion + i * e->classes, e->classes, 1)
                   : which == PREDICTED ? sum(e->confusion + i, e->classes, e->classes)
                                        : e->confusion[i * e->classes + i];
    return counts(count, e->classes);
}

static json_t *confusion_matrix(const lw_evaluation *e)
{
    if (e->classes == 0 || e->classes > MATRIX_MAX)
        return json_null();
    return counts(e->confusion, e->classes * e->classes);
}

/* In descending order; ties in matrix order. */
static json_t *top_confusions(const lw_evaluation *e)
{
    size_t cells[CONFUSIONS_MAX] = {0};
    size_t found = 0;
    for (size_t cell = 0; e->confusion != NULL && cell < e->classes * e->classes; cell++) {
        const size_t count = e->confusion[cell];
        if (cell / e->classes == cell % e->classes || count == 0 ||
            (found == CONFUSIONS_MAX && count <= e->confusion[cells[found - 1]]))
            continue;
        size_t i = found < CONFUSIONS_MAX ? found++ : found - 1;
        for (; i > 0 && e->confusion[cells[i - 1]] < count; i--)
            cells[i] = cells[i - 1];
        cells[i] = cell;
    }

    json_t *array = json_array();
    int failed = 0;
    for (size_t i = 0; i < found; i++) {
        const size_t truth = cells[i] / e->classes;
        const size_t fields[CONFUSION_FIELDS] = {
            truth, cells[i] % e->classes, e->confusion[cells[i]],
            sum(e->confusion + truth * e->classes, e->classes, 1)};
        failed |= json_array_append_new(array, counts(fields, CONFUSION_FIELDS));
    }
    if (failed) {
        json_decref(array);
        return NULL;
    }
    return array;
}

json_t *report_result(const report_run *run)
{
    const lw_evaluation *e = run->result;
    return json_pack(
        "{s:s, s:I, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "on",
        run->validation != NULL ? "validation" : "training", "rows", (json_int_t)e->rows, "loss",
        page_number(e->loss), "accuracy", page_number(e->accuracy), "classes",
        (json_int_t)e->classes, "correct", (json_int_t)e->correct, "names", class_names(run),
        "confusion", confusion_matrix(e), "support", class_counts(e, SUPPORT), "predicted",
        class_counts(e, PREDICTED), "hits", class_counts(e, HITS), "confusions", top_confusions(e));
}
