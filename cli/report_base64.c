/* Base64 (RFC 4648). */
#include "report_parts.h"

#include <stdlib.h>

json_t *report_base64(const unsigned char *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc((count + 2) / 3 * 4 + 1);
    if (text == NULL)
        return NULL;
    char *end = text;
    for (size_t i = 0; i < count; i += 3) {
        const size_t left = count - i;
        const unsigned group = (unsigned)bytes[i] << 16 |
                               (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? (unsigned)bytes[i + 2] : 0);
        *end++ = digits[group >> 18];
        *end++ = digits[group >> 12 & 63];
        *end++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *end++ = left > 2 ? digits[group & 63] : '=';
    }
    json_t *string = json_stringn(text, (size_t)(end - text));
    free(text);
    return string;
}
