#include "shell_quote.h"

#include <stdlib.h>
#include <string.h>

static const char program[] = "lanewise";

static int is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%_+=:,./-";
    return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

/* A single quote inside single quotes is written as '\''. */
static char *append_quoted(char *end, const char *word)
{
    *end++ = '\'';
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            memcpy(end, "'\\''", 4);
            end += 4;
        } else {
            *end++ = *word;
        }
    }
    *end++ = '\'';
    return end;
}

char *shell_quote(int argc, char **argv)
{
    size_t size = sizeof program;
    for (int i = 0; i < argc; i++)
        size += 4 * strlen(argv[i]) + 3; /* a quote becomes 4 characters; a blank and two quotes */
    char *line = malloc(size);
    if (line == NULL)
        return NULL;
    memcpy(line, program, sizeof program - 1);
    char *end = line + sizeof program - 1;
    for (int i = 0; i < argc; i++) {
        *end++ = ' ';
        if (is_plain(argv[i])) {
            const size_t length = strlen(argv[i]);
            memcpy(end, argv[i], length);
            end += length;
        } else {
            end = append_quoted(end, argv[i]);
        }
    }
    *end = '\0';
    return line;
}
