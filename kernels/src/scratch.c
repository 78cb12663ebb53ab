#include "scratch.h"

#include "blocking.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Buffers at rest. More calls at once than slots work too; their buffers are then freed after use.
 */
enum { SLOTS = 64 };
static _Atomic(float *) slots[SLOTS];

size_t lw_scratch_floats(void)
{
    return LW_BLOCKING_MAX_FLOATS;
}

float *lw_scratch_take(void)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (!atomic_load_explicit(&slots[i], memory_order_relaxed))
            continue;
        float *buffer = atomic_exchange_explicit(&slots[i], NULL, memory_order_acquire);
        if (buffer)
            return buffer;
    }
    return aligned_alloc(64, lw_scratch_floats() * sizeof(float));
}

void lw_scratch_give(float *buffer)
{
    for (size_t i = 0; buffer && i < SLOTS; i++) {
        float *empty = NULL;
        if (atomic_compare_exchange_strong_explicit(&slots[i], &empty, buffer, memory_order_release,
                                                    memory_order_relaxed))
            return;
    }
    free(buffer);
}

/* When the library is unloaded or the program ends. */
__attribute__((destructor)) static void free_all(void)
{
    for (size_t i = 0; i < SLOTS; i++)
        free(atomic_exchange(&slots[i], NULL));
}
