/* JSON parsing with Jansson that distinguishes invalid text from lack of memory. */
#include "json_text.h"
#include "arithmetic.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The input of Jansson's parser: [0.00...0,TEXT]. Jansson collects each token in a buffer and, if
 * the buffer cannot grow, silently drops bytes of the token. So a number as long as the longest
 * token comes first, which grows the buffer, and the text follows only if no malloc failed.
 *
 * A failed malloc is detected by ENOMEM in errno. A successful malloc may set it too: if the heap
 * cannot grow in place, glibc falls back to another arena. It keeps that memory, so a second
 * attempt finds it; large blocks, which glibc returns to the system, come from the heap from then
 * on.
 */
typedef struct text_feed {
    enum { FEED_BEGIN, FEED_ZEROS, FEED_COMMA, FEED_TEXT, FEED_END, FEED_DONE } state;
    size_t zeros;
    const char *next; /* rest of the text */
    size_t left;
    int no_memory; /* a malloc failed */
} text_feed;

enum { ATTEMPTS = 3 };

static const char feed_begin[] = "[0.", feed_comma[] = ",", feed_end[] = "]";

/* Upper bound of token lengths: the largest distance between two unescaped quotes. */
static size_t longest_token(const char *text, size_t length)
{
    size_t longest = 0, begin = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"') {
            longest = i - begin > longest ? i - begin : longest;
            begin = i;
        }
    }
    return (length - begin > longest ? length - begin : longest) + 1;
}

/* Jansson's input callback. */
static size_t feed(void *buffer, size_t capacity, void *user)
{
    text_feed *f = user;
    size_t count = 0;
    f->no_memory |= errno == ENOMEM && f->state < FEED_TEXT;
    errno = 0;
    switch (f->state) {
    case FEED_BEGIN:
        count = strlen(feed_begin);
        memcpy(buffer, feed_begin, count);
        f->state = FEED_ZEROS;
        break;
    case FEED_ZEROS:
        count = lw_min_size(f->zeros, capacity);
        /* NOLINTNEXTLINE(bugprone-suspicious-memset-usage): the digit 0, not the byte */
        memset(buffer, '0', count);
        f->zeros -= count;
        f->state = f->zeros > 0 ? FEED_ZEROS : FEED_COMMA;
        break;
    case FEED_COMMA:
        if (f->no_memory)
            break;
        count = strlen(feed_comma);
        memcpy(buffer, feed_comma, count);
        f->state = FEED_TEXT;
        break;
    case FEED_TEXT:
        count = lw_min_size(f->left, capacity);
        memcpy(buffer, f->next, count);
        f->next += count;
        f->left -= count;
        f->state = f->left > 0 ? FEED_TEXT : FEED_END;
        break;
    case FEED_END:
        count = strlen(feed_end);
        memcpy(buffer, feed_end, count);
        f->state = FEED_DONE;
        break;
    case FEED_DONE:
        break;
    }
    return count;
}

/* Returns the list or NULL. Without memory Jansson reports no error or a wrong one. */
static json_t *parse_list(text_feed *from, json_error_t *error)
{
    errno = 0;
    json_t *list = json_load_callback(feed, from, JSON_REJECT_DUPLICATES, error);
    from->no_memory |= !list && (errno == ENOMEM || *error->text == '\0');
    return list;
}

lw_status lw_json_parse(const char *path, size_t offset, const char *text, size_t length,
                        json_t **value)
{
    const size_t zeros = longest_token(text, length);
    text_feed from = {.no_memory = 1};
    json_error_t error;
    json_t *list = NULL;
    for (int i = 0; i < ATTEMPTS && from.no_memory; i++) {
        from = (text_feed){.zeros = zeros, .next = text, .left = length};
        list = parse_list(&from, &error);
    }
    if (from.no_memory)
        return lw_no_memory(path, "its JSON header");
    const size_t before = strlen(feed_begin) + zeros + strlen(feed_comma);
    if (!list)
        return lw_fail(LW_EFORMAT, "%s: header at byte %zu: %.120s", path,
                       offset + (size_t)error.position - before, error.text);
    const int is_one = json_array_size(list) == 2;
    *value = json_incref(json_array_get(list, 1));
    json_decref(list);
    return is_one ? LW_OK : lw_fail(LW_EFORMAT, "%s: header: more than one JSON value", path);
}

char *lw_json_write(const json_t *json, size_t flags, size_t *length)
{
    *length = json_dumpb(json, NULL, 0, JSON_COMPACT | flags);
    char *text = *length > 0 ? malloc(*length + 1) : NULL;
    if (text && json_dumpb(json, text, *length, JSON_COMPACT | flags) != *length) {
        free(text);
        return NULL;
    }
    if (text)
        text[*length] = '\0';
    return text;
}
