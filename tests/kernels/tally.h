/* Counts what a check has looked at. Checks count instead of asserting, so that the mutants can
 * require the very same check to fail. */
#ifndef TALLY_H
#define TALLY_H

#include <lanewise/status.h>
#include <stddef.h>

struct tally {
    size_t checks, failures;
    int not_applicable; /* the check has nothing to look at, and says so */
    char first[400];    /* what failed first; "" if nothing did */
    void (*on_failure)(const struct tally *tally); /* if not NULL, called after the first */
};

/* Counts one thing looked at; the message is for the case that it is not ok, and a macro so that it
 * is put together only then. */
#define TALLY_CHECK(tally, ok, ...) ((ok) ? tally_pass(tally) : tally_fail(tally, __VA_ARGS__))

static inline void tally_pass(struct tally *tally)
{
    tally->checks++;
}

void tally_fail(struct tally *tally, const char *format, ...) LW_PRINTF(2, 3);

#endif
