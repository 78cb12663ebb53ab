/*
 * Shell completion. The scripts in cli/completion call `lanewise COMMAND --complete WORD...`.
 *
 * Each candidate is one line: the word, optionally followed by a tab and a description. The lines
 * ":file" and ":directory" request completion of files and directories.
 */
#ifndef LANEWISE_CLI_COMPLETION_H
#define LANEWISE_CLI_COMPLETION_H

#include "options.h"

/* Whether argv[1] is --complete, which the help does not list. */
int completion_is_requested(int argc, char **argv);

/* Prints the candidate if it starts with word. help may be NULL; its lines are joined. */
void completion_print_match(const char *word, const char *candidate, const char *help);

/*
 * Prints the candidates for the last of the words that follow a command: values of the option
 * before it, or options.
 */
void completion_print(const command_line *line, int count, char **words);

#endif
