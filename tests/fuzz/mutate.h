/*
 * Mutators for formats in which one part states the size of another. Most of their results are
 * consistent in that, so that mutations reach the code behind the size checks. Only for builds with
 * libFuzzer.
 */
#ifndef LANEWISE_FUZZ_MUTATE_H
#define LANEWISE_FUZZ_MUTATE_H

#include "fuzz.h"

/* Provided by libFuzzer: changes the bytes in place, returns the new size. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed);

/* Changes one file in place, of at most capacity bytes; returns its new size. */
typedef size_t (*mutate_file)(uint8_t *bytes, size_t size, size_t capacity, unsigned seed);

/* Changes one or both of two files in an input for fuzz_split. */
size_t mutate_files(uint8_t *bytes, size_t size, size_t capacity, unsigned seed,
                    mutate_file mutate);

/* Appends zeros or truncates. Returns wanted, or size, unchanged, if wanted exceeds capacity. */
size_t mutate_resize(uint8_t *bytes, size_t size, size_t capacity, size_t wanted);

/* One mutation of an IDX file. */
size_t mutate_idx(uint8_t *bytes, size_t size, size_t capacity, unsigned seed);

#endif
