/* Text files that are replaced atomically, with numbers formatted as in the C locale. */
#ifndef LANEWISE_TEXT_FILE_H
#define LANEWISE_TEXT_FILE_H

#include "output_file.h"

#include <locale.h>
#include <stdarg.h>

enum { LW_TEXT_BYTES = 8192 };

typedef struct lw_text_file {
    lw_output_file *file;
    const char *path; /* the caller's string */
    locale_t locale;
    lw_status status; /* of all output so far */
    size_t used;
    char buffer[LW_TEXT_BYTES]; /* output not yet written to the file */
} lw_text_file;

/* Returns LW_EIO or LW_ENOMEM; on failure there is nothing to close. */
lw_status lw_text_open(lw_text_file *text, const char *path);

/* Prints fewer than LW_TEXT_BYTES bytes per call. lw_text_close reports errors. */
void lw_text_print(lw_text_file *text, const char *format, ...) LW_PRINTF(2, 3);
void lw_text_print_list(lw_text_file *text, const char *format, va_list list) LW_PRINTF(2, 0);

/* Records a failure of the caller, which lw_text_close returns unless there was one before. */
void lw_text_fail(lw_text_file *text, lw_status status);

/* Closes the file, also after an error; as lw_output_file_close. */
lw_status lw_text_close(lw_text_file *text);

#endif
