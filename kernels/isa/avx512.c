#define LW_ISA_NAME avx512
#include "../simd/avx512.h"

#include "../micro/instantiate.inc"
