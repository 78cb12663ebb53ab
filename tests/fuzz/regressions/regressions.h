/*
 * Named inputs of one target, each with its expected outcome. The name states what the input
 * guards: a check of the reader, or an edge of the format. input_add assembles an input,
 * input_check runs it.
 */
#ifndef LANEWISE_FUZZ_REGRESSIONS_H
#define LANEWISE_FUZZ_REGRESSIONS_H

#include "fuzz.h"

/* The bytes of a literal, including zero bytes, without the terminator. */
typedef struct bytes {
    const void *data;
    size_t size;
} bytes;
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* The status. After LW_OK the text of the outcome (fuzz.h) equals this text, otherwise it contains
 * it. */
typedef struct expected_outcome {
    lw_status status;
    const char *text;
} expected_outcome;
#define ACCEPTED(summary)         .expected = {LW_OK, summary}
#define REFUSED(status, fragment) .expected = {status, fragment}

/* Defined by the file of each target: checks all of its inputs. */
void regressions_run(void);

/* Appends to the current input. */
void input_add(const void *data, size_t size);
void input_add_number(uint64_t value, size_t size); /* little-endian */

/* Runs the target on the current input, compares the outcome, and begins the next input. */
void input_check(const char *name, const expected_outcome *expected);

#endif
