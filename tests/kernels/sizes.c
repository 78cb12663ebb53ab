#include "sizes.h"

#include "blocking.h"
#include "dispatch.h"

#include <stdio.h>
#include <stdlib.h>

int is_fast(void)
{
    return getenv("LANEWISE_TEST_FAST") != NULL;
}

static void append(struct size_list *list, size_t m, size_t n, size_t k)
{
    enum { STEP = 256 };
    if (list->count % STEP == 0) {
        struct size *grown = realloc(list->size, (list->count + STEP) * sizeof *grown);
        if (!grown) {
            fputs("no memory for a test\n", stderr);
            exit(EXIT_FAILURE);
        }
        list->size = grown;
    }
    list->size[list->count++] = (struct size){m, n, k};
}

void size_list_free(struct size_list *list)
{
    free(list->size);
    *list = (struct size_list){0, NULL};
}

/* Every seventh: a number that divides no length of the lists below, so that each length stays. */
static void thin_out(struct size_list *list)
{
    enum { KEPT = 7 };
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i += KEPT)
        list->size[kept++] = list->size[i];
    list->count = kept;
}

static void append_products(struct size_list *list)
{
    static const size_t m[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 29, 61};
    static const size_t n[] = {0,  1,  3,  4,  5,  7,  8,  11, 12, 13,
                               15, 16, 17, 31, 32, 33, 48, 65, 261};
    static const size_t k[] = {0, 1, 2, 3, 4, 5, 8, 9, 12, 13, 16, 17};
    for (size_t a = 0; a < sizeof m / sizeof *m; a++) {
        for (size_t b = 0; b < sizeof n / sizeof *n; b++) {
            for (size_t c = 0; c < sizeof k / sizeof *k; c++)
                append(list, m[a], n[b], k[c]);
        }
    }
}

static void append_rows(struct size_list *list)
{
    static const size_t m[] = {0, 1, 2, 3, 5};
    for (size_t a = 0; a < sizeof m / sizeof *m; a++) {
        for (size_t n = 0; n <= 40; n++)
            append(list, m[a], n, 0);
        for (size_t n = 47; n <= 100; n += n == 49 ? 14 : n == 65 ? 35 : 1)
            append(list, m[a], n, 0);
    }
    /* Several blocks of rows, the last one not full. */
    static const size_t n[] = {1, 2, 3, 7, 8, 10, 16, 17, 33, 300};
    for (size_t b = 0; b < sizeof n / sizeof *n; b++)
        append(list, 35, n[b], 0);
}

static void append_vectors(struct size_list *list)
{
    for (size_t n = 0; n <= 70; n++)
        append(list, 0, n, 0);
    static const size_t more[] = {127, 128, 129, 1023, 1024, 1025, 2049};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        append(list, 0, more[i], 0);
}

static void keep_allowed(struct size_list *list, const struct operation *operation)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct size *size = &list->size[i];
        if (!operation->needs_columns || size->n > 0 || size->m == 0)
            list->size[kept++] = *size;
    }
    list->count = kept;
}

struct size_list sizes_at_edges(const struct operation *operation)
{
    struct size_list list = {0, NULL};
    switch (operation->extents) {
    case PRODUCT:
        append_products(&list);
        if (is_fast())
            thin_out(&list);
        break;
    case ROWS:
        append_rows(&list);
        break;
    case VECTOR:
        append_vectors(&list);
        break;
    }
    keep_allowed(&list, operation);
    return list;
}

struct size_list sizes_at_blocks(const struct operation *operation)
{
    struct size_list list = {0, NULL};
    if (operation->extents != PRODUCT)
        return list;
    enum { STEPS = 1024 }; /* of the longest block of k */
    const struct lw_blocking block = lw_blocking_of(lw_isa_current(), STEPS);
    append(&list, 9, 33, 512); /* without padding, rows of A are a page apart */
    append(&list, 7, 9, STEPS - 1);
    append(&list, 7, 9, STEPS);
    append(&list, 15, 33, STEPS + 1);
    append(&list, 7, 9, 2 * STEPS + 3);
    append(&list, 2 * block.mc + 3, 5, STEPS);
    append(&list, 5, block.nc - 1, STEPS);
    append(&list, 15, block.nc + 1, STEPS);
    /* Several blocks of k with several of m, and of n. */
    append(&list, block.mc + 1, 33, STEPS + 1);
    append(&list, 5, block.nc + 1, STEPS + 1);
    /* Strips of B packed with their first tile, once and by blocks of m. */
    append(&list, 61, 65, 70);
    append(&list, block.mc + 61, 65, STEPS);
    /* The same for the products of the backward passes, whose n or m is the layer's k or n. */
    append(&list, 9, STEPS + 1, 33);
    append(&list, STEPS + 1, 33, 9);
    append(&list, 5, STEPS, block.nc + 1);
    append(&list, STEPS, 5, block.mc + 1);
    return list;
}

struct size_list sizes_few(const struct operation *operation)
{
    struct size_list list = {0, NULL};
    switch (operation->extents) {
    case PRODUCT:
        append(&list, 1, 1, 1);
        append(&list, 5, 9, 3);
        append(&list, 7, 33, 64);
        append(&list, 15, 17, 100);
        append(&list, 31, 40, 257);
        append(&list, 3, 5, 1000);
        append(&list, 3, 1000, 5);
        append(&list, 1000, 3, 5);
        break;
    case ROWS:
        append(&list, 3, 1, 0);
        append(&list, 7, 10, 0);
        append(&list, 5, 16, 0);
        append(&list, 4, 31, 0);
        append(&list, 3, 100, 0);
        append(&list, 2, 1000, 0);
        append(&list, 35, 40, 0);
        append(&list, 300, 3, 0);
        append(&list, 150, 10, 0); /* several chunks of narrow rows */
        break;
    case VECTOR:
        append(&list, 0, 1, 0);
        append(&list, 0, 7, 0);
        append(&list, 0, 100, 0);
        append(&list, 0, 1025, 0);
        append(&list, 0, 5003, 0);
        break;
    }
    return list;
}

struct size size_threaded(const struct operation *operation)
{
    switch (operation->extents) {
    case PRODUCT:
        return (struct size){171, 173, 149};
    case ROWS:
        return (struct size){523, 517, 0};
    case VECTOR:
        break;
    }
    return (struct size){0, 270001, 0};
}
