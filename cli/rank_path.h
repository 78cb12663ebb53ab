/* File names with the placeholder {rank}: each rank reads its own file. */
#ifndef LANEWISE_CLI_RANK_PATH_H
#define LANEWISE_CLI_RANK_PATH_H

#include <lanewise/status.h>

/* Whether the name, which may be NULL, contains "{rank}". */
int has_rank_placeholder(const char *name);

/*
 * Replaces each "{rank}" in *name by the rank. *allocated receives the memory to free, or NULL if
 * the name has no placeholder.
 */
lw_status rank_path(const char **name, unsigned rank, char **allocated);

#endif
