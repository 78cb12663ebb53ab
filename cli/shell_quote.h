/* The command line, quoted for a shell. */
#ifndef LANEWISE_CLI_SHELL_QUOTE_H
#define LANEWISE_CLI_SHELL_QUOTE_H

/* "lanewise" and the arguments, quoted where needed. NULL if out of memory; release with free. */
char *shell_quote(int argc, char **argv);

#endif
