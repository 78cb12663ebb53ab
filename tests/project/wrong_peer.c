/* A broken peer library that the benchmarks must reject: its product omits the last step of k.
 * Arguments as for cblas_sgemm; row-major operands only. */
__attribute__((visibility("default"))) void cblas_sgemm(int order, int transa, int transb, int m,
                                                        int n, int k, float alpha, const float *a,
                                                        int lda, const float *b, int ldb,
                                                        float beta, float *c, int ldc);

void cblas_sgemm(int order, int transa, int transb, int m, int n, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
    enum { TRANS = 112 };
    (void)order, (void)alpha, (void)beta;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            float sum = 0.0f;
            for (int p = 0; p < k - 1; p++)
                sum += (transa == TRANS ? a[p * lda + i] : a[i * lda + p]) *
                       (transb == TRANS ? b[j * ldb + p] : b[p * ldb + j]);
            c[i * ldc + j] = sum;
        }
}
