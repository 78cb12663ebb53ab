/* Sizes of the data caches. Private to Lanewise: not installed, may change in any version. */
#ifndef LANEWISE_INTERNAL_CACHE_H
#define LANEWISE_INTERNAL_CACHE_H

#include <lanewise/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the data cache of a level (1 to 3), 0 for other levels: the system's figure, or an
 * assumed size where the system reports none. */
LW_API size_t lw_cache_bytes(int level);

#ifdef __cplusplus
}
#endif

#endif
