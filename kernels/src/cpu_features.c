#include "cpu_features.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* XCR0 bits that the operating system sets if it saves the registers at a context switch: SSE and
 * AVX; for AVX-512 also the mask registers, the upper halves and the upper sixteen. */
enum { SAVES_AVX = 0x06, SAVES_AVX512 = 0xe6 };

static unsigned saved_state(void)
{
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

int lw_cpu_can_run(const char *isa)
{
    if (!strcmp(isa, "scalar"))
        return 1;
    unsigned eax, ebx, ecx, edx, ebx7, ecx7, edx7;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE) || !(ecx & bit_FMA) ||
        !__get_cpuid_count(7, 0, &eax, &ebx7, &ecx7, &edx7))
        return 0;
    const unsigned saved = saved_state();
    if (!(ebx7 & bit_AVX2) || (saved & SAVES_AVX) != SAVES_AVX)
        return 0;
    if (!strcmp(isa, "avx2"))
        return 1;
    unsigned eax7_1 = 0;
    __get_cpuid_count(7, 1, &eax7_1, &ebx, &ecx, &edx);
    if (!strcmp(isa, "avx512bf16") && !(eax7_1 & bit_AVX512BF16))
        return 0;
    const unsigned needed = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    return !strncmp(isa, "avx512", 6) && (ebx7 & needed) == needed &&
           (saved & SAVES_AVX512) == SAVES_AVX512;
}

#elif defined(__aarch64__)

#include <sys/auxv.h>

/* HWCAP_ASIMD of <asm/hwcap.h>, which not every cross toolchain ships. */
enum { HAS_ASIMD = 1 << 1 };

int lw_cpu_can_run(const char *isa)
{
    return !strcmp(isa, "scalar") || (!strcmp(isa, "neon") && (getauxval(AT_HWCAP) & HAS_ASIMD));
}

#else

int lw_cpu_can_run(const char *isa)
{
    return !strcmp(isa, "scalar");
}

#endif
