#include "tally.h"

#include <stdarg.h>
#include <stdio.h>

void tally_fail(struct tally *tally, const char *format, ...)
{
    tally->checks++;
    if (tally->failures++ == 0) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(tally->first, sizeof tally->first, format, arguments);
        va_end(arguments);
        if (tally->on_failure)
            tally->on_failure(tally);
    }
}
