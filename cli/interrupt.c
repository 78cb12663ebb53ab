#define _XOPEN_SOURCE 700
#include "interrupt.h"

#include <stddef.h>
#include <stdio.h>

static const int caught[] = {SIGINT, SIGTERM};
enum { CAUGHT = sizeof caught / sizeof *caught };

volatile sig_atomic_t interrupt_number;

/* Unless they are ignored. Asynchronous signals may call it. */
static void handle_by(void (*handler)(int))
{
    const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < CAUGHT; i++) {
        struct sigaction before;
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
}

static void note(int number)
{
    interrupt_number = number;
    handle_by(SIG_DFL);
}

void interrupt_catch(void)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    handle_by(note);
}

void interrupt_release(void)
{
    handle_by(SIG_DFL);
}

int interrupt_exit(void)
{
    const int number = interrupt_number;
    fflush(stdout);
    raise(number);
    return 128 + number; /* where it is blocked */
}
