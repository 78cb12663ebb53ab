#include "failure.h"

#include <ctype.h>
#include <string.h>

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

int failure_has_word(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[length]))
            return 1;
    }
    return 0;
}

void failure_check(struct tally *tally, lw_status status, lw_status want, const char *function,
                   const char *argument)
{
    const char *message = lw_last_error();
    TALLY_CHECK(tally, status == want, "%s, %s: %s instead of %s", function,
                argument ? argument : "sizes", lw_status_name(status), lw_status_name(want));
    TALLY_CHECK(tally,
                failure_has_word(message, function) &&
                    (!argument || failure_has_word(message, argument)),
                "%s: the message does not name %s: \"%s\"", function,
                argument ? argument : "the function", message);
}
