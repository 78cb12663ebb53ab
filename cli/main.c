#include "command.h"
#include "completion.h"
#include "options.h"

#include <lanewise/kernels.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"train", command_train, "train a network"},
    {"evaluate", command_evaluate, "loss, accuracy and confusion matrix of a saved network"},
    {"predict", command_predict, "outputs or classes of a saved network"},
    {"import", command_import, "make a saved network of weights that PyTorch saved"},
    {"export", command_export, "write a saved network as ONNX or as a C file"},
    {"info", command_info, "instruction sets, caches, threads and versions"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    printf("Usage: lanewise COMMAND [OPTIONS]\n\nDense neural networks on the CPU.\n\nCommands:\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s%s\n", commands[i].name, commands[i].help);
    printf("\n  --help    this text; 'lanewise COMMAND --help' for the options of a command\n"
           "  --version\n"
           "\nExit codes: 0; 1 if data, a file or the machine does not do; 2 for wrong usage; 130 "
           "or 143\n"
           "if SIGINT or SIGTERM ended training, whose state is in the file of --checkpoint.\n");
}

static void print_command_matches(const char *word)
{
    for (size_t i = 0; i < COMMANDS; i++)
        completion_print_match(word, commands[i].name, commands[i].help);
    if (word[0] == '-') {
        completion_print_match(word, "--help", "the commands");
        completion_print_match(word, "--version", NULL);
    }
}

/* Everything printed may have gone to a full disk or a closed pipe. */
static int flush_output(int exit_code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_code;
    if (exit_code == 0)
        perror("lanewise: standard output");
    return exit_code == 0 ? EXIT_BAD_DATA : exit_code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0) {
        print_help();
        return flush_output(0);
    }
    if (strcmp(name, "--version") == 0) {
        printf("lanewise %s\n", lw_version());
        return flush_output(0);
    }
    if (completion_is_requested(argc, argv)) {
        print_command_matches(argc > 2 ? argv[2] : "");
        return flush_output(0);
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        /* Whoever asks for an instruction set must not get another one without knowing. */
        if (!completion_is_requested(argc - 1, argv + 1) && lw_isa_status() != LW_OK)
            return report_failure();
        return flush_output(commands[i].run(argc - 1, argv + 1));
    }
    if (argc < 2)
        lw_fail(LW_EINVAL, "no command given");
    else
        lw_fail(LW_EINVAL, "unknown command '%s'", name);
    report_failure();
    fprintf(stderr, "Try 'lanewise --help'.\n");
    return EXIT_USAGE;
}
