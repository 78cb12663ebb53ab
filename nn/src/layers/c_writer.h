/* The export of a network to C: what its layers need to write their parts of the file. */
#ifndef LANEWISE_C_WRITER_H
#define LANEWISE_C_WRITER_H

#include <lanewise/status.h>
#include <stddef.h>

struct lw_text_file;

/* The parts of a file, in this order: functions, tables of parameters, and a function that calls
 * the first with the second. */
typedef enum lw_c_part { LW_C_FUNCTIONS, LW_C_TABLES, LW_C_CALLS } lw_c_part;

/* Functions that several layers call, below the activations' by their number. */
enum { LW_C_DENSE = 16, LW_C_GATED };

typedef struct lw_c_writer {
    struct lw_text_file *text;
    const char *name;   /* what all names in the file begin with */
    lw_c_part part;     /* to be written */
    size_t layer;       /* number of the layer that writes */
    const float *flat;  /* the parameters of all layers, as in the flat view */
    const char *x, *y;  /* names of the layer's input and output */
    unsigned functions; /* written, a bit for each */
} lw_c_writer;

/* Whether a function has not been written yet; from then on it has. */
static inline int lw_c_is_first(lw_c_writer *c, unsigned function)
{
    const unsigned bit = 1u << function;
    const int is_first = !(c->functions & bit);
    c->functions |= bit;
    return is_first;
}

void lw_c_print(lw_c_writer *c, const char *format, ...) LW_PRINTF(2, 3);

/* A table of a layer's parameters, NAME_<kind><layer>. */
void lw_c_print_table(lw_c_writer *c, const char *kind, size_t count, const float *values);

#endif
