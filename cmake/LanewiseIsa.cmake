# The list of instruction sets, narrowest first: the processors, and the compiler flags of the set's
# source file. A set with a BASE inherits most functions from that set, which is then also built. To
# add a set, add it here, add kernels/simd/NAME.h and kernels/isa/NAME.c, and detect it in
# kernels/src/cpu_features.c.

set(LANEWISE_ISA_scalar_PROCESSOR ".*")
set(LANEWISE_ISA_scalar_FLAGS "")
set(LANEWISE_ISA_avx2_PROCESSOR "x86_64|AMD64")
set(LANEWISE_ISA_avx2_FLAGS -mavx2 -mfma)
set(LANEWISE_ISA_avx512vl_PROCESSOR "x86_64|AMD64")
set(LANEWISE_ISA_avx512vl_BASE avx2)
set(LANEWISE_ISA_avx512vl_FLAGS -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma)
set(LANEWISE_ISA_avx512_PROCESSOR "x86_64|AMD64")
# 512-bit vectors also in auto-vectorised loops, for which gcc's default is 256.
set(LANEWISE_ISA_avx512_FLAGS
  -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512)
set(LANEWISE_ISA_avx512bf16_PROCESSOR "x86_64|AMD64")
set(LANEWISE_ISA_avx512bf16_BASE avx512)
set(LANEWISE_ISA_avx512bf16_FLAGS ${LANEWISE_ISA_avx512_FLAGS} -mavx512bf16)
set(LANEWISE_ISA_neon_PROCESSOR "aarch64|arm64")
set(LANEWISE_ISA_neon_FLAGS "")

set(LANEWISE_ISAS_WANTED scalar avx2 avx512vl avx512 avx512bf16 neon CACHE STRING
  "Instruction sets to build, of those that the target processor has")
set(LANEWISE_ISAS "")
set(LANEWISE_ISAS_WITH_BASES "")
foreach(isa ${LANEWISE_ISAS_WANTED})
  list(APPEND LANEWISE_ISAS_WITH_BASES ${isa} ${LANEWISE_ISA_${isa}_BASE})
endforeach()
foreach(isa scalar avx2 avx512vl avx512 avx512bf16 neon)
  if(NOT isa IN_LIST LANEWISE_ISAS_WITH_BASES)
    continue()
  endif()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(${LANEWISE_ISA_${isa}_PROCESSOR})$")
    list(APPEND LANEWISE_ISAS ${isa})
  endif()
endforeach()
