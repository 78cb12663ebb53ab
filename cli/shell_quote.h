/* A command line as a shell takes it. */
#ifndef LANEWISE_CLI_SHELL_QUOTE_H
#define LANEWISE_CLI_SHELL_QUOTE_H

/* `lanewise` and the arguments, quoted where a shell would change them. NULL without memory; released with
 * free. */
char *shell_quote(int argc, char **argv);

#endif
