#include "mpi_suite.h"

#include <stdio.h>
#include <stdlib.h>

int rank, rank_count;

void begin_suite(int *argc, char ***argv)
{
    int level;
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &rank_count);
}

void run_test(const char *name, const TTest *test, int times)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_add_loop_test(tcase, test, 0, times);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    /* A child of fork has no connection to the other ranks. */
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    if (srunner_ntests_run(runner) == 0 || srunner_ntests_failed(runner) > 0) {
        printf("rank %d of %d:\n", rank, rank_count);
        srunner_print(runner, CK_NORMAL);
        fflush(stdout);
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
    if (rank == 0)
        printf("%s: %d on %d ranks\n", name, srunner_ntests_run(runner), rank_count);
    srunner_free(runner);
}

int end_suite(void)
{
    MPI_Finalize();
    return EXIT_SUCCESS;
}

lw_mpi *make_mpi(size_t bucket_bytes, lw_precision gradients)
{
    lw_mpi *mpi = NULL;
    ASSERT_OK(lw_mpi_create(&mpi, MPI_COMM_WORLD,
                            &(lw_mpi_options){.size = sizeof(lw_mpi_options),
                                              .bucket_bytes = bucket_bytes,
                                              .gradients = gradients}));
    return mpi;
}

void assert_same_on_all_ranks(const char *what, const void *bytes, size_t size)
{
    void *first = malloc(size + 1);
    ck_assert_ptr_nonnull(first);
    memcpy(first, bytes, size);
    MPI_Bcast(first, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD);
    ck_assert_msg(memcmp(first, bytes, size) == 0, "%s: bits differ from rank 0", what);
    free(first);
}
