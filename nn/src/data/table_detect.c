/* Detection of separators from the first lines of a file. */
#include "table_detect.h"
#include "table.h"

#include <string.h>

enum { MAX_LINES = 50, MAX_FIELD = 64 };

/* A line of the sample, without its end. */
typedef struct text_line {
    const unsigned char *begin;
    size_t length;
} text_line;

static int is_line_end(unsigned char c)
{
    return c == '\n' || c == '\r';
}

/* Finds the first lines that are not blank. A line ends outside of quotes. */
static size_t find_lines(const unsigned char *sample, size_t size, int is_whole,
                         text_line lines[MAX_LINES])
{
    size_t count = 0, begin = 0;
    int in_quotes = 0;
    for (size_t i = 0; i < size && count < MAX_LINES; i++) {
        in_quotes ^= sample[i] == '"';
        if (in_quotes || !is_line_end(sample[i]))
            continue;
        if (i > begin)
            lines[count++] = (text_line){sample + begin, i - begin};
        begin = i + 1;
    }
    if (count < MAX_LINES && begin < size && (is_whole || count == 0))
        lines[count++] = (text_line){sample + begin, size - begin};
    return count;
}

static size_t count_outside_quotes(const text_line *line, char separator)
{
    size_t count = 0;
    int in_quotes = 0;
    for (size_t i = 0; i < line->length; i++) {
        in_quotes ^= line->begin[i] == '"';
        count += !in_quotes && line->begin[i] == (unsigned char)separator;
    }
    return count;
}

/* The number of separators of each line, if all have the same; otherwise 0. */
static size_t count_in_lines(const text_line *lines, size_t count, char separator)
{
    const size_t first = count > 0 ? count_outside_quotes(&lines[0], separator) : 0;
    for (size_t i = 1; i < count; i++)
        if (count_outside_quotes(&lines[i], separator) != first)
            return 0;
    return first;
}

/* Copies the next field between blanks and advances. Returns 0 at the end of the line. */
static int next_word(const text_line *line, size_t *at, char word[MAX_FIELD])
{
    while (*at < line->length && (line->begin[*at] == ' ' || line->begin[*at] == '\t'))
        ++*at;
    size_t length = 0;
    for (; *at < line->length && line->begin[*at] != ' ' && line->begin[*at] != '\t'; ++*at)
        if (length < MAX_FIELD - 1)
            word[length++] = (char)line->begin[*at];
    word[length] = '\0';
    return length > 0;
}

/* Whether runs of blanks separate the fields: the same number in all lines, at least two, and
 * numbers in all lines but the first. Texts with blanks are too common. */
static int has_blanks(const text_line *lines, size_t count)
{
    size_t words = 0;
    for (size_t i = 0; i < count; i++) {
        char word[MAX_FIELD];
        size_t here = 0;
        for (size_t at = 0; next_word(&lines[i], &at, word); here++) {
            double number;
            if (i > 0 && !lw_parse_number(word, &number))
                return 0;
        }
        if (i > 0 && here != words)
            return 0;
        words = here;
    }
    return words > 1;
}

char lw_detect_separator(const unsigned char *sample, size_t size, int is_whole)
{
    static const char candidates[] = {'\t', ';', '|', ','};
    text_line lines[MAX_LINES];
    const size_t count = find_lines(sample, size, is_whole, lines);
    for (size_t i = 0; i < sizeof candidates; i++)
        if (count_in_lines(lines, count, candidates[i]) > 0)
            return candidates[i];
    if (has_blanks(lines, count))
        return ' ';
    /* Rows of different lengths: the reader reports the first of them. */
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; i < sizeof candidates && count > 0; i++) {
        const size_t here = count_outside_quotes(&lines[0], candidates[i]);
        if (here > most) {
            most = here;
            best = candidates[i];
        }
    }
    return best;
}

/* Whether a field is a number with this decimal separator between digits. */
static int has_decimals(const char *field, char decimal)
{
    const char *at = strchr(field, decimal);
    if (!at || strchr(at + 1, decimal))
        return 0;
    char copy[MAX_FIELD];
    double number;
    memcpy(copy, field, strlen(field) + 1);
    copy[at - field] = '.';
    return lw_parse_number(copy, &number);
}

char lw_detect_decimal(const unsigned char *sample, size_t size, char separator)
{
    size_t commas = 0;
    char field[MAX_FIELD];
    for (size_t i = 0, length = 0; i <= size && separator != ','; i++) {
        const unsigned char c = i < size ? sample[i] : '\n';
        if (c != (unsigned char)separator && !is_line_end(c) && c != ' ' && c != '"') {
            if (length < MAX_FIELD - 1)
                field[length++] = (char)c;
            continue;
        }
        field[length] = '\0';
        length = 0;
        if (has_decimals(field, '.'))
            return '.';
        commas += (size_t)has_decimals(field, ',');
    }
    return commas > 0 ? ',' : '.';
}
