/* A small network that the ranks train by steps, each on its part of the rows. */
#ifndef LANEWISE_TEST_MPI_TRAINING_H
#define LANEWISE_TEST_MPI_TRAINING_H

#include "mpi_suite.h"

enum { INPUTS = 12, OUTPUTS = 5, ROWS = 24 };

typedef struct training {
    lw_net *net;
    lw_mpi *mpi; /* NULL: alone, on all rows */
    float *x;
    int32_t *labels;
    size_t first, rows; /* of all rows, that are this rank's */
} training;

/* With a network of the same parameters each time. mpi is the training's from now on. */
training begin_training(lw_mpi *mpi, unsigned threads);
lw_status take_step(training *t, const lw_optimizer *optimizer, double *loss);
void end_training(training *t);

#endif
