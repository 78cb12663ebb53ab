/* AVX-512's set except bf16. */
#define LW_ISA_NAME        avx512bf16
#define LW_ISA_BASE        avx512
#define LW_OVERRIDES_GEMM  0
#define LW_GEMM_ONE_VECTOR 0
#define LW_OVERRIDES_BF16  1
#define LW_OVERRIDES_ROWS  0
#include "../simd/avx512bf16.h"

#include "../micro/instantiate.inc"
