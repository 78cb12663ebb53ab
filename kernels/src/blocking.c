#include "blocking.h"
#include "size_math.h"

#include <lanewise/internal/cache.h>

struct lw_blocking lw_blocking_of(const struct lw_isa *isa, size_t k)
{
    /* Long blocks of k, although a panel of B then exceeds the first-level cache, because every
     * block loads and stores C. See "Block size of k" in docs/measurements.md. */
    const size_t max_steps = LW_BLOCKING_WHOLE_STEPS;
    const size_t blocks = (k + max_steps - 1) / max_steps;
    const size_t kc = blocks <= 1 ? k + !k : ((k + blocks - 1) / blocks + 7) / 8 * 8;
    /* A block of A is read again for every panel of B: a third of the second-level cache; the rest
     * is for B and C. */
    const size_t max = lw_cache_bytes(2) / sizeof(float) / 3;
    const size_t rows =
        lw_min_size(max / kc, LW_BLOCKING_MAX_FLOATS / 4 / kc) / isa->tile_mr * isa->tile_mr;
    const size_t mc = rows > 0 ? rows : isa->tile_mr;
    /* A panel of B is read again for every block of A: it may be in the third-level cache. */
    const size_t nc =
        lw_min_size(LW_BLOCKING_MAX_FLOATS / kc - mc, 2048) / isa->tile_nr * isa->tile_nr;
    return (struct lw_blocking){mc, kc, nc};
}
