#define _XOPEN_SOURCE 700
#include "sparkline.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <string.h>

enum { LEVELS = 8 };

static const char *const levels[][LEVELS] = {
    [SPARKLINE_ASCII] = {".", ":", "-", "=", "+", "*", "#", "@"},
    [SPARKLINE_BLOCKS] = {"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587",
                          "\u2588"},
};

sparkline_form sparkline_form_of_locale(void)
{
    /* Without setlocale, which would change how numbers are read and written. */
    const locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0)
        return SPARKLINE_ASCII;
    const int utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8 ? SPARKLINE_BLOCKS : SPARKLINE_ASCII;
}

static int level_of(double value, double least, double most)
{
    if (most <= least)
        return LEVELS / 2 - 1;
    /* Halves, because the distance of two finite numbers need not be one. */
    const double height = (0.5 * value - 0.5 * least) / (0.5 * most - 0.5 * least);
    return (int)lround(height * (LEVELS - 1));
}

void sparkline_print(FILE *file, sparkline_form form, size_t count, const double *values)
{
    double least = (double)INFINITY, most = -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            continue;
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    for (size_t i = 0; i < count; i++)
        fputs(isfinite(values[i]) ? levels[form][level_of(values[i], least, most)] : " ", file);
}
