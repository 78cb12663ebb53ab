/* A hash table with open addressing over texts in one pool. */
#include "dictionary.h"
#include "base/array_grow.h"
#include "base/string_list.h"

#include <stdlib.h>
#include <string.h>

enum { MIN_SLOTS = 64 };

/* FNV-1a of Fowler, Noll and Vo, 64 bits. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static const char *text_of(const lw_dictionary *d, size_t number)
{
    return d->pool + d->offsets[number];
}

/* The slot of a text, or the free one where it belongs. */
static uint32_t *find_slot(const lw_dictionary *d, const char *text)
{
    size_t at = (size_t)hash_of(text) & (d->slot_count - 1);
    while (d->slots[at] != 0 && strcmp(text_of(d, d->slots[at] - 1), text) != 0)
        at = (at + 1) & (d->slot_count - 1);
    return &d->slots[at];
}

/* Keeps at least half of the slots free. Returns 0 if there is no memory. */
static int reserve_slots(lw_dictionary *d)
{
    if (2 * (d->count + 1) <= d->slot_count)
        return 1;
    const size_t slots = d->slot_count == 0 ? MIN_SLOTS : 2 * d->slot_count;
    uint32_t *grown = calloc(slots, sizeof *grown);
    if (!grown)
        return 0;
    free(d->slots);
    d->slots = grown;
    d->slot_count = slots;
    for (size_t i = 0; i < d->count; i++)
        *find_slot(d, text_of(d, i)) = (uint32_t)(i + 1);
    return 1;
}

uint32_t lw_dictionary_add(lw_dictionary *d, const char *text)
{
    if (!reserve_slots(d))
        return UINT32_MAX;
    uint32_t *slot = find_slot(d, text);
    if (*slot != 0)
        return *slot - 1;
    const size_t length = strlen(text) + 1;
    char *pool = lw_array_grow(d->pool, &d->pool_capacity, d->pool_size + length, 1);
    if (pool)
        d->pool = pool;
    size_t *offsets = lw_array_grow(d->offsets, &d->capacity, d->count + 1, sizeof *offsets);
    if (offsets)
        d->offsets = offsets;
    if (!pool || !offsets || d->count >= UINT32_MAX - 1)
        return UINT32_MAX;
    memcpy(pool + d->pool_size, text, length);
    offsets[d->count] = d->pool_size;
    d->pool_size += length;
    *slot = (uint32_t)++d->count;
    return *slot - 1;
}

const char *const *lw_dictionary_texts(const lw_dictionary *d)
{
    const char **texts = calloc(d->count + 1, sizeof *texts);
    if (!texts)
        return NULL;
    for (size_t i = 0; i < d->count; i++)
        texts[i] = text_of(d, i);
    const char *const *list = lw_string_list_copy(d->count, texts);
    free(texts);
    return list;
}

void lw_dictionary_free(lw_dictionary *d)
{
    free(d->pool);
    free(d->offsets);
    free(d->slots);
    *d = (lw_dictionary){0};
}
