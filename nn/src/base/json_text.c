#include "json_text.h"

#include <errno.h>
#include <string.h>

/*
 * A text on its way to jansson, as [0.00...0,TEXT]. jansson gathers a token in a buffer, and where that
 * cannot grow it goes on without the bytes that do not fit: a text then lacks letters or, which is worse, its end. So a
 * number goes first that is as long as the longest token, and the text follows only if no malloc complained meanwhile.
 *
 * malloc complains by ENOMEM in errno. It may do so though it succeeds: where the heap cannot grow in place, glibc takes
 * memory from elsewhere. That memory stays with it, so that it is there for another attempt; large pieces, which glibc
 * gives back to the system, come from the heap from the second attempt on.
 */
typedef struct text_feed {
    enum { FEED_BEGIN, FEED_ZEROS, FEED_COMMA, FEED_TEXT, FEED_END, FEED_DONE } at;
    size_t zeros;
    const char *next; /* of the text */
    size_t left;
    int no_memory; /* so malloc says */
} text_feed;

enum { ATTEMPTS = 3 };

static const char feed_begin[] = "[0.", feed_comma[] = ",", feed_end[] = "]";

/* No token of a text is longer: what lies between two of its quotes that are not escaped. */
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

/* A callback of jansson's. */
static size_t feed(void *buffer, size_t room, void *user)
{
    text_feed *f = user;
    size_t count = 0;
    f->no_memory |= errno == ENOMEM && f->at < FEED_TEXT;
    errno = 0;
    switch (f->at) {
    case FEED_BEGIN:
        count = strlen(feed_begin);
        memcpy(buffer, feed_begin, count);
        f->at = FEED_ZEROS;
        break;
    case FEED_ZEROS:
        count = f->zeros < room ? f->zeros : room;
        /* NOLINTNEXTLINE(bugprone-suspicious-memset-usage): the digit */
        memset(buffer, '0', count);
        f->zeros -= count;
        f->at = f->zeros > 0 ? FEED_ZEROS : FEED_COMMA;
        break;
    case FEED_COMMA:
        if (f->no_memory)
            break;
        count = strlen(feed_comma);
        memcpy(buffer, feed_comma, count);
        f->at = FEED_TEXT;
        break;
    case FEED_TEXT:
        count = f->left < room ? f->left : room;
        memcpy(buffer, f->next, count);
        f->next += count;
        f->left -= count;
        f->at = f->left > 0 ? FEED_TEXT : FEED_END;
        break;
    case FEED_END:
        count = strlen(feed_end);
        memcpy(buffer, feed_end, count);
        f->at = FEED_DONE;
        break;
    case FEED_DONE:
        break;
    }
    return count;
}

/* The list, or NULL. Without memory jansson has no words or wrong ones, such as an invalid token. */
static json_t *parse_list(text_feed *from, json_error_t *error)
{
    errno = 0;
    json_t *list = json_load_callback(feed, from, JSON_REJECT_DUPLICATES, error);
    from->no_memory |= !list && (errno == ENOMEM || *error->text == '\0');
    return list;
}

lw_status lw_json_parse(const char *path, size_t place, const char *text, size_t length,
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
        return lw_fail(LW_ENOMEM, "%s: no memory for its JSON", path);
    const size_t before = strlen(feed_begin) + zeros + strlen(feed_comma);
    if (!list)
        return lw_fail(LW_EFORMAT, "%s: header at byte %zu: %.120s", path,
                       place + (size_t)error.position - before, error.text);
    const int is_one = json_array_size(list) == 2;
    *value = json_incref(json_array_get(list, 1));
    json_decref(list);
    return is_one ? LW_OK : lw_fail(LW_EFORMAT, "%s: header: more than one JSON value", path);
}
