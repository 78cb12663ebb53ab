/* Partition of n rows into contiguous shards whose sizes differ by at most one. */
#ifndef LANEWISE_PARTITION_H
#define LANEWISE_PARTITION_H

#include <stddef.h>
#include <stdint.h>

typedef struct lw_range {
    size_t begin, end;
} lw_range;

/* The first row of a shard: floor(n * shard / shards). shard == shards gives n. Does not overflow
 * if shard and shards are at most UINT32_MAX. */
static inline size_t lw_partition_begin(size_t n, size_t shard, size_t shards)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): callers pass shards > 0 */
    return n / shards * shard + n % shards * shard / shards;
}

/* The rows of a shard. */
static inline lw_range lw_partition_range(size_t n, size_t shard, size_t shards)
{
    return (lw_range){lw_partition_begin(n, shard, shards),
                      lw_partition_begin(n, shard + 1, shards)};
}

#endif
