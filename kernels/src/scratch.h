/* Packing buffers, kept between calls so that products do not allocate after the first. All have
 * one size, so any call can use any buffer. */
#ifndef LANEWISE_SCRATCH_H
#define LANEWISE_SCRATCH_H

#include <stddef.h>

/* Floats in a buffer; 64-byte aligned. */
size_t lw_scratch_floats(void);

/* Returns NULL if memory runs out. */
float *lw_scratch_take(void);

/* NULL is allowed. */
void lw_scratch_give(float *buffer);

#endif
