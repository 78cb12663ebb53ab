/*
 * Regular files read sequentially. Their size is known after opening, so callers can compare it
 * with the size promised by a header before they allocate.
 */
#ifndef LANEWISE_INPUT_FILE_H
#define LANEWISE_INPUT_FILE_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lw_input_file {
    const char *path; /* the caller's string */
    int descriptor;
    uint64_t size, position; /* bytes */
    int is_open;
    unsigned char *memory; /* the contents, instead of a file; owned */
} lw_input_file;

/* Returns LW_EIO if the file cannot be opened or is not a regular file. */
lw_status lw_input_open(lw_input_file *input, const char *path);

/* Reads from memory, which lw_input_close releases with free. */
void lw_input_open_memory(lw_input_file *input, const char *path, unsigned char *memory,
                          size_t size);

/* Reads exactly count bytes, resuming short and interrupted reads. Returns LW_EIO if they cannot be
 * read or the file ends: callers check input->size first, so this means that the file shrank. */
lw_status lw_input_read(lw_input_file *input, void *bytes, size_t count);

/* Skips count bytes without reading them; the caller ensures that they exist. */
lw_status lw_input_skip(lw_input_file *input, uint64_t count);

/* Closes the file. input may be zeroed or closed already. */
void lw_input_close(lw_input_file *input);

#endif
