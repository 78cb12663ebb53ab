/* JSON, by jansson, in a way that tells a text that is wrong from one that there is no memory for. */
#ifndef LANEWISE_JSON_TEXT_H
#define LANEWISE_JSON_TEXT_H

#include <jansson.h>
#include <lanewise/status.h>
#include <stddef.h>

/* Parses the header of a file, text, which begins at byte place of it. *value is the caller's to release, also after
 * some failures; it is left alone otherwise. Keys may not stand twice. */
lw_status lw_json_parse(const char *path, size_t place, const char *text, size_t length,
                        json_t **value);

#endif
