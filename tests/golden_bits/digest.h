/*
 * Digests of bits, and what the rows of tests/data/bits.txt make them of. A row is a function that computes
 * something of fixed numbers with the library's public functions and adds every bit of the results.
 */
#ifndef LANEWISE_TEST_DIGEST_H
#define LANEWISE_TEST_DIGEST_H

#include <lanewise/kernels.h>
#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 64 bits, of bytes; of numbers in little-endian order. */
typedef struct digest {
    uint64_t hash;
} digest;

digest digest_begin(void);
void add_bytes(digest *d, const void *bytes, size_t size);

/* Zeros keep their sign; all NaN count as one, since the payload of a NaN is not promised. */
void add_floats(digest *d, size_t n, const float *floats);
void add_double(digest *d, double number);
void add_integers(digest *d, size_t n, const int32_t *integers);
void add_halves(digest *d, size_t n, const uint16_t *halves);

/* The bytes of a file, which is removed. */
void add_file(digest *d, const char *path);

/* Memory until the end of a row, zeroed and on a cache line's boundary. */
void *take_bytes(size_t size);
float *take_floats(size_t n);
void release_all(void);

/* n multiples of 2^-24 (high - low) in [low, high), the same everywhere. */
float *numbers(size_t n, float low, float high, uint64_t seed);

/* n labels below classes. */
int32_t *labels(size_t n, uint32_t classes, uint64_t seed);

/* 65536 floats over all exponents, with infinities, NaN, zeros and denormals. */
enum { SAMPLES = 65536 };
float *samples(void);

/* A call that has to succeed: otherwise the program says why it did not, and ends. */
void must(lw_status status);

/* A row, and the threads that its calls may use. */
typedef void (*case_function)(digest *d);
typedef struct golden_case {
    const char *name;
    case_function add;
} golden_case;

/* Ended by a row without a name. */
extern const golden_case product_cases[], vector_cases[], layer_cases[], training_cases[],
    file_cases[];

#endif
