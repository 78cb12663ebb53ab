#include "mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    return mutate_files(bytes, size, capacity, seed, mutate_idx);
}
