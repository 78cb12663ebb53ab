/* Rules for inferring schemas that tables and arrays share. */
#include "schema.h"

#include <math.h>
#include <strings.h>

/* Constants are found by comparing values: the mean of equal values may be rounded, so that their
 * deviations are not exactly 0. */
lw_moments lw_measure_numbers(const double *numbers, const size_t *rows, size_t row_count)
{
    lw_moments m = {0};
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < row_count; i++) {
        const double number = numbers[rows ? rows[i] : i];
        if (isnan(number))
            continue;
        sum += number;
        m.minimum = m.count == 0 ? number : fmin(m.minimum, number);
        m.maximum = m.count == 0 ? number : fmax(m.maximum, number);
        m.count++;
    }
    if (m.count == 0)
        return m;
    m.mean = sum / (double)m.count;
    for (size_t i = 0; i < row_count; i++) {
        const double difference = numbers[rows ? rows[i] : i] - m.mean;
        if (!isnan(difference))
            squares += difference * difference;
    }
    if (m.minimum < m.maximum && squares > 0.0)
        m.deviation = sqrt(squares / (double)(m.count - 1));
    return m;
}

int lw_looks_like_classes(const lw_values *values, size_t rows)
{
    enum { MAX_CLASSES = 20 };
    if (values->count < 2 || values->count > MAX_CLASSES || values->count > rows / 2)
        return 0;
    for (size_t i = 0; i < values->count && values->numbers; i++)
        if (values->numbers[i] != floor(values->numbers[i]))
            return 0;
    return 1;
}

lw_status lw_check_classes(const char *subject, const char *target, size_t classes, size_t rows)
{
    if (classes < 2)
        return lw_fail(LW_EDATA,
                       "%s: all rows have the same class of '%.40s'; a classification needs two",
                       subject, target);
    if (classes > 2 && classes > rows / 2 + rows % 2)
        return lw_fail(LW_EDATA,
                       "%s: the target '%.40s' has %zu classes in %zu rows, more than half of the "
                       "rows; a target of numbers can be learnt as a regression",
                       subject, target, classes, rows);
    return LW_OK;
}

int lw_boolean_of(const char *text)
{
    static const char *const texts[2][3] = {{"false", "no", "0"}, {"true", "yes", "1"}};
    for (int value = 0; value < 2; value++)
        for (int i = 0; i < 3; i++)
            if (strcasecmp(text, texts[value][i]) == 0)
                return value;
    return -1;
}
