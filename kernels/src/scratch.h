/*
 * Packing buffers, kept from call to call so that a warmed-up product does not allocate. All have
 * one size, so any call can use any buffer.
 */
#ifndef LANEWISE_SCRATCH_H
#define LANEWISE_SCRATCH_H

#include <stddef.h>

/* Floats in a buffer; 64-byte aligned. */
size_t lw_scratch_floats(void);

/* NULL if there is no memory. */
float *lw_scratch_take(void);

/* NULL is allowed. */
void lw_scratch_give(float *buffer);

#endif
