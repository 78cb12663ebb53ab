/* Non-blocking all-reduce over the ranks of a communicator; adjacent operands share a bucket. */
#ifndef LANEWISE_MPI_ALLREDUCE_H
#define LANEWISE_MPI_ALLREDUCE_H

#include <lanewise/internal/bf16.h>
#include <lanewise/mpi.h>

/* Contiguous floats that are reduced together. */
typedef struct lw_bucket {
    float *x;
    size_t n;
} lw_bucket;

/* A reduction that has been started. The buffer is kept for the same reduction of the next step. */
typedef struct lw_mpi_reduction {
    lw_bucket bucket; /* x is NULL for doubles */
    void *buffer;     /* operands that are not sent or received in place; may be NULL */
    size_t capacity;  /* of buffer, in bytes */
} lw_mpi_reduction;

typedef struct lw_mpi_allreduce {
    MPI_Comm comm;
    int count;      /* of ranks */
    MPI_Op op_bf16; /* MPI_OP_NULL: gradients are sent as floats */
    size_t bucket_floats;
    lw_bucket pending; /* not started yet: the next operand may extend it */

    size_t started, capacity;     /* reductions of the current step, and allocated ones */
    lw_mpi_reduction *reductions; /* capacity of them, like requests */
    MPI_Request *requests;

    double first; /* time at which the first reduction of the step was started */
    lw_mpi_times times;
} lw_mpi_allreduce;

/* The functions of lw_ranks for more than one rank; user is an lw_mpi_allreduce. */
lw_status lw_mpi_allreduce_f32(void *user, size_t n, float *x);
lw_status lw_mpi_allreduce_f64(void *user, size_t n, double *x);
lw_status lw_mpi_wait(void *user);

/* Frees the memory of an lw_mpi_allreduce, not the struct. */
void lw_mpi_allreduce_free(lw_mpi_allreduce *state);

#endif
