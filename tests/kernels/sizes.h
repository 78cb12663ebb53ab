/* The sizes that the checks use. */
#ifndef SIZES_H
#define SIZES_H

#include "operations.h"

struct size_list {
    size_t count;
    struct size *size;
};

/* Sizes around the edges of every register tile and vector length, from 0. */
struct size_list sizes_at_edges(const struct operation *operation);
/* Sizes around the block sizes of products on the current set; empty for other functions. */
struct size_list sizes_at_blocks(const struct operation *operation);
/* The ways of a product around the register tile; without padding it takes each of them. Empty for
 * other functions. */
struct size_list sizes_of_paths(const struct operation *operation);
/* A few of each order of magnitude. */
struct size_list sizes_skinny_m(const struct operation *operation);
/* Worth several threads, in no dimension a multiple of a tile or a vector. */
struct size_list sizes_threaded(const struct operation *operation);

void size_list_free(struct size_list *list);

/* Whether LANEWISE_TEST_FAST is set: fewer sizes and samples, for emulators and sanitizers. */
int is_fast(void);

#endif
