/* Lists of names in one block of memory, so that one free releases them. */
#ifndef LANEWISE_NAMES_H
#define LANEWISE_NAMES_H

#include <stddef.h>

/* A name of one text, or of two with " = " between them. */
typedef struct lw_name {
    const char *text, *value; /* value NULL: only the text */
} lw_name;

/* Copies count names; NULL if there is no memory. */
const char *const *lw_names_make(size_t count, const lw_name *names);

/* Copies a list that lw_names_make made, or a user's own; NULL if there is no memory. */
const char *const *lw_names_copy(size_t count, const char *const *names);

/* Releases a list of lw_names_make. NULL is allowed. */
void lw_names_free(const char *const *names);

#endif
