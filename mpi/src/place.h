/* Where the ranks of a communicator run. */
#ifndef LANEWISE_MPI_PLACE_H
#define LANEWISE_MPI_PLACE_H

#include <lanewise/mpi.h>

typedef struct lw_mpi_place {
    unsigned hosts, ranks_here; /* of the communicator; of it on this rank's host */
    unsigned sharers;           /* of those, that may run where this rank does, itself included */
    unsigned threads;           /* this rank's, see lw_mpi_threads */
} lw_mpi_place;

/* Collective. Errors of comm have to come back. */
lw_status lw_mpi_find_place(lw_mpi_place *place, MPI_Comm comm);

#endif
