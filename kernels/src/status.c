#include <lanewise/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last_error[512];

const char *lw_status_name(lw_status status)
{
    static const char *const names[] = {"LW_OK",          "LW_EINVAL", "LW_EOVERLAP",  "LW_ENOMEM",
                                        "LW_EISA",        "LW_EIO",    "LW_EFORMAT",   "LW_EDATA",
                                        "LW_ESHAPE",      "LW_ESTATE", "LW_EDIVERGED", "LW_ERANK",
                                        "LW_EUNSUPPORTED"};
    const unsigned index = (unsigned)status;
    return index < sizeof names / sizeof *names ? names[index] : "unknown status";
}

const char *lw_last_error(void)
{
    return last_error;
}

/* Bytes of the UTF-8 character at c; 0 if invalid. */
static size_t character_bytes(const unsigned char *c)
{
    const size_t bytes = *c < 0x80                 ? 1
                         : *c >= 0xc2 && *c < 0xe0 ? 2
                         : *c >= 0xe0 && *c < 0xf0 ? 3
                         : *c >= 0xf0 && *c < 0xf5 ? 4
                                                   : 0;
    for (size_t i = 1; i < bytes; i++) {
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    }
    return bytes;
}

/* Messages contain names from outside, are one line and may be printed to a terminal: control
 * characters (also those of two bytes) and invalid UTF-8 become '?'. */
static void hide_controls(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c;) {
        const size_t bytes = character_bytes(c);
        const int control =
            bytes == 1 ? *c < ' ' || *c == 0x7f : bytes == 2 && c[0] == 0xc2 && c[1] < 0xa0;
        if (bytes == 0 || control)
            memset(c, '?', bytes > 0 ? bytes : 1);
        c += bytes > 0 ? bytes : 1;
    }
}

lw_status lw_fail(lw_status status, const char *format, ...)
{
    /* In a separate buffer: the previous message may be one of the arguments. */
    char message[sizeof last_error] = "";
    va_list arguments;
    va_start(arguments, format);
    if (format)
        vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    hide_controls(message);
    memcpy(last_error, message, strlen(message) + 1);
    return status;
}
