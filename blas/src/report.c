#include "report.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* References that may stay open: a definition here, weak or not, would in a preloaded library come before that of
 * every library of the program but its own executable. */
extern void xerbla_(const char *name, const int *argument, size_t length) __attribute__((weak));
extern void cblas_xerbla(int argument, const char *name, const char *format, ...)
    __attribute__((weak));

void blas_report_fortran(const char *name, int argument)
{
    if (xerbla_) {
        xerbla_(name, &argument, strlen(name));
        return;
    }
    fprintf(stderr, " ** On entry to %s parameter number %2d had an illegal value\n", name,
            argument);
    exit(EXIT_FAILURE);
}

void blas_report_c(const char *name, int argument, const char *what, int value)
{
    if (cblas_xerbla) {
        if (what)
            cblas_xerbla(argument, name, "Illegal %s setting, %d\n", what, value);
        else
            cblas_xerbla(argument, name, "");
        return;
    }
    fprintf(stderr, "Parameter %d to routine %s was incorrect\n", argument, name);
    if (what)
        fprintf(stderr, "Illegal %s setting, %d\n", what, value);
    exit(EXIT_FAILURE);
}
