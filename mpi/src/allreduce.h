/* Sums over the ranks of a communicator, on their way while the caller goes on. */
#ifndef LANEWISE_MPI_ALLREDUCE_H
#define LANEWISE_MPI_ALLREDUCE_H

#include <lanewise/bf16.h>
#include <lanewise/mpi.h>

/* Floats that lie one behind the other and are to be added up together. */
typedef struct lw_bucket {
    float *x;
    size_t n;
} lw_bucket;

/* A sum on its way. Its buffer stays for the sum of the same number in the next step. */
typedef struct lw_mpi_reduction {
    lw_bucket bucket; /* x is NULL for doubles */
    void
        *buffer; /* what is received, and in bf16 sent, elsewhere than in place; NULL: nothing is */
    size_t capacity; /* its bytes */
} lw_mpi_reduction;

typedef struct lw_mpi_allreduce {
    MPI_Comm comm;
    int count;      /* of ranks */
    MPI_Op op_bf16; /* MPI_OP_NULL: gradients travel as floats */
    size_t bucket_floats;
    lw_bucket pending; /* not begun: more may come */

    size_t started, capacity; /* sums of this step, and how many there is room for */
    lw_mpi_reduction *reductions;
    MPI_Request *requests;

    double first; /* time of the first sum of a step */
    lw_mpi_times times;
} lw_mpi_allreduce;

/* The functions of lw_ranks, of more than one; user is an lw_mpi_allreduce. */
lw_status lw_mpi_allreduce_f32(void *user, size_t n, float *x);
lw_status lw_mpi_allreduce_f64(void *user, size_t n, double *x);
lw_status lw_mpi_wait(void *user);

/* Frees the buffers. */
void lw_mpi_allreduce_free(lw_mpi_allreduce *state);

#endif
