#include "rank_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char placeholder[] = "{rank}";
enum { PLACEHOLDER_LENGTH = sizeof placeholder - 1, NUMBER_SIZE = 12 };

int has_rank_placeholder(const char *name)
{
    return name != NULL && strstr(name, placeholder) != NULL;
}

lw_status rank_path(const char **name, unsigned rank, char **allocated)
{
    *allocated = NULL;
    if (!has_rank_placeholder(*name))
        return LW_OK;
    char number[NUMBER_SIZE];
    const size_t digits = (size_t)snprintf(number, sizeof number, "%u", rank);
    /* A rank has fewer characters than two placeholders. */
    char *text = malloc(2 * strlen(*name) + 1), *end = text;
    if (text == NULL)
        return lw_fail(LW_ENOMEM, "no memory for a file name");
    const char *rest = *name;
    for (const char *at = strstr(rest, placeholder); at != NULL; at = strstr(rest, placeholder)) {
        memcpy(end, rest, (size_t)(at - rest));
        end += at - rest;
        memcpy(end, number, digits);
        end += digits;
        rest = at + PLACEHOLDER_LENGTH;
    }
    memcpy(end, rest, strlen(rest) + 1);
    *allocated = text;
    *name = text;
    return LW_OK;
}
