/* Names from files, which may hold control characters, for a terminal. */
#ifndef LANEWISE_CLI_SAFE_TEXT_H
#define LANEWISE_CLI_SAFE_TEXT_H

enum { SAFE_TEXT_BYTES = 48 };

typedef struct safe_text {
    char text[SAFE_TEXT_BYTES];
} safe_text;

/* The beginning of a text, with '?' for each control character. */
safe_text make_safe(const char *text);

#endif
