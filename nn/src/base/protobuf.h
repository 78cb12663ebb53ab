/*
 * Messages in the wire format of Protocol Buffers, for writing: fields one after the other, each a key
 * (number and wire type) and a value.
 *
 * Written here: this much of the format is enough for writing. libprotobuf-c would want its compiler,
 * 7 MB with the C++ libraries under it, wherever the library is built, and itself wherever it is linked;
 * and it packs a message from structs of pointers, which would have to be made of the network first.
 */
#ifndef LANEWISE_PROTOBUF_H
#define LANEWISE_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

/* A message or a part of one. Zero-initialised it is empty. */
typedef struct lw_message {
    unsigned char *bytes;
    size_t size, capacity;
    int failed; /* there was no memory: what was added last is missing */
} lw_message;

void lw_message_free(lw_message *message);

void lw_message_add_integer(lw_message *message, unsigned field, uint64_t value);
void lw_message_add_float(lw_message *message, unsigned field, float value);
void lw_message_add_text(lw_message *message, unsigned field, const char *text);

/* Appends inner as a field, or its fields, releases it and passes its failure on. */
void lw_message_add_message(lw_message *message, unsigned field, lw_message *inner);
void lw_message_add_fields(lw_message *message, lw_message *inner);

/* Begins a field of so many bytes, which follow from elsewhere. */
void lw_message_begin_bytes(lw_message *message, unsigned field, uint64_t size);

#endif
