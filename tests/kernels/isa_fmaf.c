/* The reference for bits: the algorithms of kernels/micro in plain C, with the C library's
 * correctly rounded fmaf. Every FMA instruction set must return its bits. */
#define LW_ISA_NAME                 fmaf_reference
#define LW_SCALAR_FMA(a, b, c)      fmaf(a, b, c)
#define LW_SCALAR_FMA_ONCE(a, b, c) fmaf(a, b, c)
#include "../../kernels/simd/scalar.h"

#include "../../kernels/micro/instantiate.inc"
