/*
 * A file that appears whole or not at all: it is written without a name, is given a unique one beside its target when it
 * is complete, and is renamed over the target. So a program that is killed leaves nothing behind unless that happens
 * between these two calls. Where the file system has no files without names, it has that name from the beginning.
 */
#ifndef LANEWISE_ATOMIC_FILE_H
#define LANEWISE_ATOMIC_FILE_H

#include <lanewise/status.h>
#include <stddef.h>

typedef struct lw_atomic_file {
    char *target;    /* with symbolic links resolved, so that a link stays one */
    char *temporary; /* in the directory of target                             */
    int is_unnamed;  /* temporary is not there yet                             */
    int descriptor;
} lw_atomic_file;

/*
 * Begins a file. A target that exists keeps its permissions; one that may not be written, or is
 * anything but a regular file, is refused. LW_EIO or LW_ENOMEM; nothing is to be released then.
 */
lw_status lw_atomic_open(lw_atomic_file *file, const char *path);

lw_status lw_atomic_write(lw_atomic_file *file, const void *bytes, size_t count);

/* Writes count floats or 32-bit integers, little-endian. */
lw_status lw_atomic_write_words(lw_atomic_file *file, const void *words, size_t count);

/*
 * Ends a file in any case. With status LW_OK it is brought to the disk and renamed over the
 * target; with another status, or when that fails, it is removed and the target stays as it was.
 * Returns status, or what failed.
 */
lw_status lw_atomic_close(lw_atomic_file *file, lw_status status);

#endif
