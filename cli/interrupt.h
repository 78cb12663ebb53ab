/* SIGINT and SIGTERM while a network is trained: the first asks the run to stop, the next one ends the program. */
#ifndef LANEWISE_CLI_INTERRUPT_H
#define LANEWISE_CLI_INTERRUPT_H

#include <signal.h>

/* From here on the two are noted; one that was ignored stays so. A pipe that nobody reads any more is an error of
 * writing and not the end. */
void interrupt_catch(void);

/* The number of the signal that came, 0: none did. */
extern volatile sig_atomic_t interrupt_number;

/* From here on they end the program again, at once. */
void interrupt_release(void);

/* Ends the program by the signal that came, so that whoever started it sees which: 128 and its number in a shell. */
int interrupt_exit(void);

#endif
