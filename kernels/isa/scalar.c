#define LW_ISA_NAME scalar
#include "../simd/scalar.h"

#include "../micro/instantiate.inc"
