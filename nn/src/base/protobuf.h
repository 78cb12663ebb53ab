/*
 * Encoder of Protocol Buffers messages: a sequence of fields, each a key (number and wire type) and
 * a value.
 *
 * Implemented here because so little is needed. libprotobuf-c would add its compiler (7 MB with the
 * C++ libraries) to build dependencies and itself to run-time dependencies, and it packs messages
 * from structs of pointers, which would have to be built from the network first.
 */
#ifndef LANEWISE_PROTOBUF_H
#define LANEWISE_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

/* A message or a part of one; zero-initialised when empty. */
typedef struct lw_message {
    unsigned char *bytes;
    size_t size, capacity;
    int failed; /* no memory: later fields are missing */
} lw_message;

void lw_message_free(lw_message *message);

void lw_message_add_integer(lw_message *message, unsigned field, uint64_t value);
void lw_message_add_float(lw_message *message, unsigned field, float value);
void lw_message_add_text(lw_message *message, unsigned field, const char *text);

/* Appends inner as one field. Frees inner; its failure becomes the message's. */
void lw_message_add_message(lw_message *message, unsigned field, lw_message *inner);

/* The same, appending the fields of inner one by one. */
void lw_message_add_fields(lw_message *message, lw_message *inner);

/* Appends the key and length of a field whose size bytes the caller writes. */
void lw_message_begin_bytes(lw_message *message, unsigned field, uint64_t size);

#endif
