/*
 * Digests of result bits. Each case of tests/data/bits.txt is a function that calls public
 * functions of the library with fixed numbers and adds every bit of the results to a digest.
 */
#ifndef LANEWISE_TEST_DIGEST_H
#define LANEWISE_TEST_DIGEST_H

#include <lanewise/kernels.h>
#include <stddef.h>
#include <stdint.h>

/* FNV-1a with 64 bits, over bytes; numbers are added in little-endian order. */
typedef struct digest {
    uint64_t hash;
} digest;

digest digest_begin(void);
void add_bytes(digest *d, const void *bytes, size_t size);

/* The sign of zeros counts. All NaNs are equal, because the payload of a NaN is unspecified. */
void add_floats(digest *d, size_t n, const float *floats);
void add_double(digest *d, double number);
void add_integers(digest *d, size_t n, const int32_t *integers);
void add_bf16_bits(digest *d, size_t n, const uint16_t *halves);

/* Adds the contents of a file and removes it. */
void add_file(digest *d, const char *path);

/* Zeroed memory, aligned to a cache line, valid until the end of a case. */
void *alloc_bytes(size_t size);
float *alloc_floats(size_t n);
void free_all(void);

/* n multiples of 2^-24 (high - low) in [low, high), the same on every platform. */
float *random_floats(size_t n, float low, float high, uint64_t seed);

/* n labels in 0..classes-1. */
int32_t *random_labels(size_t n, uint32_t classes, uint64_t seed);

/* 65536 floats that cover all exponents, with infinities, NaNs, zeros and denormals. */
enum { SAMPLES = 65536 };
float *samples(void);

/* Ends the program with the error message if the call failed. */
void require_ok(lw_status status);

/* A case; its calls use the current number of threads. */
typedef void (*case_function)(digest *d);
typedef struct golden_case {
    const char *name;
    case_function add;
} golden_case;

/* Each array ends with a case without a name. */
extern const golden_case product_cases[], vector_cases[], layer_cases[], training_cases[],
    file_cases[];

#endif
