/* HTML reports: each is one file with its style, scripts and data, and loads nothing else. */
#ifndef LANEWISE_PAGE_H
#define LANEWISE_PAGE_H

#include <jansson.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum page_kind { PAGE_TRAINING, PAGE_BENCHMARKS, PAGE_COMPARISON } page_kind;

/*
 * Writes a page. data is the object that the scripts of the kind display; its strings are escaped.
 * Returns 0, or -1 if data cannot be written as JSON. Write errors are left in the file's error
 * flag.
 */
int page_write(FILE *file, page_kind kind, const json_t *data);

/*
 * A JSON string. If the text is not UTF-8, such as a file name, U+FFFD replaces every byte that is
 * not ASCII. Returns NULL if out of memory.
 */
json_t *page_text(const char *text);

/* A JSON number, or null if the value is not finite. */
json_t *page_number(double value);

#ifdef __cplusplus
}
#endif

#endif
