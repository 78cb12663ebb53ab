/* Text files that appear whole or not at all, with numbers as in the C locale whatever the process's. */
#ifndef LANEWISE_TEXT_FILE_H
#define LANEWISE_TEXT_FILE_H

#include "base/output_file.h"
#include <locale.h>
#include <stdarg.h>

enum { LW_TEXT_BYTES = 8192 };

typedef struct lw_text_file {
    lw_output_file *file;
    const char *path; /* as it was given, which stays until the end */
    locale_t locale;
    lw_status status; /* of what was printed so far */
    size_t used;
    char buffer[LW_TEXT_BYTES]; /* what is not in the file yet */
} lw_text_file;

/* LW_EIO or LW_ENOMEM; nothing is to be released then. */
lw_status lw_text_open(lw_text_file *text, const char *path);

/* Less than LW_TEXT_BYTES at a time. What fails shows when the file is closed. */
void lw_text_print(lw_text_file *text, const char *format, ...) LW_PRINTF(2, 3);
void lw_text_print_list(lw_text_file *text, const char *format, va_list list) LW_PRINTF(2, 0);

/* Ends a file in any case, as lw_output_file_close. */
lw_status lw_text_close(lw_text_file *text);

#endif
