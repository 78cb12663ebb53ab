/* A problem: one public function with operands of one size, in memory chosen by the test.
 * Properties common to all functions (bits, memory, errors, ...) are tested once, on problems. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include "data.h"
#include "guard.h"
#include "tally.h"

#include <lanewise/kernels.h>

enum operand_use {
    INPUT,
    OUTPUT,  /* written, not read */
    UPDATED, /* read and written */
    IGNORED, /* neither for these parameters; may be NULL or contain anything */
    ABSENT   /* NULL */
};

/* The values that are valid in an operand. */
enum operand_domain {
    REAL,
    NOT_NEGATIVE,
    PROBABILITY,  /* [0, 1] */
    LABEL,        /* int32_t, below n */
    RESULT_INDEX, /* int32_t */
    RESULT_DOUBLE /* one double in two floats */
};

struct operand {
    const char *name; /* as in kernels.h and in error messages */
    enum operand_use use;
    enum operand_domain domain;
    int is_vector;
    int optional;              /* may be NULL */
    const char *in_place_with; /* the input that this output may share memory with */
    size_t rows, cols, ld;     /* a vector has one row */
    void *data;                /* 4-byte elements; NULL if empty or omitted */
    float *before;             /* copy of the data before the call */
    struct guard guard;        /* memory of data if guarded */
    void *heap;                /* memory of data otherwise */
};

enum { MAX_OPERANDS = 5 };

/* Everything a call needs besides operands and sizes. */
struct parameters {
    int transa, transb;
    float alpha, beta;
    lw_activation activation;
    float scale;
    lw_sgd_update_params sgd;
    lw_adam_update_params adam;
};

struct problem {
    const struct operation *operation;
    int variant;
    size_t m, n, k; /* m n k of kernels.h; batch out in; rows cols; n of vectors */
    int exact;      /* no operation rounds EIGHTHS: the result must be exact */
    int in_place;   /* the input is in the output's operand; its own operand is absent */
    struct parameters parameters;
    size_t count;
    struct operand operand[MAX_OPERANDS];
};

struct size {
    size_t m, n, k;
};

/* Memory layout of the operands. */
struct layout {
    enum { HEAP, GUARDED } memory;
    enum guard_side side; /* for guarded memory */
    size_t padding; /* floats between rows in the first operand; twice as many in the next ones */
    enum { TIGHT_NONE, TIGHT_FIRST, TIGHT_LAST } tight; /* the operand without padding */
    size_t offset; /* floats from the start of heap memory, because alignment is not required */
};

/* Creates operands with data that depend on size and variant. Does not free previous contents of
 * the problem; exits the program if memory runs out. */
void problem_create(struct problem *p, const struct operation *operation, int variant,
                    struct size size, struct layout layout, enum fill fill);
void problem_destroy(struct problem *p);

/* Restores the operands to their initial values. */
void problem_restore(struct problem *p);

/* Calls the function. Requires success, that all outputs are written, and nothing else. An access
 * to a guard page is a further failure. */
void problem_run(struct tally *tally, struct problem *p);

/* Requires that only outputs changed; if failed is set, not even these. */
void problem_check_intact(struct tally *tally, const struct problem *p, int failed);

/* Requires that the outputs of two problems, which differ only in how they were computed, have
 * equal bits. */
void problem_compare(struct tally *tally, const struct problem *p, const struct problem *other,
                     const char *what);

/* Floats from the operand's first element to one past its last. */
size_t operand_extent(const struct operand *x);

/* The operand that contains an input: its own, or the output's if in place. */
const struct operand *problem_source(const struct problem *p, size_t input, size_t output);

/* For example "lw_sgemm variant 3, 4 x 5 x 6". The next call overwrites the buffer. */
const char *problem_title(const struct problem *p);

int same_bits(float x, float y);

#endif
