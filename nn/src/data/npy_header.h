/* The header of NumPy's .npy format, versions 1 to 3: a magic string, the length of a text, and the
 * text, a Python dictionary with the element type, the order of elements and the shape. */
#ifndef LANEWISE_NPY_HEADER_H
#define LANEWISE_NPY_HEADER_H

#include "base/input_file.h"

typedef enum lw_npy_kind { LW_NPY_FLOAT, LW_NPY_SIGNED, LW_NPY_UNSIGNED } lw_npy_kind;

typedef struct lw_npy_type {
    const char *descr; /* the name in the header, for example "<f4" */
    lw_npy_kind kind;
    size_t bytes;
} lw_npy_type;

enum { LW_NPY_MAX_DIMENSIONS = 32 };

typedef struct lw_npy_header {
    const lw_npy_type *type;
    int fortran; /* column-major */
    size_t dimensions, shape[LW_NPY_MAX_DIMENSIONS];
} lw_npy_header;

/* Reads the header at the start of input and leaves input at the first element. Returns LW_EFORMAT,
 * LW_ESHAPE for no or too many dimensions, LW_EIO or LW_ENOMEM. */
lw_status lw_npy_read_header(lw_input_file *input, lw_npy_header *header);

enum { LW_NPY_HEADER_BYTES = 128 };

/* Makes the header (version 1) of a row-major array of one or two dimensions. */
void lw_npy_make_header(unsigned char bytes[LW_NPY_HEADER_BYTES], const char *descr,
                        size_t dimensions, const size_t *shape);

#endif
