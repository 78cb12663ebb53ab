/* Sizes of the data caches. */
#include <lanewise/internal/cache.h>
#include <stdatomic.h>
#include <unistd.h>

/* Defaults if the system does not report a size: the smallest caches of current server cores. */
static const size_t default_cache[] = {32u << 10, 512u << 10, 4u << 20};

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
    /* Queried once: in a virtual machine the query traps and costs microseconds. */
    static _Atomic size_t known[3];
    size_t bytes = atomic_load_explicit(&known[level - 1], memory_order_relaxed);
    if (bytes == 0) {
        bytes = system_cache(level);
        bytes = bytes ? bytes : default_cache[level - 1];
        atomic_store_explicit(&known[level - 1], bytes, memory_order_relaxed);
    }
    return bytes;
}
