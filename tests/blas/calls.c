#include "calls.h"
#include "fortran.h"

#include <lanewise/cblas.h>

static const CBLAS_TRANSPOSE in_c[TRANSPOSES] = {CblasNoTrans, CblasTrans, CblasConjTrans};

static const char *letter(enum transpose trans, int small)
{
    return (small ? "ntc" : "NTC") + trans;
}

int is_contiguous(enum interface interface, enum transpose trans)
{
    return (trans != NOT_TRANSPOSED) != (interface == C_ROW_MAJOR);
}

void call_sgemm(enum interface interface, enum transpose transa, enum transpose transb, int small,
                float alpha, const struct matrix *a, const struct matrix *b, float beta,
                struct matrix *c)
{
    const int m = c->rows, n = c->cols, k = a->cols;
    if (interface == FORTRAN) {
        fortran_sgemm(letter(transa, small), letter(transb, small), &m, &n, &k, &alpha, a->data,
                      &a->ld, b->data, &b->ld, &beta, c->data, &c->ld);
    } else {
        cblas_sgemm(interface == C_ROW_MAJOR ? CblasRowMajor : CblasColMajor, in_c[transa],
                    in_c[transb], m, n, k, alpha, a->data, a->ld, b->data, b->ld, beta, c->data,
                    c->ld);
    }
}

void call_sgemv(enum interface interface, enum transpose trans, int small, float alpha,
                const struct matrix *a, const struct vector *x, float beta, struct vector *y)
{
    const int m = trans == NOT_TRANSPOSED ? a->rows : a->cols,
              n = trans == NOT_TRANSPOSED ? a->cols : a->rows;
    if (interface == FORTRAN) {
        fortran_sgemv(letter(trans, small), &m, &n, &alpha, a->data, &a->ld, x->data, &x->inc,
                      &beta, y->data, &y->inc);
    } else {
        cblas_sgemv(interface == C_ROW_MAJOR ? CblasRowMajor : CblasColMajor, in_c[trans], m, n,
                    alpha, a->data, a->ld, x->data, x->inc, beta, y->data, y->inc);
    }
}
