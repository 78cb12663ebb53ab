/* Counts the results of a check. Checks count instead of asserting, so that the mutants can require
 * the same check to fail. */
#ifndef TALLY_H
#define TALLY_H

#include <lanewise/status.h>
#include <stddef.h>

struct tally {
    size_t checks, failures;
    int not_applicable;                            /* the check does not apply, and reports so */
    char first[400];                               /* the first failure; "" if none */
    void (*on_failure)(const struct tally *tally); /* if not NULL, called after the first failure */
};

/* Counts one result. The message is for failures; a macro, so that it is formatted only then. */
#define TALLY_CHECK(tally, ok, ...) ((ok) ? tally_pass(tally) : tally_fail(tally, __VA_ARGS__))

static inline void tally_pass(struct tally *tally)
{
    tally->checks++;
}

void tally_fail(struct tally *tally, const char *format, ...) LW_PRINTF(2, 3);

#endif
