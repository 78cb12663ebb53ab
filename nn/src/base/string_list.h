/* Lists of strings in one block of memory, released with one call. */
#ifndef LANEWISE_STRING_LIST_H
#define LANEWISE_STRING_LIST_H

#include <stddef.h>

/* The string "TEXT", or "TEXT = VALUE" if value is not NULL. */
typedef struct lw_string {
    const char *text, *value;
} lw_string;

/* Creates a list of copies of count strings. Returns NULL if there is no memory. */
const char *const *lw_string_list_create(size_t count, const lw_string *strings);

/* Copies a list of count strings, allocated in any way. Returns NULL if there is no memory. */
const char *const *lw_string_list_copy(size_t count, const char *const *strings);

/* Frees a list made by one of the functions above. strings may be NULL. */
void lw_string_list_free(const char *const *strings);

#endif
