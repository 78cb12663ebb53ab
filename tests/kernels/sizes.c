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

/* Every thirteenth, which divides no length of the lists below, so that each length remains. */
static void thin_out(struct size_list *list)
{
    enum { KEPT = 13 };
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

static void append_path(struct size_list *list, const struct operation *operation, size_t rows,
                        size_t cols, size_t steps)
{
    const struct size size = product_size(operation, rows, cols, steps);
    append(list, size.m, size.n, size.k);
}

/* B in registers: separate code for each number of steps. */
static void append_small_k(struct size_list *list, const struct operation *operation)
{
    static const size_t m[] = {1, 9, 18}, n[] = {2, 6, 16, 29, 39};
    for (size_t k = 1; k <= 17; k++) {
        for (size_t a = 0; a < sizeof m / sizeof *m; a++) {
            for (size_t b = 0; b < sizeof n / sizeof *n; b++)
                append_path(list, operation, m[a], n[b], k);
        }
    }
}

/* Vectors across row ends, from 4096 elements; other code for the rows after the last whole period.
 */
static void append_flattened(struct size_list *list, const struct operation *operation)
{
    static const size_t n[] = {1, 2, 3, 4, 5, 6, 10, 12};
    static const size_t more[] = {0, 1, 5};
    for (size_t b = 0; b < sizeof n / sizeof *n; b++) {
        for (size_t k = 1; k <= 4; k++) {
            for (size_t a = 0; a < sizeof more / sizeof *more; a++)
                append_path(list, operation, (4096 + n[b] - 1) / n[b] + more[a], n[b], k);
        }
    }
}

/* Every number of rows after two whole tiles, for panels of each number of vectors. */
static void append_last_tiles(struct size_list *list, const struct operation *operation)
{
    static const size_t n[] = {5, 16, 40, 48};
    for (size_t m = 1; m <= 3 * 14; m++) {
        for (size_t b = 0; b < sizeof n / sizeof *n; b++)
            append_path(list, operation, m, n[b], 18);
    }
}

/* Dot-product GEMM: tiles of 4, 6 and 16 dot products, and the rest of rows, columns and steps. */
static void append_dots(struct size_list *list, const struct operation *operation)
{
    static const size_t m[] = {1, 2, 3, 4, 5, 16, 19, 33},
                        n[] = {1, 2, 3, 4, 5, 7, 9, 12, 13, 16, 35};
    static const size_t k[] = {32, 33, 47};
    for (size_t a = 0; a < sizeof m / sizeof *m; a++) {
        for (size_t b = 0; b < sizeof n / sizeof *n; b++) {
            for (size_t c = 0; c < sizeof k / sizeof *k; c++)
                append_path(list, operation, m[a], n[b], k[c]);
        }
    }
}

struct size_list sizes_of_paths(const struct operation *operation)
{
    struct size_list list = {0, NULL};
    if (operation->extents != PRODUCT)
        return list;
    append_small_k(&list, operation);
    append_flattened(&list, operation);
    append_last_tiles(&list, operation);
    append_dots(&list, operation);
    if (is_fast())
        thin_out(&list);
    return list;
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
    /* Column panels of B packed with their first tile, once and by blocks of m. */
    const struct lw_isa *isa = lw_isa_current();
    const size_t many = 16 * isa->tile_mr + 3, mc = lw_blocking_of(isa, 300).mc;
    append_path(&list, operation, many, 2 * isa->tile_nr + 1, 70);
    append_path(&list, operation, 2 * mc + 3, 2 * isa->tile_nr + 1, 300);
    append_path(&list, operation, block.mc + many, 2 * isa->tile_nr + 1, STEPS);
    /* The same for the products of the backward pass, whose n or m is the layer's k or n. */
    append(&list, 9, STEPS + 1, 33);
    append(&list, STEPS + 1, 33, 9);
    append(&list, 5, STEPS, block.nc + 1);
    append(&list, STEPS, 5, block.mc + 1);
    /* Wide panels for skinny M that end one column after the last one, in the second of two panels.
     */
    append(&list, 3, block.nc + 25, STEPS + 1);
    append(&list, 3, STEPS + 1, block.nc + 25);
    /* More steps than fit into the buffer of one panel. */
    append(&list, 2, 33, 90001);
    append(&list, 2, 90001, 33);
    return list;
}

struct size_list sizes_skinny_m(const struct operation *operation)
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
        append_path(&list, operation, 37, 23, 4);
        append_path(&list, operation, 423, 10, 2);
        append_path(&list, operation, 1400, 3, 2);
        append_path(&list, operation, 1030, 4, 4);
        append_path(&list, operation, 33, 16, 35);
        append_path(&list, operation, 35, 4, 70);
        append_path(&list, operation, 27, 40, 19);
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
        append(&list, 150, 10, 0); /* several chunks of short rows */
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

struct size_list sizes_threaded(const struct operation *operation)
{
    struct size_list list = {0, NULL};
    switch (operation->extents) {
    case PRODUCT:
        append(&list, 171, 173, 149);
        append_path(&list, operation, 12011, 10, 2);
        append_path(&list, operation, 15013, 3, 1);
        append_path(&list, operation, 1507, 11, 67);
        append_path(&list, operation, 1507, 13, 67);
        append_path(&list, operation, 3, 3001, 67);
        break;
    case ROWS:
        append(&list, 523, 517, 0);
        break;
    case VECTOR:
        append(&list, 0, 270001, 0);
        break;
    }
    return list;
}
