/*
 * A regular file read from front to back, some of it passed over, whose size is known before anything is allocated for
 * what it claims to hold.
 */
#ifndef LANEWISE_INPUT_FILE_H
#define LANEWISE_INPUT_FILE_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lw_input_file {
    const char *path; /* the caller's string */
    int descriptor;
    uint64_t size, position;
    int is_open;
} lw_input_file;

/* LW_EIO if the file cannot be opened or is not a regular one. */
lw_status lw_input_open(lw_input_file *input, const char *path);

/* Reads exactly count bytes, by as many calls as signals and the system make of it. LW_EIO if they cannot be read, also for an early end: callers compare
 * with size first, so that only a file that shrinks meanwhile ends early. */
lw_status lw_input_read(lw_input_file *input, void *bytes, size_t count);

/* Goes on count bytes, which there are. LW_EIO if the file takes no other place. */
lw_status lw_input_skip(lw_input_file *input, uint64_t count);

/* Allowed on a zeroed or closed struct. */
void lw_input_close(lw_input_file *input);

#endif
