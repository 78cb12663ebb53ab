#define LW_ISA_NAME avx2
#include "../simd/avx2.h"

#include "../micro/instantiate.inc"
