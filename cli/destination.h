/* Files that appear whole or not at all: written beside the target and renamed. */
#ifndef LANEWISE_CLI_DESTINATION_H
#define LANEWISE_CLI_DESTINATION_H

#include <lanewise/status.h>
#include <stdio.h>

typedef struct destination {
    FILE *file;
    const char *path;
    char *beside; /* name of the file until it is renamed */
    int is_unnamed; /* it has none yet: only just before it is renamed, where the file system allows that */
    int descriptor;
    int error; /* errno of the first write that failed */
} destination;

/* Opens a file beside path; d stays where it is, because the stream refers to it. End with destination_commit or destination_discard. LW_EIO names the
 * path and the system's reason. */
lw_status destination_open(destination *d, const char *path);

/* Makes what was written appear at the path. On failure nothing is left behind. */
lw_status destination_commit(destination *d);

void destination_discard(destination *d);

/* Whether a file could be put at path: to be asked before an hour of training, not after. */
lw_status destination_check(const char *path);

#endif
