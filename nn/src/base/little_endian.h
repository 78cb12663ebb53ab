/* Little-endian numbers in file formats, on machines of any byte order. On little-endian machines
 * compilers reduce each function to one load or store. */
#ifndef LANEWISE_LITTLE_ENDIAN_H
#define LANEWISE_LITTLE_ENDIAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Loads an unsigned number of width <= 8 bytes. */
static inline uint64_t lw_load_le(const unsigned char *bytes, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* Stores the lower width <= 8 bytes of value. */
static inline void lw_store_le(unsigned char *bytes, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

static inline float lw_load_le_f32(const unsigned char *bytes)
{
    const uint32_t bits = (uint32_t)lw_load_le(bytes, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void lw_store_le_f32(unsigned char *bytes, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    lw_store_le(bytes, sizeof bits, bits);
}

static inline double lw_load_le_f64(const unsigned char *bytes)
{
    const uint64_t bits = lw_load_le(bytes, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
