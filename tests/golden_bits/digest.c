#include "digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

digest digest_begin(void)
{
    return (digest){UINT64_C(0xcbf29ce484222325)};
}

static void add_byte(digest *d, unsigned byte)
{
    d->hash = (d->hash ^ (byte & 0xff)) * UINT64_C(0x100000001b3);
}

void add_bytes(digest *d, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        add_byte(d, ((const unsigned char *)bytes)[i]);
}

static void add_word(digest *d, uint32_t word)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        add_byte(d, word >> shift);
}

void add_floats(digest *d, size_t n, const float *floats)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t word;
        memcpy(&word, &floats[i], sizeof word);
        add_word(d, floats[i] != floats[i] ? 0x7fc00000 : word);
    }
}

void add_double(digest *d, double number)
{
    uint64_t word;
    memcpy(&word, &number, sizeof word);
    if (number != number)
        word = UINT64_C(0x7ff8000000000000);
    add_word(d, (uint32_t)word);
    add_word(d, (uint32_t)(word >> 32));
}

void add_integers(digest *d, size_t n, const int32_t *integers)
{
    for (size_t i = 0; i < n; i++)
        add_word(d, (uint32_t)integers[i]);
}

void add_bf16_bits(digest *d, size_t n, const uint16_t *halves)
{
    for (size_t i = 0; i < n; i++) {
        add_byte(d, halves[i]);
        add_byte(d, halves[i] >> 8);
    }
}

void add_file(digest *d, const char *path)
{
    FILE *file = fopen(path, "rb");
    int byte;
    if (!file) {
        perror(path);
        exit(2);
    }
    while ((byte = getc(file)) != EOF)
        add_byte(d, (unsigned)byte);
    fclose(file);
    remove(path);
}

enum { BLOCKS = 256 };
static void *blocks[BLOCKS];
static size_t taken;

void *alloc_bytes(size_t size)
{
    const size_t whole = (size + 64) / 64 * 64;
    void *block = taken < BLOCKS ? aligned_alloc(64, whole) : NULL;
    if (!block) {
        fputs("no memory\n", stderr);
        exit(2);
    }
    blocks[taken++] = memset(block, 0, whole);
    return block;
}

float *alloc_floats(size_t n)
{
    return alloc_bytes(n * sizeof(float));
}

void free_all(void)
{
    while (taken > 0)
        free(blocks[--taken]);
}

/* SplitMix64, the generator of the library. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

float *random_floats(size_t n, float low, float high, uint64_t seed)
{
    float *floats = alloc_floats(n);
    for (size_t i = 0; i < n; i++)
        floats[i] = low + (high - low) * ((float)(next(&seed) >> 40) * 0x1p-24f);
    return floats;
}

int32_t *random_labels(size_t n, uint32_t classes, uint64_t seed)
{
    int32_t *integers = alloc_bytes(n * sizeof *integers);
    for (size_t i = 0; i < n; i++)
        integers[i] = (int32_t)(next(&seed) % classes);
    return integers;
}

float *samples(void)
{
    float *floats = alloc_floats(SAMPLES);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        /* The lower 16 bits vary from one sample to the next. */
        const uint32_t word = i << 16 | (i * 40503U & 0xffff);
        memcpy(&floats[i], &word, sizeof word);
    }
    const uint32_t infinity = 0x7f800000, negative_infinity = 0xff800000;
    memcpy(&floats[0x7f80], &infinity, sizeof infinity);
    memcpy(&floats[0xff80], &negative_infinity, sizeof infinity);
    return floats;
}

void require_ok(lw_status status)
{
    if (status == LW_OK)
        return;
    fprintf(stderr, "%s: %s\n", lw_status_name(status), lw_last_error());
    exit(2);
}
