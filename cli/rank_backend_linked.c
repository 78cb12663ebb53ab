/* The MPI backend linked into the command, for builds with static libraries. */
#include "rank_backend.h"

const rank_backend *rank_backend_find(void)
{
    return &rank_backend_mpi;
}
