/* SIGINT and SIGTERM during training: the first requests a stop, the second ends the program. */
#ifndef LANEWISE_CLI_INTERRUPT_H
#define LANEWISE_CLI_INTERRUPT_H

#include <signal.h>

/*
 * Starts recording SIGINT and SIGTERM in interrupt_number; ignored signals stay ignored. Ignores
 * SIGPIPE, so that writing to a closed pipe is an error.
 */
void interrupt_catch(void);

/* The signal that was received; 0: none. */
extern volatile sig_atomic_t interrupt_number;

/* Restores the default action of both signals. */
void interrupt_release(void);

/* Ends the program with the received signal, so that the parent sees it; a shell reports 128 +
 * signal. */
int interrupt_exit(void);

#endif
