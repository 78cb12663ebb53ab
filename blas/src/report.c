#include "report.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Error handlers of the program or of another BLAS; weak, so that they may be undefined. A
 * definition in this library, weak or not, would take precedence over those of all other libraries
 * if preloaded. */
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

void blas_report_c(const char *name, int argument, const char *parameter, int value)
{
    if (cblas_xerbla) {
        if (parameter)
            cblas_xerbla(argument, name, "Illegal %s setting, %d\n", parameter, value);
        else
            cblas_xerbla(argument, name, "");
        return;
    }
    fprintf(stderr, "Parameter %d to routine %s was incorrect\n", argument, name);
    if (parameter)
        fprintf(stderr, "Illegal %s setting, %d\n", parameter, value);
    exit(EXIT_FAILURE);
}
