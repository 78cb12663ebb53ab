#include "mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    return mutate_files(bytes, size, room, seed, mutate_idx);
}
