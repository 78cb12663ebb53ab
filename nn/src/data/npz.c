/*
 * ZIP archives (APPNOTE.TXT 4.3): the members, each behind a local header; the central directory,
 * which lists them; and its end record, with a comment of up to 65535 bytes.
 */
#include "npz.h"

#include "base/little_endian.h"
#include "base/memory.h"
#include "inflate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, COMMENT_MAX = 65535, LIST_BYTES = 300 };
enum { STORED = 0, DEFLATED = 8, DEFLATE_MAX_RATIO = 1040 };

static const unsigned crc_polynomial = 0xedb88320;

static const unsigned end_signature = 0x06054b50, entry_signature = 0x02014b50,
                      local_signature = 0x04034b50, zip64_value = 0xffffffff;

typedef struct archive {
    const char *path; /* as given, for messages */
    const char *member;
    lw_input_file file;
    unsigned char *directory;
    size_t directory_size, entries;
} archive;

/* An entry of the central directory. */
typedef struct entry {
    const char *name; /* without a terminator */
    size_t name_length;
    unsigned method, crc;
    size_t packed, size, offset;
} entry;

static size_t number(const unsigned char *bytes, size_t width)
{
    return (size_t)lw_load_le(bytes, width);
}

static lw_status damaged(const archive *zip, const char *what)
{
    return lw_fail(LW_EFORMAT, "%s: not a readable .npz archive: %s", zip->path, what);
}

/* Reads size bytes at a position behind the current one, or anywhere in a reopened file. */
static lw_status read_at(archive *zip, uint64_t at, void *bytes, size_t size)
{
    if (at < zip->file.position) {
        const char *path = zip->file.path;
        lw_input_close(&zip->file);
        const lw_status status = lw_input_open(&zip->file, path);
        if (status != LW_OK)
            return status;
    }
    if (at > zip->file.size || size > zip->file.size - at)
        return damaged(zip, "it is truncated");
    const lw_status status = lw_input_skip(&zip->file, at - zip->file.position);
    return status == LW_OK ? lw_input_read(&zip->file, bytes, size) : status;
}

static lw_status read_directory(archive *zip)
{
    const uint64_t size = zip->file.size;
    const size_t tail = size < END_BYTES + COMMENT_MAX ? (size_t)size : END_BYTES + COMMENT_MAX;
    if (size < END_BYTES)
        return damaged(zip, "it is too short");
    unsigned char *bytes = malloc(tail);
    if (!bytes)
        return lw_no_memory(zip->path, "its directory");
    lw_status status = read_at(zip, size - tail, bytes, tail);
    size_t at = tail - END_BYTES;
    while (status == LW_OK && number(bytes + at, 4) != end_signature)
        if (at-- == 0)
            status = damaged(zip, "it has no directory");
    size_t offset = 0;
    if (status == LW_OK) {
        zip->entries = number(bytes + at + 10, 2);
        zip->directory_size = number(bytes + at + 12, 4);
        offset = number(bytes + at + 16, 4);
    }
    free(bytes);
    if (status == LW_OK && (zip->directory_size == zip64_value || offset == zip64_value))
        return lw_fail(LW_EUNSUPPORTED, "%s: archives of 4 GiB or more are not supported",
                       zip->path);
    if (status == LW_OK && zip->directory_size > size)
        status = damaged(zip, "its directory is truncated");
    if (status != LW_OK)
        return status;
    zip->directory = malloc(zip->directory_size + 1);
    if (!zip->directory)
        return lw_no_memory(zip->path, "its directory");
    return read_at(zip, offset, zip->directory, zip->directory_size);
}

/* Reads the entry at *at and advances it. */
static lw_status next_entry(const archive *zip, size_t *at, entry *e)
{
    const unsigned char *bytes = zip->directory + *at;
    const size_t left = zip->directory_size - *at;
    if (left < ENTRY_BYTES || number(bytes, 4) != entry_signature)
        return damaged(zip, "its directory is damaged");
    *e = (entry){.name = (const char *)bytes + ENTRY_BYTES,
                 .name_length = number(bytes + 28, 2),
                 .method = (unsigned)number(bytes + 10, 2),
                 .crc = (unsigned)number(bytes + 16, 4),
                 .packed = number(bytes + 20, 4),
                 .size = number(bytes + 24, 4),
                 .offset = number(bytes + 42, 4)};
    const size_t size =
        ENTRY_BYTES + e->name_length + number(bytes + 30, 2) + number(bytes + 32, 2);
    if (size > left)
        return damaged(zip, "its directory is damaged");
    *at += size;
    return LW_OK;
}

/* The length of an entry's name without ".npy"; 0 for other files. */
static size_t stem_length(const entry *e)
{
    const size_t suffix = 4;
    return e->name_length > suffix && memcmp(e->name + e->name_length - suffix, ".npy", suffix) == 0
               ? e->name_length - suffix
               : 0;
}

static lw_status find_member(const archive *zip, entry *found)
{
    char list[LIST_BYTES] = "";
    size_t used = 0, arrays = 0, matches = 0;
    for (size_t i = 0, at = 0; i < zip->entries; i++) {
        entry e;
        const lw_status status = next_entry(zip, &at, &e);
        if (status != LW_OK)
            return status;
        const size_t stem = stem_length(&e);
        if (stem == 0)
            continue;
        if (used < sizeof list - 50)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s'%.*s'",
                                     arrays > 0 ? ", " : "", stem < 40 ? (int)stem : 40, e.name);
        arrays++;
        if (*zip->member && (strlen(zip->member) != stem || memcmp(zip->member, e.name, stem) != 0))
            continue;
        *found = e;
        matches++;
    }
    if (matches == 1)
        return LW_OK;
    return lw_fail(LW_EINVAL, "%s: %s; FILE.npz:NAME selects one of the arrays of the file: %s",
                   zip->path, *zip->member ? "no such array" : "which array?", list);
}

static unsigned checksum(const unsigned char *bytes, size_t size)
{
    unsigned table[256], crc = ~0U;
    for (unsigned i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? crc_polynomial : 0);
    }
    for (size_t i = 0; i < size; i++)
        crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
    return ~crc;
}

/* The sizes must be possible before memory is allocated. */
static lw_status check_sizes(const archive *zip, const entry *e)
{
    if (e->method != STORED && e->method != DEFLATED)
        return lw_fail(LW_EUNSUPPORTED, "%s: compression method %u is not supported", zip->path,
                       e->method);
    if (e->size == zip64_value || e->packed == zip64_value)
        return lw_fail(LW_EUNSUPPORTED, "%s: arrays of 4 GiB or more are not supported", zip->path);
    if (e->packed > zip->file.size || e->size / DEFLATE_MAX_RATIO > e->packed ||
        (e->method == STORED && e->size != e->packed))
        return damaged(zip, "the sizes of the array are impossible");
    return LW_OK;
}

static lw_status read_member(archive *zip, const entry *e, unsigned char *packed,
                             unsigned char *contents)
{
    unsigned char local[LOCAL_BYTES];
    lw_status status = read_at(zip, e->offset, local, sizeof local);
    if (status == LW_OK && number(local, 4) != local_signature)
        status = damaged(zip, "the array is not where its directory says");
    const uint64_t at =
        (uint64_t)e->offset + LOCAL_BYTES + number(local + 26, 2) + number(local + 28, 2);
    if (status == LW_OK)
        status = read_at(zip, at, e->method == STORED ? contents : packed, e->packed);
    if (status == LW_OK && e->method == DEFLATED)
        status = lw_inflate_raw(zip->path, packed, e->packed, contents, e->size);
    if (status == LW_OK && checksum(contents, e->size) != e->crc)
        status = damaged(zip, "the checksum of the array is wrong");
    return status;
}

static lw_status load_member(archive *zip, lw_input_file *input)
{
    entry e = {0};
    lw_status status = read_directory(zip);
    if (status == LW_OK)
        status = find_member(zip, &e);
    if (status == LW_OK)
        status = check_sizes(zip, &e);
    if (status != LW_OK)
        return status;
    unsigned char *packed = e.method == DEFLATED ? malloc(e.packed + 1) : NULL;
    unsigned char *contents = malloc(e.size + 1);
    if (!contents || (e.method == DEFLATED && !packed))
        status = lw_no_memory(zip->path, "the array");
    else
        status = read_member(zip, &e, packed, contents);
    free(packed);
    if (status == LW_OK)
        lw_input_open_memory(input, zip->path, contents, e.size);
    else
        free(contents);
    return status;
}

/* Where the name of a member begins in FILE.npz:NAME, at the end of FILE.npz; NULL for others. */
static const char *find_separator(const char *path)
{
    const char *end = path + strlen(path);
    if (end - path >= 4 && memcmp(end - 4, ".npz", 4) == 0)
        return end;
    for (const char *at = path; (at = strstr(at, ".npz:")) != NULL; at++)
        if (!strstr(at + 1, ".npz:"))
            return at + 4;
    return NULL;
}

lw_status lw_npz_open(lw_input_file *input, const char *path)
{
    const char *separator = find_separator(path);
    if (!separator)
        return lw_input_open(input, path);
    const size_t length = (size_t)(separator - path);
    char *file = malloc(length + 1);
    if (!file)
        return lw_no_memory(path, "its name");
    memcpy(file, path, length);
    file[length] = '\0';
    archive zip = {.path = path, .member = *separator ? separator + 1 : ""};
    lw_status status = lw_input_open(&zip.file, file);
    if (status == LW_OK)
        status = load_member(&zip, input);
    lw_input_close(&zip.file);
    free(zip.directory);
    free(file);
    return status;
}
