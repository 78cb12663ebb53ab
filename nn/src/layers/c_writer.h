/* The writer of the C export, passed to each layer to write its part of the file. */
#ifndef LANEWISE_C_WRITER_H
#define LANEWISE_C_WRITER_H

#include <lanewise/status.h>
#include <stddef.h>

struct lw_text_file;

/* The parts of a file in their order: functions, tables of parameters, and the calls in the main
 * function. */
typedef enum lw_c_part { LW_C_FUNCTIONS, LW_C_TABLES, LW_C_CALLS } lw_c_part;

/* Bit numbers of functions shared by layers. Lower numbers are values of lw_activation. */
enum { LW_C_DENSE = 16, LW_C_GATED };

typedef struct lw_c_writer {
    struct lw_text_file *text;
    const char *name;   /* prefix of all names in the file */
    lw_c_part part;     /* part to write */
    size_t layer;       /* number of the current layer */
    const float *flat;  /* the parameters of all layers, as in the flat view */
    const char *x, *y;  /* names of the layer's input and output */
    unsigned functions; /* bit set of the functions already written */
} lw_c_writer;

/* Returns 1 on the first call for a function, then 0. */
static inline int lw_c_is_first(lw_c_writer *c, unsigned function)
{
    const unsigned bit = 1u << function;
    const int is_first = !(c->functions & bit);
    c->functions |= bit;
    return is_first;
}

void lw_c_print(lw_c_writer *c, const char *format, ...) LW_PRINTF(2, 3);

/* Writes the table NAME_<kind><layer> of parameters. */
void lw_c_print_table(lw_c_writer *c, const char *kind, size_t count, const float *values);

#endif
