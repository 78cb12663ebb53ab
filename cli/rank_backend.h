/* The functions of ranks.h that need MPI. */
#ifndef LANEWISE_CLI_RANK_BACKEND_H
#define LANEWISE_CLI_RANK_BACKEND_H

#include "ranks.h"

/* For a process started by a launcher. */
typedef struct rank_backend {
    lw_status (*begin)(rank_group *group);
    lw_status (*join)(rank_group *group, lw_precision gradients);
    void (*end)(rank_group *group);
    void (*abort_all)(void);
} rank_backend;

LW_API extern const rank_backend rank_backend_mpi;

/* Returns NULL with a message (LW_ESTATE) if the command has no MPI backend. */
const rank_backend *rank_backend_find(void);

#endif
