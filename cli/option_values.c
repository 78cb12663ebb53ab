/* Parsers for the values of options. */
#include "options.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The command never calls setlocale, so strtod and printf use a decimal point in every locale. */

static int read_u64(const char *text, uint64_t *value)
{
    /* Digits only: strtoull accepts blanks and signs, and wraps negative numbers. */
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return 0;
    errno = 0;
    const unsigned long long number = strtoull(text, NULL, 10);
    if (errno != 0)
        return 0;
    *value = number;
    return 1;
}

static int read_count(const char *text, size_t *value)
{
    uint64_t number = 0;
    /* SIZE_MAX is excluded: LW_FULL_BATCH has that value. */
    if (!read_u64(text, &number) || number == 0 || number >= SIZE_MAX)
        return 0;
    *value = (size_t)number;
    return 1;
}

static int read_real(const char *text, double *value)
{
    /* No blanks, hexadecimal numbers, "inf" or "nan". */
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0;
    char *end = NULL;
    const double number = strtod(text, &end);
    if (*end != '\0' || !(fabs(number) <= (double)FLT_MAX))
        return 0;
    *value = number;
    return 1;
}

int parse_flag(const option_spec *option, char *text, void *value)
{
    (void)option;
    (void)text;
    *(int *)value = 1;
    return 1;
}

int parse_text(const option_spec *option, char *text, void *value)
{
    (void)option;
    *(const char **)value = text;
    return 1;
}

int parse_count(const option_spec *option, char *text, void *value)
{
    (void)option;
    return read_count(text, value);
}

int parse_threads(const option_spec *option, char *text, void *value)
{
    (void)option;
    size_t number = 0;
    if (!read_count(text, &number) || number > INT_MAX)
        return 0;
    *(unsigned *)value = (unsigned)number;
    return 1;
}

int parse_u64(const option_spec *option, char *text, void *value)
{
    (void)option;
    return read_u64(text, value);
}

int parse_positive(const option_spec *option, char *text, void *value)
{
    (void)option;
    double number = 0.0;
    /* Compared as float: a smaller number rounds to 0. */
    if (!read_real(text, &number) || !((float)number > 0.0f))
        return 0;
    *(float *)value = (float)number;
    return 1;
}

int parse_non_negative(const option_spec *option, char *text, void *value)
{
    (void)option;
    double number = 0.0;
    if (!read_real(text, &number) || number < 0.0)
        return 0;
    *(float *)value = (float)number;
    return 1;
}

int parse_below_one(const option_spec *option, char *text, void *value)
{
    float number = 0.0f;
    if (!parse_non_negative(option, text, &number) || number >= 1.0f)
        return 0;
    *(float *)value = number;
    return 1;
}

int parse_fraction(const option_spec *option, char *text, void *value)
{
    float number = 0.0f;
    if (!parse_positive(option, text, &number) || number >= 1.0f)
        return 0;
    *(float *)value = number;
    return 1;
}

const char *choice_name(const choice *choices, int value)
{
    while (choices->value != value)
        choices++;
    return choices->name;
}

int parse_choice(const option_spec *option, char *text, void *value)
{
    for (const choice *c = option->choices; c->name != NULL; c++) {
        if (strcmp(c->name, text) == 0) {
            *(int *)value = c->value;
            return 1;
        }
    }
    return 0;
}

/* The number of comma-separated items; 0 if there are more than max. */
static size_t count_items(const char *text, size_t max)
{
    size_t items = 1;
    for (const char *c = strchr(text, ','); c != NULL; c = strchr(c + 1, ','))
        items++;
    return items <= max ? items : 0;
}

int parse_names(const option_spec *option, char *text, void *value)
{
    (void)option;
    name_list *list = value;
    const size_t length = strlen(text);
    if (length == 0 || text[0] == ',' || text[length - 1] == ',' || strstr(text, ",,") != NULL ||
        count_items(text, LIST_MAX - list->count) == 0)
        return 0;
    for (char *name = strtok(text, ","); name != NULL; name = strtok(NULL, ","))
        list->items[list->count++] = name;
    return 1;
}

int parse_sizes(const option_spec *option, char *text, void *value)
{
    (void)option;
    size_list list = {.count = 0};
    if (strcmp(text, "none") != 0) {
        if (count_items(text, LIST_MAX) == 0)
            return 0;
        for (const char *item = text; item != NULL;) {
            char digits[32];
            const size_t length = strcspn(item, ",");
            if (length >= sizeof digits)
                return 0;
            memcpy(digits, item, length);
            digits[length] = '\0';
            if (!read_count(digits, &list.items[list.count++]))
                return 0;
            item = item[length] == ',' ? item + length + 1 : NULL;
        }
    }
    *(size_list *)value = list;
    return 1;
}
