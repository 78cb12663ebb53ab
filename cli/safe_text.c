#include "safe_text.h"

#include <stddef.h>

safe_text make_safe(const char *text)
{
    safe_text safe;
    size_t i = 0;
    for (; i < SAFE_TEXT_BYTES - 1 && text[i] != '\0'; i++) {
        const unsigned char c = (unsigned char)text[i];
        safe.text[i] = (char)(c < ' ' || c == 0x7f ? '?' : c);
    }
    safe.text[i] = '\0';
    return safe;
}
