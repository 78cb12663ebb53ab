#define LW_ISA_NAME neon
#include "../simd/neon.h"

#include "../micro/instantiate.inc"
