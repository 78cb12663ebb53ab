/* The subcommands. Each takes its own name as argv[0] and returns the exit code. */
#ifndef LANEWISE_CLI_COMMAND_H
#define LANEWISE_CLI_COMMAND_H

int command_train(int argc, char **argv);
int command_evaluate(int argc, char **argv);
int command_predict(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_info(int argc, char **argv);

#endif
