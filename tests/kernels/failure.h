/* Checks of a call that has to fail. */
#ifndef FAILURE_H
#define FAILURE_H

#include "tally.h"

/* The status is the wanted one, and the message of this thread names the function and, unless it is
 * NULL, the argument: as words of their own. */
void failure_check(struct tally *tally, lw_status status, lw_status want, const char *function,
                   const char *argument);

/* Whether the word stands in the text by itself. */
int failure_has_word(const char *text, const char *word);

#endif
