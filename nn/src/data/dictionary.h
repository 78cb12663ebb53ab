/* The distinct texts of a column, numbered by first appearance. */
#ifndef LANEWISE_DICTIONARY_H
#define LANEWISE_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

typedef struct lw_dictionary {
    char *pool; /* the texts, each ended by a zero byte */
    size_t pool_size, pool_capacity;
    size_t *offsets; /* of the texts in pool, by their numbers */
    size_t count, capacity;
    uint32_t *slots;   /* hash table: number + 1, or 0 for a free slot */
    size_t slot_count; /* a power of two, or 0 */
} lw_dictionary;

/* The number of a text, which is added if it is new; UINT32_MAX if there is no memory. */
uint32_t lw_dictionary_add(lw_dictionary *dictionary, const char *text);

/* The texts in the order of their numbers as a list in one block, which the caller frees with
 * lw_string_list_free. NULL if there is no memory. */
const char *const *lw_dictionary_texts(const lw_dictionary *dictionary);

void lw_dictionary_free(lw_dictionary *dictionary);

#endif
