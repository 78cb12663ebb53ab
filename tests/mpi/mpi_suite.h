/* Test suites that run on all ranks of MPI_COMM_WORLD at the same time. */
#ifndef LANEWISE_TEST_MPI_SUITE_H
#define LANEWISE_TEST_MPI_SUITE_H

#include "../nn/fixture.h"

#include <lanewise/mpi.h>

/* Number of this rank, and number of ranks. */
extern int rank, rank_count;

/* Initialises MPI. */
void begin_suite(int *argc, char ***argv);

/* Runs a loop test with the indices 0 to times - 1. A rank on which it fails prints the reason and
 * aborts all ranks, because the others wait for it. */
void run_test(const char *name, const TTest *test, int times);

/* Finalises MPI and returns the exit status of the program. */
int end_suite(void);

/* Creates the ranks of MPI_COMM_WORLD with these options. */
lw_mpi *make_mpi(size_t bucket_bytes, lw_precision gradients);

/* Asserts that all ranks have the same bytes. */
void assert_same_on_all_ranks(const char *what, const void *bytes, size_t size);

#endif
