/* Text files that are replaced atomically. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "text_file.h"
#include "memory.h"

#include <stdio.h>

lw_status lw_text_open(lw_text_file *text, const char *path)
{
    text->path = path;
    text->used = 0;
    text->status = LW_OK;
    text->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!text->locale)
        return lw_no_memory(path, "a locale");
    const lw_status status = lw_output_file_open(&text->file, path);
    if (status != LW_OK)
        freelocale(text->locale);
    return status;
}

void lw_text_fail(lw_text_file *text, lw_status status)
{
    if (text->status == LW_OK)
        text->status = status;
}

static void flush(lw_text_file *text)
{
    if (text->status == LW_OK)
        text->status = lw_output_file_write(text->file, text->buffer, text->used);
    text->used = 0;
}

void lw_text_print_list(lw_text_file *text, const char *format, va_list list)
{
    const locale_t before = uselocale(text->locale); /* changes this thread only */
    int printed = 0;
    for (int attempt = 0; attempt < 2 && !printed; attempt++) {
        const size_t left = LW_TEXT_BYTES - text->used;
        va_list arguments;
        va_copy(arguments, list);
        const int length = vsnprintf(text->buffer + text->used, left, format, arguments);
        va_end(arguments);
        printed = length >= 0 && (size_t)length < left;
        if (printed)
            text->used += (size_t)length;
        else
            flush(text);
    }
    if (!printed && text->status == LW_OK)
        lw_text_fail(text, lw_no_memory(text->path, "formatted text"));
    uselocale(before);
}

void lw_text_print(lw_text_file *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lw_text_print_list(text, format, arguments);
    va_end(arguments);
}

lw_status lw_text_close(lw_text_file *text)
{
    flush(text);
    freelocale(text->locale);
    return lw_output_file_close(text->file, text->status);
}
