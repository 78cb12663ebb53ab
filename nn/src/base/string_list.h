/* Lists of names in one block of memory, so that one free releases them. */
#ifndef LANEWISE_STRING_LIST_H
#define LANEWISE_STRING_LIST_H

#include <stddef.h>

/* A name of one text, or of two with " = " between them. */
typedef struct lw_string {
    const char *text, *value; /* value NULL: only the text */
} lw_string;

/* Copies count names; NULL if there is no memory. */
const char *const *lw_string_list_create(size_t count, const lw_string *names);

/* Copies a list that lw_string_list_create made, or a user's own; NULL if there is no memory. */
const char *const *lw_string_list_copy(size_t count, const char *const *names);

/* Releases a list of lw_string_list_create. NULL is allowed. */
void lw_string_list_free(const char *const *names);

#endif
