/* Products of one vector of columns; the rest is AVX2's. */
#define LW_ISA_NAME        avx512vl
#define LW_ISA_BASE        avx2
#define LW_OVERRIDES_GEMM  1
#define LW_GEMM_ONE_VECTOR 1
#define LW_OVERRIDES_BF16  0
#define LW_OVERRIDES_ROWS  0
#include "../simd/avx512vl.h"

#include "../micro/instantiate.inc"
