#include "string_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char between[] = " = ";

static char *append(char *end, const char *text)
{
    const size_t length = strlen(text);
    memcpy(end, text, length);
    return end + length;
}

/* The pointers, then what they point to. */
const char *const *lw_string_list_create(size_t count, const lw_string *names)
{
    size_t bytes = count * sizeof(char *) + 1; /* not 0: malloc may return NULL for that */
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(names[i].text) + 1;
        if (names[i].value)
            bytes += strlen(between) + strlen(names[i].value);
    }
    char **list = malloc(bytes);
    if (!list)
        return NULL;
    char *end = (char *)(list + count);
    for (size_t i = 0; i < count; i++) {
        list[i] = end;
        end = append(end, names[i].text);
        if (names[i].value)
            end = append(append(end, between), names[i].value);
        *end++ = '\0';
    }
    return (const char *const *)list;
}

const char *const *lw_string_list_copy(size_t count, const char *const *names)
{
    lw_string *list = calloc(count + 1, sizeof *list);
    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i].text = names[i];
    const char *const *copy = lw_string_list_create(count, list);
    free(list);
    return copy;
}

void lw_string_list_free(const char *const *names)
{
    free((void *)(uintptr_t)names);
}
