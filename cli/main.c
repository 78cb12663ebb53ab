/* The command: selects the subcommand, and reports output that cannot be written. */
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
    {"evaluate", command_evaluate, "print loss, accuracy and confusion matrix of a model"},
    {"predict", command_predict, "write the outputs or classes that a model predicts"},
    {"import", command_import, "make a model from weights saved by PyTorch"},
    {"export", command_export, "write a model as ONNX or as a C file"},
    {"info", command_info, "print version, instruction sets, caches and threads"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    printf("Usage: lanewise COMMAND [OPTIONS]\n\nTrains and uses dense neural networks on the "
           "CPU.\n\nCommands:\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s%s\n", commands[i].name, commands[i].help);
    printf(
        "\n  --help     show this help; 'lanewise COMMAND --help' shows the options of a command\n"
        "  --version  show the version\n"
        "\nExit codes:\n"
        "  0          success\n"
        "  1          data, file or system error\n"
        "  2          usage error\n"
        "  130, 143   train was ended by SIGINT or SIGTERM; resume from the file of "
        "--checkpoint\n");
}

static void print_command_matches(const char *word)
{
    for (size_t i = 0; i < COMMANDS; i++)
        completion_print_match(word, commands[i].name, commands[i].help);
    if (word[0] == '-') {
        completion_print_match(word, "--help", "show the commands");
        completion_print_match(word, "--version", NULL);
    }
}

/* Reports output lost to a full disk or a closed pipe. */
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
        /* Fail if LANEWISE_ISA selects an instruction set that is not available. */
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
