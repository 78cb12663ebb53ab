/* A small network that the ranks train step by step, each on its part of the rows. */
#ifndef LANEWISE_TEST_MPI_TRAINING_H
#define LANEWISE_TEST_MPI_TRAINING_H

#include "mpi_suite.h"

enum { INPUTS = 12, OUTPUTS = 5, ROWS = 24 };

typedef struct training {
    lw_net *net;
    lw_mpi *mpi; /* NULL: one process, all rows */
    float *x;
    int32_t *labels;
    size_t first, rows; /* the part of this rank */
} training;

/* Creates a training; the network always has the same initial parameters. Takes ownership of mpi.
 */
training begin_training(lw_mpi *mpi, unsigned threads);
lw_status take_step(training *t, const lw_optimizer *optimizer, double *loss);
void end_training(training *t);

#endif
