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

struct lw_blocking lw_blocking_of(const struct lw_isa *isa)
{
    const size_t mr = isa->tile_mr, nr = isa->tile_nr;
    /* A tile's panel of B (kc x nr) is read again for every tile below it and shares the first
     * level with the panel of A that streams past. */
    const size_t l1 = lw_cache_bytes(1) / sizeof(float);
    const size_t kc = clamp(l1 / (nr + mr) / 8 * 8, 128, 512);
    /* The block of A is read again for every panel of B: half of the second level. */
    const size_t l2 = lw_cache_bytes(2) / sizeof(float);
    const size_t mc = clamp(l2 / 2 / kc, mr, 512) / mr * mr;
    /* The panel of B is read again for every block of A: it may lie in the third level. */
    const size_t nc = (LW_BLOCKING_MAX_FLOATS / kc - mc) / nr * nr;
    const struct lw_blocking blocking = {mc, kc, nc < 2048 ? nc : 2048 / nr * nr};
    return blocking;
}
