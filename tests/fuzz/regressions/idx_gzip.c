/*
 * Compressed files. Their contents are compressed here, so that the table is readable; idx.c covers
 * the IDX format itself.
 */
#include "regressions.h"

#include <string.h>
#include <zlib.h>

enum {
    GZIP_WINDOW = 15 + 16,
    MEMORY = 8,
    CONTENTS_MAX = 2 << 20,
    COMPRESSED_MAX = 1 << 16,
    MIB = 1 << 20
};

#define ONE        "\0\0\0\1"
#define TWO        "\0\0\0\2"
#define DIMENSIONS "\0\0\x08\2"
#define IMAGES     DIMENSIONS TWO TWO "\0\xff\x33\x66"
#define LABELS     "\0\0\x08\1" TWO "\1\0"
#define HEADER     "\x1f\x8b\x08\0\0\0\0\0\0\3" /* of a gzip member */
#define BOTH_READ  ACCEPTED("2 x 2; x 0 1 0.2 0.4; labels 1 0 of 2")

typedef enum form { PLAIN, GZIP, STORED, NAMED, GZIP_TWICE } form;

typedef struct gzip_file {
    bytes contents;
    form form;
    size_t zeros;        /* appended to the contents */
    const bytes *second; /* contents of a second member */
    bytes tail;          /* appended to the file */
    size_t cut;          /* bytes removed from its end */
    size_t damaged;      /* the byte inverted, counted from its end; 0: none */
} gzip_file;

typedef struct gzip_case {
    const char *name;
    gzip_file images, labels; /* without contents: LABELS, plain */
    expected_outcome expected;
} gzip_case;

static const bytes nothing = BYTES(""), one_zero = BYTES("\0"), last_image = BYTES("\x33\x66"),
                   all_images = BYTES(IMAGES), after_half_header = BYTES("\0\2\0\xff\x33\x66");

static const gzip_case cases[] = {
    /* ---- Members ---- */
    {"images_compressed", {.form = GZIP, .contents = BYTES(IMAGES)}, BOTH_READ},
    {"labels_compressed",
     {.form = PLAIN, .contents = BYTES(IMAGES)},
     {.form = GZIP, .contents = BYTES(LABELS)},
     BOTH_READ},
    {"stored_blocks", {.form = STORED, .contents = BYTES(IMAGES)}, BOTH_READ},
    {"header_with_name_comment_and_checksum",
     {.form = NAMED, .contents = BYTES(IMAGES)},
     BOTH_READ},
    {"second_member_inside_elements",
     {.form = GZIP, .contents = BYTES(DIMENSIONS TWO TWO "\0\xff"), .second = &last_image},
     BOTH_READ},
    {"second_member_inside_dimension",
     {.form = GZIP, .contents = BYTES(DIMENSIONS TWO "\0\0"), .second = &after_half_header},
     BOTH_READ},
    {"empty_member_before",
     {.form = GZIP, .contents = BYTES(""), .second = &all_images},
     BOTH_READ},
    {"empty_member_behind",
     {.form = GZIP, .contents = BYTES(IMAGES), .second = &nothing},
     BOTH_READ},
    {"compressed_twice",
     {.form = GZIP_TWICE, .contents = BYTES(IMAGES)},
     REFUSED(LW_EFORMAT, "not an IDX file")},

    /* ---- Headers of members ---- */
    {"first_magic_byte_alone",
     {.form = PLAIN, .contents = BYTES("\x1f")},
     REFUSED(LW_EFORMAT, "ends at byte 1, inside the IDX header")},
    {"magic_alone",
     {.form = PLAIN, .contents = BYTES("\x1f\x8b")},
     REFUSED(LW_EFORMAT, "gzip data truncated at byte 2")},
    {"ends_inside_gzip_header",
     {.form = PLAIN, .contents = BYTES("\x1f\x8b\x08\0\0\0\0\0\0")},
     REFUSED(LW_EFORMAT, "gzip data truncated at byte 9")},
    {"method_not_deflate",
     {.form = PLAIN, .contents = BYTES("\x1f\x8b\x07\0\0\0\0\0\0\3")},
     REFUSED(LW_EFORMAT, "damaged gzip data at byte 0 of the contents")},
    {"reserved_flags",
     {.form = PLAIN, .contents = BYTES("\x1f\x8b\x08\xe0\0\0\0\0\0\3")},
     REFUSED(LW_EFORMAT, "damaged gzip data at byte 0 of the contents")},

    /* ---- Compressed data ---- */
    {"block_of_type_3",
     {.form = PLAIN, .contents = BYTES(HEADER "\7")},
     REFUSED(LW_EFORMAT, "damaged gzip data")},
    {"stored_length_without_complement",
     {.form = PLAIN, .contents = BYTES(HEADER "\1\5\0\5\0")},
     REFUSED(LW_EFORMAT, "damaged gzip data")},
    {"distance_beyond_begin",
     {.form = PLAIN, .contents = BYTES(HEADER "\3\2\0")},
     REFUSED(LW_EFORMAT, "damaged gzip data")},
    {"ends_inside_data",
     {.form = GZIP, .contents = BYTES(IMAGES), .cut = 12},
     REFUSED(LW_EFORMAT, "gzip data truncated at byte")},
    {"ends_before_checksum",
     {.form = GZIP, .contents = BYTES(IMAGES), .cut = 8},
     REFUSED(LW_EFORMAT, "gzip data truncated at byte")},
    {"ends_inside_length",
     {.form = GZIP, .contents = BYTES(IMAGES), .cut = 1},
     REFUSED(LW_EFORMAT, "gzip data truncated at byte")},
    {"checksum_wrong",
     {.form = GZIP, .contents = BYTES(IMAGES), .damaged = 8},
     REFUSED(LW_EFORMAT, "damaged gzip data at byte 16 of the contents")},
    {"length_wrong",
     {.form = GZIP, .contents = BYTES(IMAGES), .damaged = 4},
     REFUSED(LW_EFORMAT, "damaged gzip data at byte 16 of the contents")},
    {"checksum_of_labels_wrong",
     {.form = GZIP, .contents = BYTES(IMAGES)},
     {.form = GZIP, .contents = BYTES(LABELS), .damaged = 8},
     REFUSED(LW_EFORMAT, "damaged gzip data at byte 10 of the contents")},
    {"zeros_after_member",
     {.form = GZIP, .contents = BYTES(IMAGES), .tail = BYTES("\0\0\0")},
     REFUSED(LW_EFORMAT, "damaged gzip data")},
    {"member_begun_after_member",
     {.form = GZIP, .contents = BYTES(IMAGES), .tail = BYTES("\x1f\x8b")},
     REFUSED(LW_EFORMAT, "gzip data truncated at byte")},

    /* ---- Contents ---- */
    {"contents_empty",
     {.form = GZIP, .contents = BYTES("")},
     REFUSED(LW_EFORMAT, "ends at byte 0, inside the IDX header")},
    {"contents_one_byte_short",
     {.form = GZIP, .contents = BYTES(DIMENSIONS TWO TWO "\0\xff\x33")},
     REFUSED(LW_EFORMAT, "ends at byte 15, but its header promises 16 bytes")},
    {"contents_one_byte_long",
     {.form = GZIP, .contents = BYTES(IMAGES "\0")},
     REFUSED(LW_EFORMAT, "has more bytes after its last element at byte 16")},
    {"second_member_behind_last_element",
     {.form = GZIP, .contents = BYTES(IMAGES), .second = &one_zero},
     REFUSED(LW_EFORMAT, "has more bytes after its last element at byte 16")},
    {"rows_compared_before_contents_are_read",
     {.form = GZIP, .contents = BYTES(DIMENSIONS "\0\0\0\3" ONE "\0\0\0"), .damaged = 8},
     REFUSED(LW_ESHAPE, "has 3 rows, but")},

    /* ---- Memory: limited by the header and by the bytes that are there ---- */
    {"bomb_in_images",
     {.form = GZIP, .contents = BYTES(IMAGES), .zeros = MIB},
     REFUSED(LW_EFORMAT, "has more bytes after its last element at byte 16")},
    {"bomb_in_labels",
     {.form = PLAIN, .contents = BYTES(IMAGES)},
     {.form = GZIP, .contents = BYTES(LABELS), .zeros = MIB},
     REFUSED(LW_EFORMAT, "has more bytes after its last element at byte 10")},
    {"header_promises_8_gib",
     {.form = GZIP, .contents = BYTES(DIMENSIONS TWO "\xff\xff\xff\xff")},
     REFUSED(LW_EFORMAT, "ends at byte 12, but its header promises 8589934602 bytes")},
    {"header_promises_1_mib_of_zeros",
     {.form = GZIP, .contents = BYTES(DIMENSIONS ONE "\0\x10\0\0"), .zeros = MIB},
     {.form = PLAIN, .contents = BYTES("\0\0\x08\1" ONE "\0")},
     ACCEPTED("1 x 1048576; x 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0; labels 0 of 1")},
};

/* One member of gzip; returns its size. */
static size_t compress_member(const uint8_t *contents, size_t size, form how, uint8_t *out)
{
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)contents,
                       .avail_in = (unsigned)size,
                       .next_out = out,
                       .avail_out = COMPRESSED_MAX};
    gz_header header = {.name = (Bytef[]){"images"}, .comment = (Bytef[]){"two"}, .hcrc = 1};
    const int level = how == STORED ? Z_NO_COMPRESSION : Z_BEST_COMPRESSION;
    FUZZ_CHECK(deflateInit2(&stream, level, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) ==
                   Z_OK,
               "zlib does not begin");
    if (how == NAMED)
        deflateSetHeader(&stream, &header);
    FUZZ_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END, "the contents do not fit");
    deflateEnd(&stream);
    return COMPRESSED_MAX - stream.avail_out;
}

/* Returns the size of the file. */
static size_t make_file(const gzip_file *file, uint8_t out[3 * COMPRESSED_MAX])
{
    static uint8_t contents[CONTENTS_MAX];
    size_t size = file->contents.size + file->zeros;
    memcpy(contents, file->contents.data, file->contents.size);
    memset(contents + file->contents.size, 0, file->zeros);
    if (file->form == PLAIN)
        memcpy(out, contents, size);
    else
        size = compress_member(contents, size, file->form, out);
    if (file->form == GZIP_TWICE) {
        memcpy(contents, out, size);
        size = compress_member(contents, size, GZIP, out);
    }
    if (file->second)
        size += compress_member(file->second->data, file->second->size, GZIP, out + size);
    if (file->tail.size > 0)
        memcpy(out + size, file->tail.data, file->tail.size);
    size += file->tail.size - file->cut;
    if (file->damaged > 0)
        out[size - file->damaged] ^= 0xff;
    return size;
}

void regressions_run(void)
{
    static uint8_t images[3 * COMPRESSED_MAX], labels[3 * COMPRESSED_MAX];
    static const gzip_file plain_labels = {.contents = BYTES(LABELS)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const gzip_case *c = &cases[i];
        const size_t image_bytes = make_file(&c->images, images);
        const size_t label_bytes =
            make_file(c->labels.contents.data ? &c->labels : &plain_labels, labels);
        input_add_number(image_bytes, FUZZ_LENGTH_BYTES);
        input_add(images, image_bytes);
        input_add(labels, label_bytes);
        input_check(c->name, &c->expected);
    }
}
