/*
 * Command line options. Each option is declared once, in a table that the parser, the help text and
 * shell completion read.
 *
 * An option_spec stores its value in a field of a struct, given by its offset. An option_group
 * binds a table to a struct, so that commands can share tables without sharing variables.
 */
#ifndef LANEWISE_CLI_OPTIONS_H
#define LANEWISE_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Exit codes of the command. */
enum { EXIT_BAD_DATA = 1, EXIT_USAGE = 2 };

enum { LIST_MAX = 64 };

typedef struct name_list {
    size_t count;
    const char *items[LIST_MAX];
} name_list;

typedef struct size_list {
    size_t count;
    size_t items[LIST_MAX];
} size_list;

typedef struct choice {
    const char *name; /* NULL ends a list */
    int value;
} choice;

/* The name of a value, which must be in the list. */
const char *choice_name(const choice *choices, int value);

typedef struct option_spec option_spec;

/*
 * Parses text into the field at value. Returns 0, without changing the field, if text is not valid.
 * parse_names splits text in place, and appends when its option is repeated.
 */
typedef int option_parser(const option_spec *option, char *text, void *value);

struct option_spec {
    const char *name;     /* without dashes */
    const char *argument; /* as shown in the help; NULL: a flag; "[=...]": optional. Completion
                             offers files for "FILE", directories for "DIR" and lower-case words
                             literally. */
    const char *help;
    option_parser *parse;
    size_t field;          /* offset in the struct of the group */
    const char *expects;   /* completes the message "expected ..."; NULL if any text is valid */
    const choice *choices; /* for parse_choice, which needs no expects */
};

/* Parsers, with the type of their field. */
option_parser parse_flag;         /* int: set to 1 */
option_parser parse_text;         /* const char * */
option_parser parse_count;        /* size_t, at least 1 */
option_parser parse_u64;          /* uint64_t */
option_parser parse_positive;     /* float, above 0 */
option_parser parse_non_negative; /* float, at least 0 */
option_parser parse_below_one;    /* float in [0, 1) */
option_parser parse_fraction;     /* float in (0, 1) */
option_parser parse_choice;       /* int */
option_parser parse_names;        /* name_list */
option_parser parse_sizes;        /* size_list of numbers of at least 1, or "none" */
option_parser parse_threads;      /* unsigned, at least 1 */

#define EXPECTS_COUNT        "an integer of at least 1"
#define EXPECTS_U64          "an integer from 0 to 18446744073709551615"
#define EXPECTS_POSITIVE     "a number above 0"
#define EXPECTS_NON_NEGATIVE "a number of at least 0"
#define EXPECTS_BELOW_ONE    "a number of at least 0 and below 1"
#define EXPECTS_FRACTION     "a number between 0 and 1"
#define EXPECTS_NAMES        "a comma-separated list of at most 64 names"

#define THREADS_OPTION(options)                                                                    \
    {                                                                                              \
        "threads", "N", "number of threads (default: all available processors)", parse_threads,    \
            offsetof(options, threads), EXPECTS_COUNT, NULL                                        \
    }

typedef struct option_group {
    const char *title;
    const option_spec *specs; /* an option without a name ends the table */
    void *target;             /* the struct of the options' fields */
} option_group;

enum { GROUPS_MAX = 8 };

typedef struct command_line {
    const char *command;
    const char *summary; /* follows the usage line in the help */
    const char *synopsis;
    option_group groups[GROUPS_MAX]; /* a group without a title ends the list */
} command_line;

/* Whether the argument after the option is its value. */
int option_takes_value(const option_spec *option);

/*
 * Parses argv[1..] into the structs of the groups. Returns -1 if the command should run; otherwise
 * the exit code: 0 after --help or completion, EXIT_USAGE after a message that names the option.
 */
int options_parse(const command_line *line, int argc, char **argv);

/* Prints `lanewise COMMAND: MESSAGE` and a pointer to --help; returns EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* The message of the last failed call without leading names of library functions. */
const char *failure_message(void);

/* Prints `lanewise: ` and failure_message(); returns EXIT_BAD_DATA. */
int report_failure(void);

#endif
