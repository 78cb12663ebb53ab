/* Encoder of Protocol Buffers messages. */
#include "protobuf.h"
#include "array_grow.h"
#include "little_endian.h"

#include <stdlib.h>

typedef enum wire_type { VARINT = 0, LENGTH_DELIMITED = 2, FIXED_32 = 5 } wire_type;

enum { KEY_TYPE_BITS = 3, VARINT_BITS = 7, VARINT_MORE = 1 << VARINT_BITS };

void lw_message_free(lw_message *message)
{
    free(message->bytes);
    *message = (lw_message){0};
}

static void append(lw_message *message, const void *bytes, size_t count)
{
    if (message->failed || count == 0)
        return;
    const size_t size = message->size + count;
    unsigned char *grown =
        size < count ? NULL : lw_array_grow(message->bytes, &message->capacity, size, 1);
    message->failed = grown == NULL;
    if (!grown)
        return;
    memcpy(grown + message->size, bytes, count);
    message->bytes = grown;
    message->size = size;
}

/* Seven bits per byte, lowest first; the eighth bit is set if more bytes follow. */
static void append_varint(lw_message *message, uint64_t value)
{
    unsigned char byte;
    for (; value >= VARINT_MORE; value >>= VARINT_BITS) {
        byte = (unsigned char)(VARINT_MORE | (value & (VARINT_MORE - 1)));
        append(message, &byte, 1);
    }
    byte = (unsigned char)value;
    append(message, &byte, 1);
}

static void append_key(lw_message *message, unsigned field, wire_type type)
{
    append_varint(message, (uint64_t)field << KEY_TYPE_BITS | (uint64_t)type);
}

void lw_message_add_integer(lw_message *message, unsigned field, uint64_t value)
{
    append_key(message, field, VARINT);
    append_varint(message, value);
}

void lw_message_add_float(lw_message *message, unsigned field, float value)
{
    unsigned char bytes[sizeof(float)];
    lw_store_le_f32(bytes, value);
    append_key(message, field, FIXED_32);
    append(message, bytes, sizeof bytes);
}

void lw_message_begin_bytes(lw_message *message, unsigned field, uint64_t size)
{
    append_key(message, field, LENGTH_DELIMITED);
    append_varint(message, size);
}

void lw_message_add_text(lw_message *message, unsigned field, const char *text)
{
    const size_t length = strlen(text);
    lw_message_begin_bytes(message, field, length);
    append(message, text, length);
}

void lw_message_add_fields(lw_message *message, lw_message *inner)
{
    append(message, inner->bytes, inner->size);
    message->failed |= inner->failed;
    lw_message_free(inner);
}

void lw_message_add_message(lw_message *message, unsigned field, lw_message *inner)
{
    lw_message_begin_bytes(message, field, inner->size);
    lw_message_add_fields(message, inner);
}
