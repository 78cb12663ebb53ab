/* The error handlers of a program that has its own, as programs of the BLAS may: they note the call and return. */
#ifndef HANDLERS_H
#define HANDLERS_H

#include <stddef.h>

struct reported {
    int calls;
    int argument;  /* of the last call */
    char name[32]; /* the same; a Fortran name without the blanks that fill it up */
    int in_c;      /* 1 if it was cblas_xerbla */
};

extern struct reported reported;

#endif
