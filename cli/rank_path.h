/* Names of files of which each rank has its own. */
#ifndef LANEWISE_CLI_RANK_PATH_H
#define LANEWISE_CLI_RANK_PATH_H

#include <lanewise/status.h>

/* Whether a name, which may be NULL, has "{rank}" in it. */
int has_rank_placeholder(const char *name);

/*
 * *name with the number of a rank in the place of each "{rank}"; names without it stay as they are. *made receives what is
 * to be freed, or NULL.
 */
lw_status rank_path(const char **name, unsigned rank, char **made);

#endif
