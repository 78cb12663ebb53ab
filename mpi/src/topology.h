/* Where the ranks of a communicator run. */
#ifndef LANEWISE_MPI_TOPOLOGY_H
#define LANEWISE_MPI_TOPOLOGY_H

#include <lanewise/mpi.h>

typedef struct lw_mpi_topology {
    unsigned hosts, ranks_here; /* of the communicator; of it on this rank's host */
    unsigned overlapping_ranks; /* of those, that may run where this rank does, itself included */
    unsigned threads;           /* this rank's, see lw_mpi_threads */
} lw_mpi_topology;

/* Collective. Errors of comm have to come back. */
lw_status lw_mpi_find_topology(lw_mpi_topology *topology, MPI_Comm comm);

#endif
