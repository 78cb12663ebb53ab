/* Text and tables of the C export. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "c_writer.h"

#include "base/text_file.h"

enum { NUMBERS_PER_LINE = 5 };

void lw_c_print(lw_c_writer *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lw_text_print_list(c->text, format, arguments);
    va_end(arguments);
}

/* Nine decimal digits round-trip every float. Hexadecimal constants would need C++17. */
void lw_c_print_table(lw_c_writer *c, const char *kind, size_t count, const float *values)
{
    lw_c_print(c, "static const float %s_%s%zu[%zu] = {", c->name, kind, c->layer, count);
    for (size_t i = 0; i < count; i++)
        lw_c_print(c, "%s%.8ef%s", i % NUMBERS_PER_LINE == 0 ? "\n    " : " ", (double)values[i],
                   i + 1 < count ? "," : "");
    lw_c_print(c, "\n};\n\n");
}
