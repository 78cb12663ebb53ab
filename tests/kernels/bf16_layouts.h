/* A matrix in the layouts of bf16.h, between guard pages. */
#ifndef BF16_LAYOUTS_H
#define BF16_LAYOUTS_H

#include "guard.h"
#include "tally.h"

#include <lanewise/internal/bf16.h>

enum { FORMS = 3 };

struct bf16_layouts {
    size_t rows, cols;
    struct guard memory[FORMS];
    lw_bf16_output out;
};

/* Creates empty layouts. Every leading dimension exceeds its minimum by padding, that of rows by
 * twice as much. */
void bf16_layouts_create(struct bf16_layouts *layouts, size_t rows, size_t cols, size_t padding,
                         enum guard_side side);
void bf16_layouts_free(struct bf16_layouts *layouts);

/* The layouts from a row on. */
lw_bf16_output bf16_layouts_from_row(const struct bf16_layouts *layouts, size_t row);

/* Requires that every layout contains want, rows x cols floats, rounded or not, with zeros where
 * documented, and that nothing else was modified. */
void bf16_layouts_check(struct tally *tally, const char *title, const struct bf16_layouts *layouts,
                        const float *want);

/* Number of bf16 elements in rows, and in row pairs, of a matrix with a leading dimension. */
size_t rows_extent(size_t rows, size_t cols, size_t ld);
size_t pairs_extent(size_t rows, size_t cols, size_t ld);

/* Value of bytes that were not written. */
enum { UNTOUCHED = 0x7d };

#endif
