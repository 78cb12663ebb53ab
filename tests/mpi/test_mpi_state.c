/* lw_mpi_create before MPI_Init_thread, after MPI_Finalize, and in threads that may not call MPI.
 */
#include "mpi_suite.h"

#include <pthread.h>
#include <stdlib.h>

static lw_mpi *mpi;

/* LW_OK, or what lw_mpi_create is refused with. */
static void *create(void *message)
{
    const lw_status status = lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL);
    ck_assert_msg(status == LW_ESTATE && strstr(lw_last_error(), message), "%s: %s",
                  lw_status_name(status), lw_last_error());
    return NULL;
}

START_TEST(mpi_has_to_be_there)
{
    int level;
    pthread_t thread;
    create("has not been initialised");
    MPI_Init_thread(NULL, NULL, _i ? MPI_THREAD_FUNNELED : MPI_THREAD_SINGLE, &level);
    if (level == MPI_THREAD_SINGLE)
        create("without MPI_THREAD_FUNNELED");
    if (level == MPI_THREAD_FUNNELED) {
        ck_assert_int_eq(pthread_create(&thread, NULL, create, "only the thread"), 0);
        pthread_join(thread, NULL);
        ASSERT_OK(lw_mpi_create(&mpi, MPI_COMM_SELF, NULL));
    }
    ck_assert_msg(level == (_i ? MPI_THREAD_FUNNELED : MPI_THREAD_SINGLE) ||
                      level > MPI_THREAD_FUNNELED,
                  "level %d", level);
    MPI_Finalize();
    lw_mpi *late = mpi;
    create("has been finalised");
    lw_mpi_destroy(late);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2)
        return EXIT_FAILURE;
    const int number = strcmp(argv[1], "funneled") == 0;
    Suite *suite = suite_create("state");
    TCase *tcase = tcase_create("state");
    tcase_add_loop_test(tcase, mpi_has_to_be_there, number, number + 1);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK); /* the starter knows no child of fork */
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
