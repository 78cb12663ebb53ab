/* Names of columns, categories and classes in exported C: arrays of texts, and their positions as
 * constants. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "base/memory.h"
#include "base/text_file.h"
#include "data/schema.h"
#include "export_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C99 distinguishes the first 63 characters of names. Longer lists are not searched for equal
 * constants, but taken to have some. */
enum { SIGNIFICANT = 63, MAX_COMPARED = 200, PREFIX_BYTES = 32 };

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* An array NAME_<array> of texts, with a constant NAME_<constant><text> for each position. */
typedef struct name_list {
    char array[PREFIX_BYTES], constant[PREFIX_BYTES];
    size_t count;
    const char *const *texts;
} name_list;

/* ---- Constants ---------------------------------------------------------------------------- */

/* The spelling of a text in a constant: letters and digits, and one '_' for all others between
 * them, so that no two follow each other. */
typedef struct spelling {
    const char *at;
    char last;
} spelling;

static spelling begin_spelling(const char *text)
{
    return (spelling){text, '_'};
}

/* Returns the next character, or 0. */
static char next_character(spelling *s)
{
    const size_t others = strcspn(s->at, LETTERS DIGITS);
    s->at += others;
    if (*s->at == '\0')
        return '\0';
    s->last = others > 0 && s->last != '_' ? '_' : *s->at++;
    return s->last;
}

/* Whether the spellings of a and b begin with the same `length` characters. */
static int are_spelled_alike(const char *a, const char *b, size_t length)
{
    spelling at = begin_spelling(a), other = begin_spelling(b);
    for (size_t i = 0; i < length; i++) {
        const char next = next_character(&at);
        if (next != next_character(&other))
            return 0;
        if (next == '\0')
            return 1;
    }
    return 1;
}

/* Whether constants need a suffix to differ from each other, or from the prefix. */
static int need_suffixes(const name_list *list, size_t length)
{
    if (list->count > MAX_COMPARED)
        return 1;
    for (size_t i = 0; i < list->count; i++) {
        if (are_spelled_alike(list->texts[i], "", length))
            return 1;
        for (size_t j = 0; j < i; j++)
            if (are_spelled_alike(list->texts[i], list->texts[j], length))
                return 1;
    }
    return 0;
}

/* Whether a text is its own spelling, and could not be another one with a suffix. */
static int is_own_spelling(const char *text, size_t length)
{
    spelling at = begin_spelling(text);
    const size_t size = strlen(text);
    size_t end = size;
    for (size_t i = 0; i < size; i++)
        if (next_character(&at) != text[i])
            return 0;
    while (end > 0 && strchr(DIGITS, text[end - 1]))
        end--;
    const int has_suffix =
        end < size && end > 0 && text[end - 1] == 'n' && (end == 1 || text[end - 2] == '_');
    return size > 0 && size <= length && !has_suffix;
}

/* Prints NAME_<constant><text>, with the suffix n<position> unless it would differ without. */
static void print_constant(lw_c_writer *c, const name_list *list, size_t position, size_t length,
                           int has_suffixes)
{
    char suffix[PREFIX_BYTES] = "";
    const char *text = list->texts[position];
    spelling at = begin_spelling(text);
    if (has_suffixes && !is_own_spelling(text, length))
        snprintf(suffix, sizeof suffix, "n%zu", position);
    const size_t needed = *suffix ? strlen(suffix) + 1 : 0;
    lw_c_print(c, "%s_%s", c->name, list->constant);
    for (size_t i = needed; i < length; i++) {
        const char next = next_character(&at);
        if (next == '\0')
            break;
        lw_c_print(c, "%c", next);
    }
    lw_c_print(c, "%s%s", *suffix && at.last != '_' ? "_" : "", suffix);
}

static void print_constants(lw_c_writer *c, const name_list *list)
{
    const size_t used = strlen(c->name) + 1 + strlen(list->constant);
    const size_t length = used < SIGNIFICANT ? SIGNIFICANT - used : 0;
    const int has_suffixes = need_suffixes(list, length);
    lw_c_print(c, "enum {");
    for (size_t i = 0; i < list->count; i++) {
        lw_c_print(c, i > 0 ? ",\n    " : "\n    ");
        print_constant(c, list, i, length, has_suffixes);
        lw_c_print(c, " = %zu", i);
    }
    lw_c_print(c, "\n};\n\n");
}

/* ---- Texts -------------------------------------------------------------------------------- */

/* A string literal. Octal escapes have three digits, so that no digit continues them. */
static void print_string(lw_c_writer *c, const char *text)
{
    lw_c_print(c, "\"");
    for (; *text; text++) {
        const int is_plain = *text >= ' ' && *text <= '~' && strchr("\"\\?", *text) == NULL;
        if (is_plain)
            lw_c_print(c, "%c", *text);
        else
            lw_c_print(c, "\\%03o", (unsigned)(unsigned char)*text);
    }
    lw_c_print(c, "\"");
}

static void declare_list(lw_c_writer *c, const name_list *list)
{
    lw_c_print(c, "extern const char *const %s_%s[%zu];\n", c->name, list->array, list->count);
}

static void print_list(lw_c_writer *c, const name_list *list)
{
    lw_c_print(c, "const char *const %s_%s[%zu] = {", c->name, list->array, list->count);
    for (size_t i = 0; i < list->count; i++) {
        lw_c_print(c, i > 0 ? ",\n    " : "\n    ");
        print_string(c, list->texts[i]);
    }
    lw_c_print(c, "};\n\n");
    print_constants(c, list);
}

/* ---- Lists -------------------------------------------------------------------------------- */

typedef void (*list_function)(lw_c_writer *c, const name_list *list);

static void call_with_values(lw_c_writer *c, list_function function, size_t position,
                             const lw_values *values)
{
    name_list list = {.count = values->count, .texts = values->texts};
    if (values->count == 0)
        return;
    snprintf(list.array, sizeof list.array, "values%zu", position);
    snprintf(list.constant, sizeof list.constant, "x%zu_", position);
    function(c, &list);
}

/* Calls the function for the list of columns, of the texts of each x[i], and of classes. columns:
 * the names of raw inputs. */
static void for_each_list(lw_c_writer *c, const lw_net *net, const char *const *columns,
                          list_function function)
{
    const lw_schema *schema = net->schema;
    const name_list columns_list = {"columns", "x_", lw_raw_inputs(net), columns};
    size_t position = 0;
    if (!schema->is_array)
        function(c, &columns_list);
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].kind != LW_COLUMN_IGNORED)
            call_with_values(c, function, position++, &schema->columns[i].values);
    if (schema->target_count == 1 && schema->targets[0].classes.count > 0) {
        const lw_values *classes = &schema->targets[0].classes;
        const name_list list = {"classes0", "class_", classes->count, classes->texts};
        function(c, &list);
    }
}

/* Returns NULL without memory. */
static const char **column_names(const lw_net *net)
{
    const lw_schema *schema = net->schema;
    const char **names = calloc(lw_raw_inputs(net) + 1, sizeof *names);
    size_t position = 0;
    for (size_t i = 0; names && i < schema->column_count; i++)
        if (schema->columns[i].kind != LW_COLUMN_IGNORED)
            names[position++] = schema->columns[i].name;
    return names;
}

void lw_print_schema_names(lw_c_writer *c, const lw_net *net)
{
    if (!net->schema)
        return;
    const char **columns = column_names(net);
    if (!columns) {
        lw_text_fail(c->text, lw_no_memory(c->text->path, "the names of columns"));
        return;
    }
    lw_c_print(c,
               "/* Names of columns, of the values of categories and booleans x[i] (values<i>), "
               "and of\n * classes. A constant for each: %s_x_<column> is the position in x,\n"
               " * %s_x<i>_<value> a value of x[i], %s_class_<class> the number of a class. */\n"
               "#ifdef __cplusplus\nextern \"C\" {\n#endif\n",
               c->name, c->name, c->name);
    for_each_list(c, net, columns, declare_list);
    lw_c_print(c, "#ifdef __cplusplus\n}\n#endif\n\n");
    for_each_list(c, net, columns, print_list);
    free(columns);
}
