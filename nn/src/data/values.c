/* Lists of distinct values: collection, search, numbers as texts. */
#include "values.h"
#include "base/memory.h"
#include "base/string_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 32 };

/* ---- Numbers as texts --------------------------------------------------------------------- */

/* Formats with a point in every locale. */
static void format_digits(char text[NUMBER_BYTES], int digits, double number)
{
    snprintf(text, NUMBER_BYTES, "%.*g", digits, number);
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
}

/* The shortest text that is read back as the same number. */
static void format_number(char text[NUMBER_BYTES], double number)
{
    enum { MAX_DIGITS = 17, WHOLE_DIGITS = 15 };
    if (number == floor(number) && fabs(number) < 1e15) {
        format_digits(text, WHOLE_DIGITS, number == 0.0 ? 0.0 : number);
        return;
    }
    double read = 0.0;
    for (int digits = 1; digits <= MAX_DIGITS; digits++) {
        format_digits(text, digits, number);
        if (lw_parse_number(text, &read) && read == number)
            return;
    }
}

/* ---- Lists -------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

lw_status lw_values_from_texts(const char *subject, const char *const *texts, size_t count,
                               lw_values *values)
{
    *values = (lw_values){.count = count, .texts = lw_string_list_copy(count, texts)};
    return values->texts ? LW_OK : lw_no_memory(subject, "the values of a column");
}

lw_status lw_values_from_numbers(const char *subject, const double *numbers, size_t count,
                                 lw_values *values)
{
    char(*formatted)[NUMBER_BYTES] = calloc(count + 1, sizeof *formatted);
    lw_string *strings = calloc(count + 1, sizeof *strings);
    *values = (lw_values){.count = count, .numbers = calloc(count + 1, sizeof *values->numbers)};
    if (formatted && strings && values->numbers) {
        for (size_t i = 0; i < count; i++) {
            format_number(formatted[i], numbers[i]);
            strings[i].text = formatted[i];
        }
        if (count > 0)
            memcpy(values->numbers, numbers, count * sizeof *numbers);
        values->texts = lw_string_list_create(count, strings);
    }
    free(formatted);
    free(strings);
    if (values->texts)
        return LW_OK;
    lw_values_free(values);
    return lw_no_memory(subject, "the values of a column");
}

lw_status lw_values_of_numbers(const char *subject, const double *numbers, size_t count,
                               lw_values *values)
{
    double *sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return lw_no_memory(subject, "the values of a column");
    if (count > 0)
        memcpy(sorted, numbers, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_numbers);
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || sorted[i] != sorted[distinct - 1])
            sorted[distinct++] = sorted[i];
    const lw_status status = lw_values_from_numbers(subject, sorted, distinct, values);
    free(sorted);
    return status;
}

static lw_status collect_numbers(const char *subject, const lw_table_column *column,
                                 const size_t *rows, size_t row_count, lw_values *values)
{
    double *present = calloc(row_count + 1, sizeof *present);
    if (!present)
        return lw_no_memory(subject, "the values of a column");
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        const double number = column->numbers[rows ? rows[i] : i];
        if (!isnan(number))
            present[count++] = number;
    }
    const lw_status status = lw_values_of_numbers(subject, present, count, values);
    free(present);
    return status;
}

lw_status lw_values_collect(const char *subject, const lw_table_column *column, const size_t *rows,
                            size_t row_count, lw_values *values)
{
    if (column->numbers)
        return collect_numbers(subject, column, rows, row_count, values);
    unsigned char *occurs = calloc(column->text_count + 1, 1);
    const char **texts = calloc(column->text_count + 1, sizeof *texts);
    lw_status status = occurs && texts ? LW_OK : lw_no_memory(subject, "the values of a column");
    size_t count = 0;
    for (size_t i = 0; i < row_count && status == LW_OK; i++) {
        const uint32_t code = column->codes[rows ? rows[i] : i];
        if (code != LW_MISSING_CODE && !occurs[code]) {
            occurs[code] = 1;
            texts[count++] = column->texts[code];
        }
    }
    if (status == LW_OK) {
        qsort(texts, count, sizeof *texts, compare_texts);
        status = lw_values_from_texts(subject, texts, count, values);
    }
    free(occurs);
    free(texts);
    return status;
}

/* ---- Search ------------------------------------------------------------------------------- */

static size_t search_number(const lw_values *values, double number)
{
    const double *found =
        bsearch(&number, values->numbers, values->count, sizeof number, compare_numbers);
    return found ? (size_t)(found - values->numbers) : LW_NO_VALUE;
}

static size_t search_text(const lw_values *values, const char *text)
{
    const char *const *found =
        bsearch(&text, values->texts, values->count, sizeof *values->texts, compare_texts);
    return found ? (size_t)(found - values->texts) : LW_NO_VALUE;
}

size_t lw_values_find_number(const lw_values *values, double number)
{
    char text[NUMBER_BYTES];
    if (values->numbers)
        return search_number(values, number);
    format_number(text, number);
    return search_text(values, text);
}

size_t lw_values_find_text(const lw_values *values, const char *text)
{
    double number;
    if (!values->numbers)
        return search_text(values, text);
    return lw_parse_number(text, &number) ? search_number(values, number) : LW_NO_VALUE;
}

void lw_values_free(lw_values *values)
{
    lw_string_list_free(values->texts);
    free(values->numbers);
    *values = (lw_values){0};
}
