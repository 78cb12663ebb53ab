/* Arrays of 32-bit numbers in files, little-endian. */
#ifndef LANEWISE_WRITE_LE32_H
#define LANEWISE_WRITE_LE32_H

#include "output_file.h"

/* Writes count floats or 32-bit integers. */
lw_status lw_write_le32(lw_output_file *file, const void *words, size_t count);

#endif
