/* Arrays of 32-bit numbers in files, little-endian. */
#include "write_le32.h"
#include "arithmetic.h"
#include "little_endian.h"

#include <string.h>

enum { WORD_BYTES = 4, CHUNK_WORDS = 4096 };

lw_status lw_write_le32(lw_output_file *file, const void *words, size_t count)
{
    unsigned char bytes[WORD_BYTES * CHUNK_WORDS];
    const unsigned char *next = words;
    lw_status status = LW_OK;
    while (count > 0 && status == LW_OK) {
        const size_t chunk = lw_min_size(count, CHUNK_WORDS);
        for (size_t i = 0; i < chunk; i++, next += WORD_BYTES) {
            uint32_t word;
            memcpy(&word, next, WORD_BYTES);
            lw_store_le(bytes + i * WORD_BYTES, WORD_BYTES, word);
        }
        status = lw_output_file_write(file, bytes, chunk * WORD_BYTES);
        count -= chunk;
    }
    return status;
}
