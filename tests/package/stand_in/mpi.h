/* What lanewise/mpi.h takes from MPI's header, so that it is looked at without MPI, too. */
#ifndef LANEWISE_TEST_STAND_IN_MPI_H
#define LANEWISE_TEST_STAND_IN_MPI_H

typedef void *MPI_Comm;

#endif
