#include <lanewise/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last_error[512];

const char *lw_status_name(lw_status status)
{
    static const char *const names[] = {"LW_OK",     "LW_EINVAL", "LW_EOVERLAP", "LW_ENOMEM",
                                        "LW_EISA",   "LW_EIO",    "LW_EFORMAT",  "LW_EDATA",
                                        "LW_ESHAPE", "LW_ESTATE"};
    const unsigned index = (unsigned)status;
    return index < sizeof names / sizeof *names ? names[index] : "unknown status";
}

const char *lw_last_error(void)
{
    return last_error;
}

/* Names from elsewhere are part of messages, which are one line and may be shown by a terminal: controls, also those
 * that UTF-8 has two bytes for, become '?'. */
static void hide_controls(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        const int two_bytes = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
        if (two_bytes)
            *c++ = '?';
        if (two_bytes || *c < ' ' || *c == 0x7f)
            *c = '?';
    }
}

lw_status lw_fail(lw_status status, const char *format, ...)
{
    /* Not where it will stand: the message before may be one of the arguments. */
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
