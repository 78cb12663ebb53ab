#include "options.h"

#include "completion.h"

#include <assert.h>
#include <getopt.h>
#include <lanewise/status.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Messages ------------------------------------------------------------------------------ */

int usage_error(const char *command, const char *format, ...)
{
    /* lw_fail truncates long messages and replaces control characters. */
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    lw_fail(LW_EINVAL, "%s", message);
    fprintf(stderr, "lanewise %s: %s\nTry 'lanewise %s --help'.\n", command, lw_last_error(),
            command);
    return EXIT_USAGE;
}

const char *failure_message(void)
{
    const char *message = lw_last_error(), *end;
    while (strncmp(message, "lw_", 3) == 0 && (end = strstr(message, ": ")) != NULL &&
           strcspn(message, " ") > (size_t)(end - message))
        message = end + 2;
    return message;
}

int report_failure(void)
{
    fprintf(stderr, "lanewise: %s\n", failure_message());
    return EXIT_BAD_DATA;
}

static int value_error(const char *command, const option_spec *option, const char *text)
{
    if (option->choices == NULL)
        return usage_error(command, "--%s: expected %s, not '%s'", option->name, option->expects,
                           text);
    char names[256] = "";
    for (const choice *c = option->choices; c->name != NULL; c++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", c->name);
    }
    return usage_error(command, "--%s: expected one of %s, not '%s'", option->name, names, text);
}

/* ---- Options --------------------------------------------------------------------------------- */

static int is_optional(const option_spec *option)
{
    return option->argument != NULL && option->argument[0] == '[';
}

int option_takes_value(const option_spec *option)
{
    return option->argument != NULL && !is_optional(option);
}

static void print_help(const command_line *line)
{
    enum { HELP_COLUMN = 30 };

    printf("Usage: lanewise %s %s\n\n%s\n", line->command, line->synopsis, line->summary);
    for (const option_group *group = line->groups; group->title != NULL; group++) {
        printf("\n%s:\n", group->title);
        for (const option_spec *option = group->specs; option->name != NULL; option++) {
            const char *gap = option_takes_value(option) ? " " : "";
            const char *argument = option->argument == NULL ? "" : option->argument;
            const int width = printf("  --%s%s%s", option->name, gap, argument);
            if (width + 2 > HELP_COLUMN)
                printf("\n%*s", HELP_COLUMN, "");
            else
                printf("%*s", HELP_COLUMN - width, "");
            for (const char *c = option->help; *c != '\0'; c++) {
                if (*c == '\n')
                    printf("\n%*s", HELP_COLUMN, "");
                else
                    putchar(*c);
            }
            putchar('\n');
        }
    }
    printf("\n  --help%*sshow this help\n", HELP_COLUMN - 8, "");
}

/* Return values of getopt_long for our options: above all characters. */
enum { OPTIONS_MAX = 64, OPTION_BASE = 256, HELP_VALUE = OPTION_BASE + OPTIONS_MAX };

typedef struct bound_option {
    const option_spec *option;
    void *target;
} bound_option;

static void bind_options(const command_line *line, bound_option *bound, struct option *options)
{
    size_t count = 0;
    for (const option_group *group = line->groups; group->title != NULL; group++) {
        for (const option_spec *option = group->specs; option->name != NULL; option++) {
            assert(count < OPTIONS_MAX);
            const int takes = option->argument == NULL ? no_argument
                              : is_optional(option)    ? optional_argument
                                                       : required_argument;
            bound[count] = (bound_option){option, group->target};
            options[count] = (struct option){option->name, takes, NULL, OPTION_BASE + (int)count};
            count++;
        }
    }
    options[count] = (struct option){"help", no_argument, NULL, HELP_VALUE};
}

/* Returns -1, or the exit code after a message. */
static int set_value(const command_line *line, const bound_option *bound)
{
    const option_spec *option = bound->option;
    void *field = (char *)bound->target + option->field;
    if (option->parse(option, optarg, field))
        return -1;
    return value_error(line->command, option, optarg);
}

/*
 * After '?', optopt is the return value of a flag that was given a value, 0 for an unknown or
 * ambiguous long option, and otherwise the letter of a short option.
 */
static int unknown_option(const char *command, const char *last)
{
    if (optopt >= OPTION_BASE)
        return usage_error(command, "%s: the option takes no value", last);
    if (optopt != 0)
        return usage_error(command, "unknown option -%c", optopt);
    return usage_error(command, "unknown or ambiguous option '%s'", last);
}

int options_parse(const command_line *line, int argc, char **argv)
{
    bound_option bound[OPTIONS_MAX];
    struct option options[OPTIONS_MAX + 2] = {{0}};
    if (completion_is_requested(argc, argv)) {
        completion_print(line, argc - 2, argv + 2);
        return 0;
    }
    bind_options(line, bound, options);

    opterr = 0;
    for (;;) {
        const int got = getopt_long(argc, argv, ":", options, NULL);
        if (got == -1)
            break;
        if (got == HELP_VALUE) {
            print_help(line);
            return 0;
        }
        if (got == ':')
            return usage_error(line->command, "%s needs a value", argv[optind - 1]);
        if (got == '?')
            return unknown_option(line->command, argv[optind - 1]);
        const int outcome = set_value(line, &bound[got - OPTION_BASE]);
        if (outcome >= 0)
            return outcome;
    }
    if (optind < argc)
        return usage_error(line->command, "unexpected argument '%s'", argv[optind]);
    return -1;
}
