/* AVX-512's set but for bf16. */
#define LW_ISA_NAME     avx512bf16
#define LW_ISA_BASE     avx512
#define LW_OWN_PRODUCTS 0
#define LW_ONE_VECTOR   0
#define LW_OWN_BF16     1
#define LW_OWN_ROWS     0
#include "../simd/avx512bf16.h"

#include "../micro/instantiate.inc"
