/* Structs of options that callers fill in, and that may grow. */
#ifndef LANEWISE_STRUCT_SIZE_H
#define LANEWISE_STRUCT_SIZE_H

#include <lanewise/status.h>

#include <stddef.h>

/* LW_EINVAL unless given, the size that the caller states, is own, the library's. */
static inline lw_status lw_check_struct_size(const char *type, size_t given, size_t own)
{
    return given == own
               ? LW_OK
               : lw_fail(LW_EINVAL,
                         "the size of %s is said to be %zu, but it has %zu bytes; set it by "
                         ".size = sizeof",
                         type, given, own);
}

#endif
