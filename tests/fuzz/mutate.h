/*
 * Mutators for formats in which one part tells the size of another: most of what they make agrees in that, so
 * that mutations reach what lies behind. Only builds with libFuzzer have them.
 */
#ifndef LANEWISE_FUZZ_MUTATE_H
#define LANEWISE_FUZZ_MUTATE_H

#include "fuzz.h"

/* libFuzzer's: changes bytes in place, returns their new number. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);

/* Changes one file in place, of at most room bytes; returns its new size. */
typedef size_t (*mutate_file)(uint8_t *bytes, size_t size, size_t room, unsigned seed);

/* Changes one of two files, or both, as fuzz_split takes them apart. */
size_t mutate_files(uint8_t *bytes, size_t size, size_t room, unsigned seed, mutate_file mutate);

/* Makes the file longer, by zeros, or shorter. Returns wanted, or size where that is beyond the room. */
size_t mutate_resize(uint8_t *bytes, size_t size, size_t room, size_t wanted);

/* One mutation of an IDX file. */
size_t mutate_idx(uint8_t *bytes, size_t size, size_t room, unsigned seed);

#endif
