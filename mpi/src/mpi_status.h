/* What MPI answers, as a status. */
#ifndef LANEWISE_MPI_STATUS_H
#define LANEWISE_MPI_STATUS_H

#include <lanewise/mpi.h>

/* LW_OK for MPI_SUCCESS; otherwise LW_EIO with what could not be done, and why. */
static inline lw_status lw_mpi_check(int code, const char *what)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (code == MPI_SUCCESS)
        return LW_OK;
    MPI_Error_string(code, text, &length);
    return lw_fail(LW_EIO, "MPI: %s: %s", what, text);
}

#endif
