/* Checks of calls that must fail. */
#ifndef FAILURE_H
#define FAILURE_H

#include "tally.h"

/* Requires the status, and a message of this thread that contains the function name and, unless
 * NULL, the argument name, as separate words. */
void failure_check(struct tally *tally, lw_status status, lw_status want, const char *function,
                   const char *argument);

/* Whether the text contains the word, delimited. */
int failure_has_word(const char *text, const char *word);

#endif
