/* Suites whose tests run on all ranks of MPI_COMM_WORLD at once. */
#ifndef LANEWISE_TEST_MPI_SUITE_H
#define LANEWISE_TEST_MPI_SUITE_H

#include "../nn/fixture.h"

#include <lanewise/mpi.h>

/* This rank, and how many there are. */
extern int rank, rank_count;

/* Begins MPI. */
void begin_suite(int *argc, char ***argv);

/* Runs a test with the numbers 0 to times - 1. A rank on which it fails says why and ends all: the others wait for it. */
void run_test(const char *name, const TTest *test, int times);

/* Ends MPI; the exit status of the program. */
int end_suite(void);

/* The ranks of MPI_COMM_WORLD, with these options. */
lw_mpi *make_mpi(size_t bucket_bytes, lw_precision gradients);

/* Asserts that all ranks have the same bytes. */
void assert_same_on_all_ranks(const char *what, const void *bytes, size_t size);

#endif
