/* Decimal numbers in text files, the same in every locale. */
#include "table.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Numbers of at most 15 digits and a small exponent, exactly: m and 10^k are doubles, so one
 * division rounds once (Clinger 1990). Returns 0 for other texts.
 */
static int parse_short(const char *text, double *number)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    enum { MAX_DIGITS = 15 };
    const int is_negative = *text == '-';
    const char *next = text + (*text == '-' || *text == '+');
    uint64_t mantissa = 0;
    size_t digits = 0, decimals = 0;
    int has_point = 0;
    for (; *next; next++) {
        if (*next == '.' && !has_point) {
            has_point = 1;
            continue;
        }
        if (*next < '0' || *next > '9' || digits == MAX_DIGITS)
            return 0;
        mantissa = 10 * mantissa + (uint64_t)(*next - '0');
        digits++;
        decimals += (size_t)has_point;
    }
    if (digits == 0)
        return 0;
    const double value = (double)mantissa / powers[decimals];
    *number = is_negative ? -value : value;
    return 1;
}

/* Long numbers and exponents. strtod reads the point of the process's locale. */
static int parse_long(const char *text, double *number)
{
    enum { MAX_BYTES = 512 };
    char copy[MAX_BYTES];
    const size_t length = strlen(text);
    if (length >= sizeof copy)
        return 0;
    memcpy(copy, text, length + 1);
    char *point = strchr(copy, '.');
    if (point)
        *point = *localeconv()->decimal_point;
    char *end;
    *number = strtod(copy, &end);
    return end != copy && *end == '\0' && isfinite(*number);
}

/* Checks the characters first, because strtod also accepts hexadecimal numbers and words. */
int lw_parse_number(const char *text, double *number)
{
    if (parse_short(text, number))
        return 1;
    if (*text == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
        return 0;
    return parse_long(text, number);
}
