/*
 * A problem: one public function with operands of one size, in memory of the test's choice. What
 * is checked of every function alike (bits, memory, errors, ...) is written once, on problems.
 */
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
    IGNORED, /* neither, for these parameters: may be NULL and hold anything */
    ABSENT   /* NULL */
};

/* Which numbers make sense in an operand. */
enum operand_domain {
    REAL,
    NOT_NEGATIVE,
    PROBABILITY,  /* [0, 1] */
    LABEL,        /* int32_t, below n */
    RESULT_INDEX, /* int32_t */
    RESULT_DOUBLE /* one double in the place of two floats */
};

struct operand {
    const char *name; /* as in kernels.h and in error messages */
    enum operand_use use;
    enum operand_domain domain;
    int is_vector;
    int optional;              /* may be NULL */
    const char *in_place_with; /* the input that an output may be in place of */
    size_t rows, cols, ld;     /* a vector has one row */
    void *data;                /* 4-byte elements; NULL if empty or left out */
    float *before;             /* copy of the data from before the call */
    struct guard guard;        /* what data lies in, if it is guarded */
    void *heap;                /* what it lies in, if not */
};

enum { MAX_OPERANDS = 5 };

/* All that a call needs besides operands and sizes. */
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
    size_t m, n, k; /* kernels.h's m n k; batch out in; rows cols; for vectors n */
    int exact;      /* on EIGHTHS no operation rounds: the only right result is the exact one */
    int in_place;   /* the input is in the output's operand, its own is absent */
    struct parameters parameters;
    size_t count;
    struct operand operand[MAX_OPERANDS];
};

struct size {
    size_t m, n, k;
};

/* Where the operands lie. */
struct layout {
    enum { HEAP, GUARDED } memory;
    enum guard_side side; /* of guarded memory */
    size_t padding;       /* floats between rows: so many in the first operand, twice in the next */
    enum { TIGHT_NONE, TIGHT_FIRST, TIGHT_LAST } tight; /* which operand is not padded */
    size_t offset; /* floats from the start of heap memory: alignment is not promised */
};

/* Operands filled from a generator that depends on size and variant. Frees nothing of what was in
 * the problem; ends the program if there is no memory. */
void problem_create(struct problem *p, const struct operation *operation, int variant,
                    struct size size, struct layout layout, enum fill fill);
void problem_destroy(struct problem *p);

/* Puts back what the operands held when the problem was created. */
void problem_restore(struct problem *p);

/* Calls the function, which has to succeed, write all of its outputs and nothing else. Touching a
 * guard page is one failure more. */
void problem_run(struct tally *tally, struct problem *p);

/* Only outputs may differ from what was there before the call; with failed, not even these. */
void problem_check_intact(struct tally *tally, const struct problem *p, int failed);

/* The outputs of two problems that differ only in how they were computed have equal bits. */
void problem_compare(struct tally *tally, const struct problem *p, const struct problem *other,
                     const char *what);

/* Floats from the operand's first to one past its last. */
size_t operand_extent(const struct operand *x);

/* Where an input is found: in its own operand or, in place, in the output's. */
const struct operand *problem_source(const struct problem *p, size_t input, size_t output);

/* "lw_sgemm variant 3, 4 x 5 x 6", in a buffer that the next call overwrites. */
const char *problem_title(const struct problem *p);

int same_bits(float x, float y);

#endif
