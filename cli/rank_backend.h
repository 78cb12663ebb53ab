/* What the command needs of MPI. */
#ifndef LANEWISE_CLI_RANK_BACKEND_H
#define LANEWISE_CLI_RANK_BACKEND_H

#include "ranks.h"

/* The functions of ranks.h, of a process that a launcher started. */
typedef struct rank_backend {
    lw_status (*begin)(rank_group *group);
    lw_status (*join)(rank_group *group, lw_precision gradients);
    void (*end)(rank_group *group);
    void (*abort)(void);
} rank_backend;

LW_API extern const rank_backend rank_backend_mpi;

/* The backend, or NULL with a message: LW_ESTATE. */
const rank_backend *rank_backend_find(void);

#endif
