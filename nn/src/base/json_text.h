/* JSON parsing with Jansson that distinguishes invalid text from lack of memory. */
#ifndef LANEWISE_JSON_TEXT_H
#define LANEWISE_JSON_TEXT_H

#include <jansson.h>
#include <lanewise/status.h>
#include <stddef.h>

/*
 * Parses the JSON header of the file path: text, of length bytes, which begins at byte `offset` of
 * the file. Duplicate keys are errors. The caller initialises *value to NULL and releases it with
 * json_decref, also after a failure. Returns LW_EFORMAT, with the byte, or LW_ENOMEM.
 */
lw_status lw_json_parse(const char *path, size_t offset, const char *text, size_t length,
                        json_t **value);

/* Returns the text of json, *length bytes and a zero byte, or NULL without memory; free it. flags:
 * of Jansson, besides JSON_COMPACT. json_dumps is not used: without memory it leaves out pieces,
 * and it allocates with the allocator that the program has set in Jansson. */
char *lw_json_write(const json_t *json, size_t flags, size_t *length);

#endif
