/* Links MPI without initialising it, so the program runs without mpirun. */
#include <lanewise/mpi.h>
#include <stdio.h>

int main(void)
{
    lw_mpi *mpi = NULL;
    const lw_status status = lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL);
    printf("%s: %s\n", lw_status_name(status), lw_last_error());
    return !(status == LW_ESTATE && !mpi);
}
