/*
 * Allocations of a target. The linker redirects them to the functions below (--wrap); Jansson, a
 * shared library, is given them by json_set_alloc_funcs.
 *
 * Between fuzz_heap_begin and fuzz_heap_end memory is taken from one block, from front to back, and
 * is not reused after a release. AddressSanitizer therefore reports any use after a release and any
 * access to the gaps between pieces. Its own allocator does the same, but 30000 inputs of
 * safetensors took 3.7 s instead of 2.4 s with it.
 */
#include "fuzz.h"

#include <jansson.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 64 << 20, GAP_BYTES = 16, FILLING = 0xbe };

/* In front of each piece. */
typedef struct piece {
    size_t size;
    size_t released;
} piece;

static _Alignas(64) unsigned char arena[ARENA_BYTES];
static size_t used; /* of the arena */
static size_t live, most, pieces;
static int counting;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *memory);

static int is_piece(const void *memory)
{
    return (uintptr_t)memory - (uintptr_t)arena < sizeof arena;
}

static size_t round_up(size_t size, size_t alignment)
{
    return (size + alignment - 1) / alignment * alignment;
}

/* The header of an allocated piece. */
static piece *header_of(void *memory)
{
    piece *header = (piece *)memory - 1;
    ASAN_UNPOISON_MEMORY_REGION(header, sizeof *header);
    FUZZ_CHECK(counting && !header->released, "released twice, or after the end");
    return header;
}

static void *allocate(size_t alignment, size_t size)
{
    FUZZ_CHECK(live <= most && size <= most - live,
               "%zu bytes in addition to %zu: the limit is %zu", size, live, most);
    const size_t begin = round_up(used + GAP_BYTES + sizeof(piece), alignment);
    if (size > sizeof arena - begin - GAP_BYTES)
        return NULL;
    piece *header = (piece *)(void *)(arena + begin) - 1;
    ASAN_UNPOISON_MEMORY_REGION(header, sizeof *header + size);
    *header = (piece){.size = size};
    ASAN_POISON_MEMORY_REGION(header, sizeof *header);
    memset(arena + begin, FILLING, size);
    used = round_up(begin + size, GAP_BYTES);
    live += size;
    pieces++;
    return arena + begin;
}

static void release(void *memory)
{
    piece *header = header_of(memory);
    header->released = 1;
    live -= header->size;
    pieces--;
    ASAN_POISON_MEMORY_REGION(header, sizeof *header + header->size);
}

void *__wrap_malloc(size_t size)
{
    return counting ? allocate(GAP_BYTES, size) : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (!counting || __builtin_mul_overflow(count, size, &bytes))
        return __real_calloc(count, size);
    void *memory = allocate(GAP_BYTES, bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (!counting || (memory && !is_piece(memory)))
        return __real_realloc(memory, size);
    void *moved = allocate(GAP_BYTES, size);
    if (moved && memory) {
        piece *header = header_of(memory);
        memcpy(moved, memory, header->size < size ? header->size : size);
        release(memory);
    }
    return moved;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return counting ? allocate(alignment, size) : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    return copy ? strcpy(copy, text) : NULL;
}

void __wrap_free(void *memory)
{
    if (is_piece(memory))
        release(memory);
    else
        __real_free(memory);
}

void fuzz_heap_begin(size_t limit)
{
    json_set_alloc_funcs(malloc, free);
    ASAN_POISON_MEMORY_REGION(arena, used == 0 ? sizeof arena : used);
    most = limit;
    live = pieces = used = 0;
    counting = 1;
}

void fuzz_heap_limit(size_t limit)
{
    most = limit;
}

void fuzz_heap_end(void)
{
    counting = 0;
    FUZZ_CHECK(pieces == 0, "%zu pieces of memory are not released", pieces);
}
