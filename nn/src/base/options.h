/* Option structs of the public interface, which gain members at the end in later versions. */
#ifndef LANEWISE_OPTIONS_H
#define LANEWISE_OPTIONS_H

#include <lanewise/status.h>

#include <stddef.h>
#include <string.h>

enum { LW_OPTIONS_MAX_BYTES = 4096 };

/* An option struct as this version of the library knows it. */
typedef struct lw_options_type {
    const char *name;
    size_t first_size; /* bytes in its first version */
    size_t size;       /* bytes in this version */
} lw_options_type;

/* last: the last member of the struct's first version. */
#define LW_OPTIONS_TYPE(type, last)                                                                \
    (&(lw_options_type){#type, offsetof(type, last) + sizeof(((type *)NULL)->last), sizeof(type)})

/*
 * Copies a caller's options to a struct of this version. Options begin with their size in bytes, a
 * size_t. Members missing from an older caller's struct become 0. A newer caller's larger struct is
 * accepted if its additional bytes are 0. Otherwise returns LW_EINVAL and leaves *to unchanged.
 * function: the public function, for the message.
 */
static inline lw_status lw_read_options(const char *function, const lw_options_type *type, void *to,
                                        const void *from)
{
    size_t given;
    memcpy(&given, from, sizeof given);
    if (given < type->first_size || given > LW_OPTIONS_MAX_BYTES)
        return lw_fail(LW_EINVAL, "%s: the size of %s is %zu, not %zu; set .size = sizeof(%s)",
                       function, type->name, given, type->size, type->name);
    for (size_t i = type->size; i < given; i++)
        if (((const unsigned char *)from)[i] != 0)
            return lw_fail(LW_EINVAL,
                           "%s: byte %zu of %s is set, but this version of the library knows "
                           "only %zu bytes of options",
                           function, i, type->name, type->size);
    memset(to, 0, type->size);
    memcpy(to, from, given < type->size ? given : type->size);
    return LW_OK;
}

#endif
