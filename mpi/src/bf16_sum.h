/* The reduction operation that adds bf16 numbers. */
#ifndef LANEWISE_MPI_BF16_SUM_H
#define LANEWISE_MPI_BF16_SUM_H

#include <mpi.h>

/* An MPI_User_function: out[i] = in[i] + out[i], rounded to bf16. */
void lw_mpi_bf16_sum(void *in, void *out, int *n, MPI_Datatype *type);

#endif
