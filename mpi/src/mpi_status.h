/* Converts MPI error codes to lw_status. */
#ifndef LANEWISE_MPI_STATUS_H
#define LANEWISE_MPI_STATUS_H

#include <lanewise/mpi.h>

/* Returns LW_OK for MPI_SUCCESS, otherwise LW_EIO. The message has `what` and the text of MPI. */
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
