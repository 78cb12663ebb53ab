/*
 * The reference of the bits: the algorithms of kernels/micro on plain C floats, with the C
 * library's correctly rounded fmaf. Every FMA instruction set has to give its bits.
 */
#define LW_ISA_NAME                 fmaf_reference
#define LW_SCALAR_FMA(a, b, c)      fmaf(a, b, c)
#define LW_SCALAR_FMA_ONCE(a, b, c) fmaf(a, b, c)
#include "../../kernels/simd/scalar.h"

#include "../../kernels/micro/instantiate.inc"
