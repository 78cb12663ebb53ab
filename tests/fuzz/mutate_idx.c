#include "idx_target.h"
#include "mutate.h"

size_t mutate_idx(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    size = LLVMFuzzerMutate(bytes, size, capacity);
    const size_t promise = idx_promise(bytes, size);
    return promise > 0 && seed % 8 != 0 ? mutate_resize(bytes, size, capacity, promise) : size;
}
