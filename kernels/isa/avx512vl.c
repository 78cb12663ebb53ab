#define LW_ISA_NAME avx512vl
#include "../simd/avx512vl.h"

#include "../micro/instantiate.inc"
