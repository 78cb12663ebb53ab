/* How a part of a product is computed on one thread: block sizes, and where the operands are
 * read. */
#ifndef LANEWISE_GEMM_PLAN_H
#define LANEWISE_GEMM_PLAN_H

#include "blocking.h"
#include "gemm.h"

struct lw_gemm_plan {
    struct lw_blocking size;
    size_t width;    /* of a panel */
    size_t tail;     /* the most columns that the last panel takes */
    int pack_a;      /* A is packed by blocks; otherwise read in place */
    int pack_b;      /* B is packed by panels; otherwise only a very narrow last panel is */
    int keep_b;      /* more than one block of rows uses the packed panels */
    size_t b_floats; /* room for packed panels of B */
    size_t a_floats; /* room for a packed block of A */
};

/* For m rows and n columns of g. a_floats + b_floats is at most lw_scratch_floats(). */
struct lw_gemm_plan lw_gemm_plan(const struct lw_gemm *g, size_t m, size_t n);

/* The columns of the next panel, of which `rest` are left. */
size_t lw_gemm_panel_columns(const struct lw_gemm *g, const struct lw_gemm_plan *plan, size_t rest);

#endif
