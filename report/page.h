/*
 * Pages that people look at: each is one HTML file that holds its style, its scripts and its data, and
 * loads nothing from anywhere.
 */
#ifndef LANEWISE_PAGE_H
#define LANEWISE_PAGE_H

#include <jansson.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum page_kind { PAGE_TRAINING, PAGE_BENCHMARKS, PAGE_COMPARISON } page_kind;

/*
 * Writes a page of that kind. data is the object that the kind's scripts show; texts in it may hold
 * anything. Returns 0; -1 if data cannot be written as JSON. Errors of the file are left in its error
 * flag.
 */
int page_write(FILE *file, page_kind kind, const json_t *data);

/* A text as a JSON string. One that is not UTF-8, as a file name may be, has U+FFFD in the place of every
 * byte outside ASCII. NULL without memory. */
json_t *page_text(const char *text);

/* A number; null where it is not finite. */
json_t *page_number(double value);

#ifdef __cplusplus
}
#endif

#endif
