/* Wrong arguments, told to the program's handlers. */
#ifndef LANEWISE_BLAS_REPORT_H
#define LANEWISE_BLAS_REPORT_H

/* name: as Fortran has it, six letters. */
void blas_report_fortran(const char *name, int argument);

/* value: of the argument if it is an enumeration's; then what says its name, else NULL. */
void blas_report_c(const char *name, int argument, const char *what, int value);

#endif
