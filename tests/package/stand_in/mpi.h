/* The parts of MPI's header that lanewise/mpi.h uses, to check it without MPI. */
#ifndef LANEWISE_TEST_STAND_IN_MPI_H
#define LANEWISE_TEST_STAND_IN_MPI_H

typedef void *MPI_Comm;

#endif
