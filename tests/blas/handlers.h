/* Custom error handlers, which BLAS programs may define: they record the call and return. */
#ifndef HANDLERS_H
#define HANDLERS_H

#include <stddef.h>

struct reported {
    int calls;
    int argument;  /* argument number of the last call */
    char name[32]; /* routine name of the last call, without the trailing blanks of Fortran */
    int in_c;      /* 1 if cblas_xerbla was called */
};

extern struct reported reported;

#endif
