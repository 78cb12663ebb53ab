#define _XOPEN_SOURCE 700
#include "interrupt.h"

#include <stddef.h>
#include <stdio.h>

static const int signals[] = {SIGINT, SIGTERM};
enum { SIGNALS = sizeof signals / sizeof *signals };

volatile sig_atomic_t interrupt_number;

/* Sets the handler of signals that are not ignored. Async-signal-safe. */
static void set_handler(void (*handler)(int))
{
    const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction current;
        if (sigaction(signals[i], NULL, &current) == 0 && current.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

static void record_signal(int number)
{
    interrupt_number = number;
    set_handler(SIG_DFL);
}

void interrupt_catch(void)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    set_handler(record_signal);
}

void interrupt_release(void)
{
    set_handler(SIG_DFL);
}

int interrupt_exit(void)
{
    const int number = interrupt_number;
    fflush(stdout);
    raise(number);
    return 128 + number; /* if the signal is blocked */
}
