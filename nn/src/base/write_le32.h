/* Numbers of 32 bits in files. */
#ifndef LANEWISE_WRITE_LE32_H
#define LANEWISE_WRITE_LE32_H

#include "base/output_file.h"

/* Writes count floats or 32-bit integers, little-endian. */
lw_status lw_write_le32(lw_output_file *file, const void *words, size_t count);

#endif
