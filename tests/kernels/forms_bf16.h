/* A matrix in the forms in which bf16.h stores it, between pages that must not be touched. */
#ifndef FORMS_BF16_H
#define FORMS_BF16_H

#include "guard.h"
#include "tally.h"

#include <lanewise/internal/bf16.h>

enum { FORMS = 3 };

struct forms {
    size_t rows, cols;
    struct guard memory[FORMS];
    lw_bf16_output out;
};

/* Without anything in it. Every leading dimension is larger than it has to be by padding, that of
 * rows by twice as much. */
void forms_create(struct forms *forms, size_t rows, size_t cols, size_t padding,
                  enum guard_side side);
void forms_free(struct forms *forms);

/* The forms from a row on. */
lw_bf16_output forms_from_row(const struct forms *forms, size_t row);

/* Every form holds want, rows x cols floats, rounded or not, with zeros where they are promised,
 * and nothing else was touched. */
void forms_check(struct tally *tally, const char *title, const struct forms *forms,
                 const float *want);

/* Elements of bf16 in rows, and of pairs, of a matrix with a leading dimension. */
size_t rows_extent(size_t rows, size_t cols, size_t ld);
size_t pairs_extent(size_t rows, size_t cols, size_t ld);

/* What memory holds before it is written. */
enum { UNTOUCHED = 0x7d };

#endif
