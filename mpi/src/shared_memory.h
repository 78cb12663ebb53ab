/* Memory that all ranks of a communicator share, which are on one host. */
#ifndef LANEWISE_MPI_SHARED_MEMORY_H
#define LANEWISE_MPI_SHARED_MEMORY_H

#include <lanewise/mpi.h>

/* A network has two: its parameters, and the rows of a step; and for a moment a third, when the rows become more. */
enum { LW_MPI_WINDOWS = 8 };

typedef struct lw_mpi_window {
    MPI_Win window; /* MPI_WIN_NULL: not in use */
    void *memory;
} lw_mpi_window;

typedef struct lw_mpi_memory {
    lw_host host;
    MPI_Comm comm;
    lw_mpi_window windows[LW_MPI_WINDOWS];
    double met; /* seconds in meetings */
} lw_mpi_memory;

/* For the ranks of comm, all of one host, whose errors come back. */
void lw_mpi_prepare_memory(lw_mpi_memory *memory, MPI_Comm comm);

#endif
