/* The hosts and processors on which the ranks of a communicator run. */
#ifndef LANEWISE_MPI_TOPOLOGY_H
#define LANEWISE_MPI_TOPOLOGY_H

#include <lanewise/mpi.h>

typedef struct lw_mpi_topology {
    unsigned hosts;             /* of the communicator */
    unsigned ranks_here;        /* of the communicator, on this rank's host */
    unsigned overlapping_ranks; /* of those, the ranks that may use a processor of this one; >= 1 */
    unsigned threads;           /* for this rank, see lw_mpi_threads */
} lw_mpi_topology;

/* Collective. The error handler of comm must be MPI_ERRORS_RETURN. */
lw_status lw_mpi_find_topology(lw_mpi_topology *topology, MPI_Comm comm);

#endif
