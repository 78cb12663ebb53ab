#include "page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Made from the files in this directory, and from Chart.js, when the library is built. */
extern const unsigned char page_skeleton[], page_style[], page_licence[], page_chart[],
    page_common[], page_training[], page_benchmarks[], page_comparison[];

typedef struct page {
    page_kind kind;
    const json_t *data;
} page;

static const unsigned char *script_of(page_kind kind)
{
    return kind == PAGE_TRAINING     ? page_training
           : kind == PAGE_BENCHMARKS ? page_benchmarks
                                     : page_comparison;
}

/* Of the file as it is; the scripts put a name of what is shown before it. */
static const char *title_of(page_kind kind)
{
    return kind == PAGE_TRAINING     ? "Lanewise training report"
           : kind == PAGE_BENCHMARKS ? "Lanewise benchmarks"
                                     : "Lanewise benchmarks compared";
}

/* In JSON a '<' stands only within strings, where it may be written so; a "</script>" in a file's name
 * would otherwise end the data. */
static int write_json(const char *text, size_t size, void *file)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '<')
            fputs("\\u003c", file);
        else
            putc(text[i], file);
    }
    return 0;
}

/* What stands for {{name}} in the skeleton. */
static int write_part(FILE *file, const char *name, size_t length, const page *p)
{
    const struct {
        const char *name;
        const unsigned char *text;
    } parts[] = {{"title", (const unsigned char *)title_of(p->kind)},
                 {"style", page_style},
                 {"chart", page_chart},
                 {"common", page_common},
                 {"script", script_of(p->kind)},
                 {"licence", page_licence}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strlen(parts[i].name) == length && memcmp(parts[i].name, name, length) == 0) {
            fputs((const char *)parts[i].text, file);
            return 0;
        }
    }
    /* What remains is {{data}}. Seven digits: floats are shown, not computed with. */
    return json_dump_callback(p->data, write_json, file, JSON_COMPACT | JSON_REAL_PRECISION(7));
}

int page_write(FILE *file, page_kind kind, const json_t *data)
{
    const page p = {.kind = kind, .data = data};
    const char *rest = (const char *)page_skeleton;
    for (const char *open; (open = strstr(rest, "{{")) != NULL;) {
        const char *name = open + 2, *close = strstr(name, "}}");
        fwrite(rest, 1, (size_t)(open - rest), file);
        if (write_part(file, name, (size_t)(close - name), &p) != 0)
            return -1;
        rest = close + 2;
    }
    fputs(rest, file);
    return 0;
}

json_t *page_text(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *ascii = calloc(strlen(text) + 1, sizeof replacement);
    if (ascii == NULL)
        return NULL;
    char *end = ascii;
    for (; *text != '\0'; text++) {
        if ((*text & 0x80) == 0)
            *end++ = *text;
        else
            end = (char *)memcpy(end, replacement, sizeof replacement - 1) + sizeof replacement - 1;
    }
    string = json_string(ascii);
    free(ascii);
    return string;
}

json_t *page_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}
