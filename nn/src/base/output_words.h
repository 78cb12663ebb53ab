/* Numbers of 32 bits in files. */
#ifndef LANEWISE_OUTPUT_WORDS_H
#define LANEWISE_OUTPUT_WORDS_H

#include <lanewise/output_file.h>

/* Writes count floats or 32-bit integers, little-endian. */
lw_status lw_output_words(lw_output_file *file, const void *words, size_t count);

#endif
