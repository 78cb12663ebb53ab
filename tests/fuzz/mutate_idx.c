#include "idx_target.h"
#include "mutate.h"

size_t mutate_idx(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    size = LLVMFuzzerMutate(bytes, size, room);
    const size_t promise = idx_promise(bytes, size);
    return promise > 0 && seed % 8 != 0 ? mutate_resize(bytes, size, room, promise) : size;
}
