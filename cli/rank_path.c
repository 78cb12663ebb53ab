#include "rank_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "{rank}";
enum { MARK_LENGTH = sizeof mark - 1, NUMBER_SIZE = 12 };

int has_rank_placeholder(const char *name)
{
    return name != NULL && strstr(name, mark) != NULL;
}

lw_status rank_path(const char **name, unsigned rank, char **made)
{
    *made = NULL;
    if (!has_rank_placeholder(*name))
        return LW_OK;
    char number[NUMBER_SIZE];
    const size_t digits = (size_t)snprintf(number, sizeof number, "%u", rank);
    /* A number is no longer than two marks. */
    char *text = malloc(2 * strlen(*name) + 1), *end = text;
    if (text == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the name of a file");
    const char *rest = *name;
    for (const char *at = strstr(rest, mark); at != NULL; at = strstr(rest, mark)) {
        memcpy(end, rest, (size_t)(at - rest));
        end += at - rest;
        memcpy(end, number, digits);
        end += digits;
        rest = at + MARK_LENGTH;
    }
    memcpy(end, rest, strlen(rest) + 1);
    *made = text;
    *name = text;
    return LW_OK;
}
