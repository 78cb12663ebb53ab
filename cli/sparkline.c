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
    /* Not setlocale, which would change the decimal point of strtod and printf. */
    const locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0)
        return SPARKLINE_ASCII;
    const int utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8 ? SPARKLINE_BLOCKS : SPARKLINE_ASCII;
}

static int level_of(double value, double min, double max)
{
    if (max <= min)
        return LEVELS / 2 - 1;
    /* Halved, because the difference of two finite numbers may overflow. */
    const double height = (0.5 * value - 0.5 * min) / (0.5 * max - 0.5 * min);
    return (int)lround(height * (LEVELS - 1));
}

void sparkline_print(FILE *file, sparkline_form form, size_t count, const double *values)
{
    double min = (double)INFINITY, max = -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            continue;
        min = fmin(min, values[i]);
        max = fmax(max, values[i]);
    }
    for (size_t i = 0; i < count; i++)
        fputs(isfinite(values[i]) ? levels[form][level_of(values[i], min, max)] : " ", file);
}
