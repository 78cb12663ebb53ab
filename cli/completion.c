#include "completion.h"

#include <stdio.h>
#include <string.h>

int completion_is_requested(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "--complete") == 0;
}

static int has_prefix(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

void completion_print_match(const char *word, const char *candidate, const char *help)
{
    if (!has_prefix(candidate, word))
        return;
    printf("%s", candidate);
    if (help != NULL)
        putchar('\t');
    for (const char *c = help; c != NULL && *c != '\0'; c++)
        putchar(*c == '\n' ? ' ' : *c);
    putchar('\n');
}

/* The option of "--name"; NULL if there is none. */
static const option_spec *find_option(const command_line *line, const char *word)
{
    if (!has_prefix(word, "--"))
        return NULL;
    for (const option_group *group = line->groups; group->title != NULL; group++)
        for (const option_spec *option = group->specs; option->name != NULL; option++)
            if (strcmp(option->name, word + 2) == 0)
                return option;
    return NULL;
}

static void print_option_matches(const command_line *line, const char *word)
{
    for (const option_group *group = line->groups; group->title != NULL; group++) {
        for (const option_spec *option = group->specs; option->name != NULL; option++) {
            char name[64];
            snprintf(name, sizeof name, "--%s", option->name);
            completion_print_match(word, name, option->help);
        }
    }
    completion_print_match(word, "--help", "show this help");
}

/*
 * The argument shown in the help decides: FILE and FILE.html complete to files, DIR to directories,
 * and lower-case words literally, as in "N|full" and "fashion-mnist[:DIR]".
 */
static void print_argument_matches(const char *argument, const char *word)
{
    static const char lower_case[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

    if (strncmp(argument, "FILE", 4) == 0)
        puts(":file");
    else if (strcmp(argument, "DIR") == 0)
        puts(":directory");
    for (const char *c = argument; *c != '\0';) {
        char literal[64];
        const size_t length = strspn(c, lower_case);
        if (length > 0 && length < sizeof literal) {
            memcpy(literal, c, length);
            literal[length] = '\0';
            completion_print_match(word, literal, NULL);
            if (strncmp(c + length, "[:DIR]", 6) == 0 && has_prefix(word, literal) &&
                word[length] == ':')
                puts(":directory");
        }
        c += length;
        c += strcspn(c, "|");
        c += *c == '|';
    }
}

static void print_value_matches(const option_spec *option, const char *word)
{
    if (option->choices == NULL) {
        print_argument_matches(option->argument, word);
        return;
    }
    for (const choice *c = option->choices; c->name != NULL; c++)
        completion_print_match(word, c->name, NULL);
}

void completion_print(const command_line *line, int count, char **words)
{
    const char *word = count > 0 ? words[count - 1] : "";
    const option_spec *previous = count > 1 ? find_option(line, words[count - 2]) : NULL;
    if (previous != NULL && option_takes_value(previous))
        print_value_matches(previous, word);
    else if (word[0] == '\0' || word[0] == '-')
        print_option_matches(line, word);
}
