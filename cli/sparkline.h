/* A curve as one line of text: a character for each value, higher for larger ones. */
#ifndef LANEWISE_CLI_SPARKLINE_H
#define LANEWISE_CLI_SPARKLINE_H

#include <stdio.h>

typedef enum sparkline_form {
    SPARKLINE_ASCII, /* . : - = + * # @ */
    SPARKLINE_BLOCKS /* block elements of Unicode, in UTF-8 */
} sparkline_form;

/* Blocks where the user's locale (LC_ALL, LC_CTYPE, LANG) has UTF-8. */
sparkline_form sparkline_form_of_locale(void);

/* The smallest value has the lowest character, the largest the highest; where all are equal, all have one of the
 * middle. A value that is not finite is a gap. */
void sparkline_print(FILE *file, sparkline_form form, size_t count, const double *values);

#endif
