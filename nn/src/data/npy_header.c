/* The header of NumPy's .npy format: parsing and writing. */
#include "npy_header.h"
#include "base/little_endian.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 6, VERSION_BYTES = 2, TEXT_MAX_BYTES = 1 << 20, WORD_BYTES = 32 };

static const unsigned char magic[MAGIC_BYTES] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

static const lw_npy_type types[] = {
    {"<f2", LW_NPY_FLOAT, 2},    {"<f4", LW_NPY_FLOAT, 4},    {"<f8", LW_NPY_FLOAT, 8},
    {"|i1", LW_NPY_SIGNED, 1},   {"<i2", LW_NPY_SIGNED, 2},   {"<i4", LW_NPY_SIGNED, 4},
    {"<i8", LW_NPY_SIGNED, 8},   {"|u1", LW_NPY_UNSIGNED, 1}, {"<u2", LW_NPY_UNSIGNED, 2},
    {"<u4", LW_NPY_UNSIGNED, 4}, {"<u8", LW_NPY_UNSIGNED, 8}, {"|b1", LW_NPY_UNSIGNED, 1},
    {">f2", LW_NPY_FLOAT, 2},    {">f4", LW_NPY_FLOAT, 4},    {">f8", LW_NPY_FLOAT, 8},
    {">i2", LW_NPY_SIGNED, 2},   {">i4", LW_NPY_SIGNED, 4},   {">i8", LW_NPY_SIGNED, 8},
    {">u2", LW_NPY_UNSIGNED, 2}, {">u4", LW_NPY_UNSIGNED, 4}, {">u8", LW_NPY_UNSIGNED, 8},
};

/* ---- The dictionary ----------------------------------------------------------------------- */

/* A position in the header's text, which ends with a zero byte. */
typedef struct cursor {
    const char *path;
    const char *text, *next;
    size_t offset; /* position of text in the file, in bytes */
} cursor;

static lw_status syntax_error(const cursor *at, const char *expected)
{
    return lw_fail(LW_EFORMAT, "%s: npy header at byte %zu: %s expected", at->path,
                   at->offset + (size_t)(at->next - at->text), expected);
}

/* Skips white space and, if it follows, `what`. Returns 1 if it did. */
static int accept(cursor *at, const char *what)
{
    at->next += strspn(at->next, " \t\n");
    if (strncmp(at->next, what, strlen(what)) != 0)
        return 0;
    at->next += strlen(what);
    return 1;
}

static lw_status parse_string(cursor *at, char word[WORD_BYTES])
{
    const char quote[2] = {accept(at, "'") ? '\'' : '"', '\0'};
    if (*quote == '"' && !accept(at, "\""))
        return syntax_error(at, "a string");
    const size_t length = strcspn(at->next, quote);
    if (at->next[length] != *quote || length >= WORD_BYTES)
        return syntax_error(at, "a string of less than 32 bytes");
    memcpy(word, at->next, length);
    word[length] = '\0';
    at->next += length + 1;
    return LW_OK;
}

static lw_status parse_descr(cursor *at, const lw_npy_type **type)
{
    char descr[WORD_BYTES];
    const lw_status status = parse_string(at, descr);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(descr, types[i].descr) == 0) {
            *type = &types[i];
            return LW_OK;
        }
    return lw_fail(LW_EFORMAT,
                   "%s: elements of type '%s' are not supported; numbers of 1 to 8 bytes are",
                   at->path, descr);
}

static lw_status parse_bool(cursor *at, int *value)
{
    *value = accept(at, "True");
    return *value || accept(at, "False") ? LW_OK : syntax_error(at, "True or False");
}

static lw_status parse_size(cursor *at, size_t *size)
{
    at->next += strspn(at->next, " ");
    if (*at->next < '0' || *at->next > '9')
        return syntax_error(at, "a dimension");
    *size = 0;
    for (; *at->next >= '0' && *at->next <= '9'; at->next++)
        if (__builtin_mul_overflow(*size, (size_t)10, size) ||
            __builtin_add_overflow(*size, (size_t)(*at->next - '0'), size))
            return syntax_error(at, "a smaller dimension");
    return LW_OK;
}

static lw_status parse_shape(cursor *at, lw_npy_header *header)
{
    header->dimensions = 0;
    if (!accept(at, "("))
        return syntax_error(at, "'('");
    while (!accept(at, ")")) {
        size_t size = 0;
        const lw_status status = parse_size(at, &size);
        if (status != LW_OK)
            return status;
        if (header->dimensions < LW_NPY_MAX_DIMENSIONS)
            header->shape[header->dimensions] = size;
        header->dimensions++;
        if (!accept(at, ",") && *at->next != ')')
            return syntax_error(at, "',' or ')'");
    }
    if (header->dimensions == 0 || header->dimensions > LW_NPY_MAX_DIMENSIONS)
        return lw_fail(LW_ESHAPE, "%s: an array of %zu dimensions; 1 to %d are supported", at->path,
                       header->dimensions, LW_NPY_MAX_DIMENSIONS);
    return LW_OK;
}

static lw_status parse_dictionary(cursor *at, lw_npy_header *header)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    enum { DESCR, FORTRAN_ORDER, SHAPE, KEYS };
    int seen[KEYS] = {0};

    if (!accept(at, "{"))
        return syntax_error(at, "'{'");
    while (!accept(at, "}")) {
        char word[WORD_BYTES];
        lw_status status = parse_string(at, word);
        if (status != LW_OK)
            return status;
        size_t key = 0;
        while (key < KEYS && strcmp(word, keys[key]) != 0)
            key++;
        if (key == KEYS || seen[key])
            return syntax_error(at, "each of descr, fortran_order and shape once");
        seen[key] = 1;
        if (!accept(at, ":"))
            return syntax_error(at, "':'");
        if (key == DESCR)
            status = parse_descr(at, &header->type);
        else if (key == FORTRAN_ORDER)
            status = parse_bool(at, &header->fortran);
        else
            status = parse_shape(at, header);
        if (status != LW_OK)
            return status;
        if (!accept(at, ",") && *at->next != '}')
            return syntax_error(at, "',' or '}'");
    }
    for (size_t key = 0; key < KEYS; key++)
        if (!seen[key])
            return syntax_error(at, keys[key]);
    accept(at, "");
    return *at->next ? syntax_error(at, "the end") : LW_OK;
}

/* ---- Reading and writing ------------------------------------------------------------------ */

/* Reads magic, version and the length of the text. */
static lw_status read_prefix(lw_input_file *input, size_t *length)
{
    unsigned char bytes[MAGIC_BYTES + VERSION_BYTES];
    if (input->size < sizeof bytes)
        return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, inside the npy header", input->path,
                       (size_t)input->size);
    lw_status status = lw_input_read(input, bytes, sizeof bytes);
    if (status != LW_OK)
        return status;
    if (memcmp(bytes, magic, MAGIC_BYTES) != 0)
        return lw_fail(LW_EFORMAT, "%s: not a .npy file: its magic is missing at byte 0",
                       input->path);
    const unsigned major = bytes[MAGIC_BYTES], minor = bytes[MAGIC_BYTES + 1];
    if (major < 1 || major > 3 || minor != 0)
        return lw_fail(LW_EFORMAT,
                       "%s: npy version %u.%u at byte 6 is not supported; use 1.0, 2.0 or 3.0",
                       input->path, major, minor);

    const size_t width = major == 1 ? 2 : 4;
    if (input->size - input->position >= width) {
        unsigned char field[4];
        status = lw_input_read(input, field, width);
        *length = (size_t)lw_load_le(field, width);
        if (status != LW_OK)
            return status;
        if (*length <= input->size - input->position) {
            if (*length <= TEXT_MAX_BYTES)
                return LW_OK;
            return lw_fail(LW_EFORMAT, "%s: npy header of %zu bytes is too long", input->path,
                           *length);
        }
    }
    return lw_fail(LW_EFORMAT, "%s: ends at byte %zu, inside the npy header", input->path,
                   (size_t)input->size);
}

lw_status lw_npy_read_header(lw_input_file *input, lw_npy_header *header)
{
    size_t length = 0;
    lw_status status = read_prefix(input, &length);
    if (status != LW_OK)
        return status;
    const size_t offset = (size_t)input->position;
    char *text = malloc(length + 1);
    if (!text)
        return lw_no_memory(input->path, "its header");
    status = lw_input_read(input, text, length);
    if (status == LW_OK) {
        text[length] = '\0';
        cursor at = {.path = input->path, .text = text, .next = text, .offset = offset};
        status = parse_dictionary(&at, header);
        if (status == LW_OK && strlen(text) != length)
            status = syntax_error(&at, "no zero byte");
    }
    free(text);
    return status;
}

void lw_npy_make_header(unsigned char bytes[LW_NPY_HEADER_BYTES], const char *descr,
                        size_t dimensions, const size_t *shape)
{
    /* Padded with spaces and ended by a line feed: the elements begin at a multiple of 64 bytes.
     * Two dimensions of 20 digits fit. */
    enum { TEXT_AT = MAGIC_BYTES + VERSION_BYTES + 2, TEXT_BYTES = LW_NPY_HEADER_BYTES - TEXT_AT };
    char columns[24] = "";
    if (dimensions == 2)
        snprintf(columns, sizeof columns, " %zu", shape[1]);
    char text[TEXT_BYTES + 1];
    snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,%s), }",
             descr, shape[0], columns);

    memcpy(bytes, magic, MAGIC_BYTES);
    bytes[MAGIC_BYTES] = 1;
    bytes[MAGIC_BYTES + 1] = 0;
    lw_store_le(bytes + MAGIC_BYTES + VERSION_BYTES, 2, TEXT_BYTES);
    memset(bytes + TEXT_AT, ' ', TEXT_BYTES);
    memcpy(bytes + TEXT_AT, text, strlen(text));
    bytes[LW_NPY_HEADER_BYTES - 1] = '\n';
}
