/* Reports invalid arguments to the error handlers of the program. */
#ifndef LANEWISE_BLAS_REPORT_H
#define LANEWISE_BLAS_REPORT_H

/* name: the Fortran name, six characters. */
void blas_report_fortran(const char *name, int argument);

/* parameter, value: name and value of an enumeration argument; NULL and 0 for other arguments. */
void blas_report_c(const char *name, int argument, const char *parameter, int value);

#endif
