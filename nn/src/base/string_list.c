/* Lists of strings in one block of memory. */
#include "string_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char separator[] = " = ";

static char *append(char *end, const char *text)
{
    const size_t length = strlen(text);
    memcpy(end, text, length);
    return end + length;
}

/* The block contains the pointers, then the strings. */
const char *const *lw_string_list_create(size_t count, const lw_string *strings)
{
    size_t bytes = count * sizeof(char *) + 1; /* not 0, for which malloc may return NULL */
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(strings[i].text) + 1;
        if (strings[i].value)
            bytes += strlen(separator) + strlen(strings[i].value);
    }
    char **list = malloc(bytes);
    if (!list)
        return NULL;
    char *end = (char *)(list + count);
    for (size_t i = 0; i < count; i++) {
        list[i] = end;
        end = append(end, strings[i].text);
        if (strings[i].value)
            end = append(append(end, separator), strings[i].value);
        *end++ = '\0';
    }
    return (const char *const *)list;
}

const char *const *lw_string_list_copy(size_t count, const char *const *strings)
{
    lw_string *list = calloc(count + 1, sizeof *list);
    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i].text = strings[i];
    const char *const *copy = lw_string_list_create(count, list);
    free(list);
    return copy;
}

void lw_string_list_free(const char *const *strings)
{
    free((void *)(uintptr_t)strings);
}
