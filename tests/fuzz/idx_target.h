/* Functions shared by the two targets of IDX files. */
#ifndef LANEWISE_FUZZ_IDX_TARGET_H
#define LANEWISE_FUZZ_IDX_TARGET_H

#include "fuzz.h"

enum { IDX_HEADER_MAX = 4 + 4 * 255 };

/* The size that a header states for its file; 0 if the bytes are no valid header. */
size_t idx_promise(const uint8_t *bytes, size_t size);

/* Loads a pair of files and compares the data set with their contents. promise: bytes by their
 * headers; there: the most bytes that their contents can have. */
void idx_run(const fuzz_files *files, size_t promise, size_t there);

#endif
