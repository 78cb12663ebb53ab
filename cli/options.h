/*
 * Command line options, declared once: the rows of a table feed both the parser and the help text.
 *
 * A row names a field of a struct by its offset; a group is a table with the struct its rows fill.
 * Commands share tables in this way without sharing variables.
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

/* The name of a value that is in the list. */
const char *choice_name(const choice *choices, int value);

typedef struct option_spec option_spec;

/* Reads text into the field at value. 0 if text is not what the row expects; the field is then
 * unchanged. Lists cut text into pieces where it stands, and grow when their option is repeated. */
typedef int option_parser(const option_spec *option, char *text, void *value);

struct option_spec {
    const char *name;     /* without dashes */
    const char *argument; /* as the help shows it; NULL: a flag; "[=...]": an optional one;
                             completion offers files for "FILE", folders for "DIR" and what is
                             written in lower case */
    const char *help;
    option_parser *parse;
    size_t field;          /* offset in the struct of the group */
    const char *expects;   /* completes "expected ..."; NULL where any text is right */
    const choice *choices; /* for parse_choice, which needs no expects */
};

/* The type of the field is behind each name. */
option_parser parse_flag;         /* int: set to 1 */
option_parser parse_text;         /* const char * */
option_parser parse_count;        /* size_t, at least 1 */
option_parser parse_u64;          /* uint64_t */
option_parser parse_positive;     /* float, above 0 */
option_parser parse_non_negative; /* float, at least 0 */
option_parser parse_below_one;    /* float, 0 up to but not including 1 */
option_parser parse_fraction;     /* float, between 0 and 1, both excluded */
option_parser parse_choice;       /* int */
option_parser parse_names;        /* name_list */
option_parser parse_sizes;        /* size_list, each at least 1; "none" empties it */

#define EXPECTS_COUNT        "a whole number of at least 1"
#define EXPECTS_U64          "a whole number from 0 to 18446744073709551615"
#define EXPECTS_POSITIVE     "a number above 0"
#define EXPECTS_NON_NEGATIVE "a number of at least 0"
#define EXPECTS_BELOW_ONE    "a number from 0 up to but not including 1"
#define EXPECTS_FRACTION     "a number between 0 and 1"
#define EXPECTS_NAMES        "a list of at most 64 names with commas between them"

/* The limit of the library is that of unsigned. */
option_parser parse_threads; /* unsigned, at least 1 */
#define THREADS_OPTION(options)                                                                       \
    {                                                                                              \
        "threads", "N", "processors to use (all at hand)", parse_threads,                          \
            offsetof(options, threads), EXPECTS_COUNT, NULL                                        \
    }

typedef struct option_group {
    const char *title;
    const option_spec *specs; /* a row without a name ends the table */
    void *target;           /* the struct of the rows' offsets */
} option_group;

enum { GROUPS_MAX = 8 };

typedef struct command_line {
    const char *command;
    const char *summary; /* what follows the usage line in the help */
    const char *synopsis;
    option_group groups[GROUPS_MAX]; /* a group without a title ends them */
} command_line;

/* Whether the word after the option is its value. */
int option_takes_value(const option_spec *option);

/*
 * Reads argv[1..] into the structs of the groups. Returns -1 if the command should run; otherwise
 * the exit code to end with: 0 after --help and what completion asks, EXIT_USAGE after a message that names the option.
 */
int options_parse(const command_line *line, int argc, char **argv);

/* Prints `lanewise COMMAND: MESSAGE` and where to find help; returns EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* Prints `lanewise: ` and the message of the last failing call; returns EXIT_BAD_DATA. */
int report_failure(void);

#endif
