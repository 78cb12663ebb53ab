/* A curve as one line of text: one character per value, higher for larger values. */
#ifndef LANEWISE_CLI_SPARKLINE_H
#define LANEWISE_CLI_SPARKLINE_H

#include <stdio.h>

typedef enum sparkline_form {
    SPARKLINE_ASCII, /* . : - = + * # @ */
    SPARKLINE_BLOCKS /* Unicode block elements, in UTF-8 */
} sparkline_form;

/* SPARKLINE_BLOCKS if the user's locale (LC_ALL, LC_CTYPE, LANG) uses UTF-8. */
sparkline_form sparkline_form_of_locale(void);

/*
 * Scales the values from the lowest to the highest character. Equal values all get a middle
 * character; a value that is not finite is a blank.
 */
void sparkline_print(FILE *file, sparkline_form form, size_t count, const double *values);

#endif
