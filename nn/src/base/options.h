/* Structs of options that callers fill in and that grow at the end from version to version. */
#ifndef LANEWISE_OPTIONS_H
#define LANEWISE_OPTIONS_H

#include <lanewise/status.h>

#include <stddef.h>
#include <string.h>

enum { LW_OPTIONS_MAX_BYTES = 4096 };

/* A struct of options as this library knows it. */
typedef struct lw_options_type {
    const char *name;
    size_t first_size; /* of its first version */
    size_t size;       /* of this version */
} lw_options_type;

/* last is the last member of the first version. */
#define LW_OPTIONS_TYPE(type, last)                                                                \
    (&(lw_options_type){#type, offsetof(type, last) + sizeof(((type *)NULL)->last), sizeof(type)})

/*
 * Copies a caller's options, which begin with their size as a size_t, to a struct of this version.
 * Members that an older caller does not have become 0. A newer caller's struct is accepted if the excess bytes are 0.
 * LW_EINVAL, with the function and the struct, for any other size; to is then unchanged.
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
                           "%s: %s has an option in byte %zu that this version of the library, "
                           "whose struct has %zu bytes, does not know",
                           function, type->name, i, type->size);
    memset(to, 0, type->size);
    memcpy(to, from, given < type->size ? given : type->size);
    return LW_OK;
}

#endif
