/* What the two targets of IDX files have in common. */
#ifndef LANEWISE_FUZZ_IDX_TARGET_H
#define LANEWISE_FUZZ_IDX_TARGET_H

#include "fuzz.h"

enum { IDX_HEADER_MAX = 4 + 4 * 255 };

/* Bytes that a file should have by its first ones; 0 if these are no header. */
size_t idx_promise(const uint8_t *bytes, size_t size);

/* Loads a pair of files with headers that promise so many bytes, of which no more than `there` can be in them,
 * and compares what comes of them with their contents. */
void idx_run(const fuzz_files *files, size_t promise, size_t there);

#endif
