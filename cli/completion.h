/*
 * What a shell may offer for a word of the command line: cli/completion holds the scripts that ask.
 *
 * Each candidate is a line: the word, and behind a tab what it is. The lines ":file" and ":directory"
 * ask the shell for names of files and folders.
 */
#ifndef LANEWISE_CLI_COMPLETION_H
#define LANEWISE_CLI_COMPLETION_H

#include "options.h"

/* Whether argv asks for candidates: `lanewise COMMAND --complete WORD...`. No option of the help,
 * because only scripts write it. */
int completion_is_requested(int argc, char **argv);

/* Prints a candidate if it begins with the word. help may be NULL; its
 * lines are joined. */
void completion_print_match(const char *word, const char *candidate, const char *help);

/* Prints the candidates for the last of the words that follow a command: its options, or the values
 * of the option before. Nothing where nothing is known to fit. */
void completion_print(const command_line *line, int count, char **words);

#endif
