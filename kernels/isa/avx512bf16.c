#define LW_ISA_NAME avx512bf16
#include "../simd/avx512bf16.h"

#include "../micro/instantiate.inc"
