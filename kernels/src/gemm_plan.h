/* The plan for a part of a product on one thread: block sizes, and which operands are packed. */
#ifndef LANEWISE_GEMM_PLAN_H
#define LANEWISE_GEMM_PLAN_H

#include "blocking.h"
#include "gemm.h"

struct lw_gemm_plan {
    struct lw_blocking size;
    size_t width;    /* of a panel */
    size_t tail;     /* maximum columns of the last panel */
    int pack_a;      /* A is packed by blocks; otherwise read in place */
    int pack_b;      /* B is packed by panels; otherwise only a very narrow last panel is */
    int keep_b;      /* more than one block of rows uses the packed panels */
    size_t b_floats; /* size of the packed panels of B */
    size_t a_floats; /* size of a packed block of A */
};

/* For m rows and n columns of g. a_floats + b_floats is at most lw_scratch_floats(). */
struct lw_gemm_plan lw_gemm_plan(const struct lw_gemm *g, size_t m, size_t n);

/* Columns of the next panel, if `rest` columns remain. */
size_t lw_gemm_panel_columns(const struct lw_gemm *g, const struct lw_gemm_plan *plan, size_t rest);

#endif
