/* Messages of public functions begin with their names. */
#ifndef LANEWISE_MESSAGE_H
#define LANEWISE_MESSAGE_H

#include <lanewise/status.h>
#include <string.h>

/* Returns status. If that is not LW_OK, "FUNCTION: " is put before the message of the failed call,
 * unless the message begins with it. */
static inline lw_status lw_fail_in(const char *function, lw_status status)
{
    if (status == LW_OK)
        return LW_OK;
    const char *message = lw_last_error();
    const size_t length = strlen(function);
    if (strncmp(message, function, length) == 0 && message[length] == ':')
        return status;
    return lw_fail(status, "%s: %s", function, message);
}

#endif
