#include "blocking.h"

#include <stdatomic.h>
#include <unistd.h>

/* What is assumed where the system does not say: the smallest caches of current server cores. */
static const size_t usual_cache[] = {32u << 10, 512u << 10, 4u << 20};

static size_t system_cache(int level)
{
    long bytes = 0;
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    static const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE,
                                _SC_LEVEL3_CACHE_SIZE};
    bytes = sysconf(names[level - 1]);
#endif
    return bytes > 0 ? (size_t)bytes : 0;
}

size_t lw_cache_bytes(int level)
{
    if (level < 1 || level > 3)
        return 0;
    /* Asked once: the question costs microseconds in a virtual machine, where it traps. */
    static _Atomic size_t known[3];
    size_t bytes = atomic_load_explicit(&known[level - 1], memory_order_relaxed);
    if (bytes == 0) {
        bytes = system_cache(level);
        bytes = bytes ? bytes : usual_cache[level - 1];
        atomic_store_explicit(&known[level - 1], bytes, memory_order_relaxed);
    }
    return bytes;
}

static size_t clamp(size_t x, size_t low, size_t high)
{
    return x < low ? low : x > high ? high : x;
}

static struct lw_blocking compute(size_t mr, size_t nr)
{
    /* The block of A is read again for every strip of B: a third of the second level, about 170 rows
     * high; the rest is for B and C. Long blocks pay although a strip of B then fills the first level,
     * because each tile of C is loaded and stored once for every block of k (1024^3, one Zen 4 core,
     * AVX-512: 74 % of the peak with 176 steps, 89 % with 512). */
    const size_t l2 = lw_cache_bytes(2) / sizeof(float);
    const size_t kc = clamp(l2 / 256 / 8 * 8, 128, 1024);
    const size_t mc = clamp(l2 / 3 / kc, mr, 512) / mr * mr;
    /* The panel of B is read again for every block of A: it may lie in the third level. */
    const size_t nc = (LW_BLOCKING_MAX_FLOATS / kc - mc) / nr * nr;
    return (struct lw_blocking){mc, kc, nc < 2048 ? nc : 2048 / nr * nr};
}

struct lw_blocking lw_blocking_of(const struct lw_isa *isa)
{
    /* The divisions take longer than a tiny product: the sizes are kept, with the tile they are for, in
     * one word that is read and written at once. The sets' tile widths fall into different slots. */
    enum { SLOTS = 16, SIZE_BITS = 16, TILE_BITS = 8 };
    static _Atomic uint64_t known[SLOTS];
    const size_t mr = isa->tile_mr, nr = isa->tile_nr, mask = ((size_t)1 << SIZE_BITS) - 1;
    const uint64_t tile = (uint64_t)mr << TILE_BITS | nr;
    _Atomic uint64_t *slot = &known[nr / 4 % SLOTS];
    const uint64_t word = atomic_load_explicit(slot, memory_order_relaxed);
    if (word >> (3 * SIZE_BITS) == tile)
        return (struct lw_blocking){word & mask, word >> SIZE_BITS & mask,
                                    word >> (2 * SIZE_BITS) & mask};
    const struct lw_blocking size = compute(mr, nr);
    atomic_store_explicit(slot,
                          tile << (3 * SIZE_BITS) | (uint64_t)size.nc << (2 * SIZE_BITS) |
                              (uint64_t)size.kc << SIZE_BITS | size.mc,
                          memory_order_relaxed);
    return size;
}
