#include "options.h"

#include "completion.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <getopt.h>
#include <lanewise/status.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Values --------------------------------------------------------------------------------
 *
 * The command never calls setlocale, so strtod and printf write and read numbers with a point
 * whatever the user's language. */

static int read_u64(const char *text, uint64_t *value)
{
    /* Digits only: strtoull would take blanks, signs and "-1" as a very large number. */
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return 0;
    errno = 0;
    const unsigned long long number = strtoull(text, NULL, 10);
    if (errno != 0)
        return 0;
    *value = number;
    return 1;
}

static int read_count(const char *text, size_t *value)
{
    uint64_t number = 0;
    /* SIZE_MAX is left out: it stands for "all" in places. */
    if (!read_u64(text, &number) || number == 0 || number >= SIZE_MAX)
        return 0;
    *value = (size_t)number;
    return 1;
}

static int read_real(const char *text, double *value)
{
    /* No blanks, no hexadecimal, no "inf" and "nan". */
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return 0;
    char *end = NULL;
    const double number = strtod(text, &end);
    if (*end != '\0' || !(fabs(number) <= (double)FLT_MAX))
        return 0;
    *value = number;
    return 1;
}

int parse_flag(const option_spec *option, char *text, void *value)
{
    (void)option;
    (void)text;
    *(int *)value = 1;
    return 1;
}

int parse_text(const option_spec *option, char *text, void *value)
{
    (void)option;
    *(const char **)value = text;
    return 1;
}

int parse_count(const option_spec *option, char *text, void *value)
{
    (void)option;
    return read_count(text, value);
}

int parse_threads(const option_spec *option, char *text, void *value)
{
    (void)option;
    size_t number = 0;
    if (!read_count(text, &number) || number > INT_MAX)
        return 0;
    *(unsigned *)value = (unsigned)number;
    return 1;
}

int parse_u64(const option_spec *option, char *text, void *value)
{
    (void)option;
    return read_u64(text, value);
}

int parse_positive(const option_spec *option, char *text, void *value)
{
    (void)option;
    double number = 0.0;
    /* As float: a number too small for it would become 0. */
    if (!read_real(text, &number) || !((float)number > 0.0f))
        return 0;
    *(float *)value = (float)number;
    return 1;
}

int parse_non_negative(const option_spec *option, char *text, void *value)
{
    (void)option;
    double number = 0.0;
    if (!read_real(text, &number) || number < 0.0)
        return 0;
    *(float *)value = (float)number;
    return 1;
}

int parse_below_one(const option_spec *option, char *text, void *value)
{
    float number = 0.0f;
    if (!parse_non_negative(option, text, &number) || number >= 1.0f)
        return 0;
    *(float *)value = number;
    return 1;
}

int parse_fraction(const option_spec *option, char *text, void *value)
{
    float number = 0.0f;
    if (!parse_positive(option, text, &number) || number >= 1.0f)
        return 0;
    *(float *)value = number;
    return 1;
}

const char *choice_name(const choice *choices, int value)
{
    while (choices->value != value)
        choices++;
    return choices->name;
}

int parse_choice(const option_spec *option, char *text, void *value)
{
    for (const choice *c = option->choices; c->name != NULL; c++) {
        if (strcmp(c->name, text) == 0) {
            *(int *)value = c->value;
            return 1;
        }
    }
    return 0;
}

/* The number of pieces between commas; 0 if there are more than a list holds. */
static size_t count_pieces(const char *text, size_t room)
{
    size_t pieces = 1;
    for (const char *c = strchr(text, ','); c != NULL; c = strchr(c + 1, ','))
        pieces++;
    return pieces <= room ? pieces : 0;
}

int parse_names(const option_spec *option, char *text, void *value)
{
    (void)option;
    name_list *list = value;
    const size_t length = strlen(text);
    if (length == 0 || text[0] == ',' || text[length - 1] == ',' || strstr(text, ",,") != NULL ||
        count_pieces(text, LIST_MAX - list->count) == 0)
        return 0;
    for (char *name = strtok(text, ","); name != NULL; name = strtok(NULL, ","))
        list->items[list->count++] = name;
    return 1;
}

int parse_sizes(const option_spec *option, char *text, void *value)
{
    (void)option;
    size_list list = {.count = 0};
    if (strcmp(text, "none") != 0) {
        if (count_pieces(text, LIST_MAX) == 0)
            return 0;
        for (const char *piece = text; piece != NULL;) {
            char digits[32];
            const size_t length = strcspn(piece, ",");
            if (length >= sizeof digits)
                return 0;
            memcpy(digits, piece, length);
            digits[length] = '\0';
            if (!read_count(digits, &list.items[list.count++]))
                return 0;
            piece = piece[length] == ',' ? piece + length + 1 : NULL;
        }
    }
    *(size_list *)value = list;
    return 1;
}

/* ---- Messages ------------------------------------------------------------------------------ */

int usage_error(const char *command, const char *format, ...)
{
    /* By way of the library, which cuts messages and makes them harmless to a terminal. */
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

int report_failure(void)
{
    fprintf(stderr, "lanewise: %s\n", lw_last_error());
    return EXIT_BAD_DATA;
}

static int wrong_value(const char *command, const option_spec *option, const char *text)
{
    if (option->choices == NULL)
        return usage_error(command, "--%s: expected %s, not '%s'", option->name, option->expects, text);
    char names[256] = "";
    for (const choice *c = option->choices; c->name != NULL; c++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", c->name);
    }
    return usage_error(command, "--%s: expected one of %s, not '%s'", option->name, names, text);
}

/* ---- Table --------------------------------------------------------------------------------- */

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
    printf("\n  --help%*sthis text\n", HELP_COLUMN - 8, "");
}

/* Values that getopt_long returns: above all characters. */
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

/* Sets a value; returns -1, or the exit code after a message. */
static int set_value(const command_line *line, const bound_option *bound)
{
    const option_spec *option = bound->option;
    void *field = (char *)bound->target + option->field;
    if (option->parse(option, optarg, field))
        return -1;
    return wrong_value(line->command, option, optarg);
}

/* After '?': getopt_long leaves in optopt the value of a flag that was given a value, 0 for a long
 * option that it does not know, and else the letter of a short one. */
static int unknown_option(const char *command, const char *last)
{
    if (optopt >= OPTION_BASE)
        return usage_error(command, "%s: this option takes no value", last);
    if (optopt != 0)
        return usage_error(command, "unknown option -%c", optopt);
    return usage_error(command, "%s: unknown option, or short for several", last);
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
