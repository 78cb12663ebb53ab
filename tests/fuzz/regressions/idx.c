#include "regressions.h"

/* Headers: an element type of unsigned bytes, the number of dimensions, and each dimension,
 * big-endian. */
#define DIMENSIONS_1 "\0\0\x08\1"
#define DIMENSIONS_2 "\0\0\x08\2"
#define DIMENSIONS_3 "\0\0\x08\3"
#define ONE          "\0\0\0\1"
#define TWO          "\0\0\0\2"
#define ZERO         "\0\0\0\0"
#define MOST         "\xff\xff\xff\xff" /* 2^32 - 1 */

#define TWO_IMAGES DIMENSIONS_3 TWO ONE TWO "\0\xff\x33\x66"
#define ONE_IMAGE  DIMENSIONS_2 ONE ONE "\xff"
#define TWO_LABELS DIMENSIONS_1 TWO "\1\0"
#define ONE_LABEL  DIMENSIONS_1 ONE "\0"

#define IMAGES(literal) .images = BYTES(literal)
#define LABELS(literal) .labels = BYTES(literal)

typedef struct idx_case {
    const char *name;
    bytes images, labels;
    expected_outcome expected;
} idx_case;

static const idx_case cases[] = {
    /* ---- Headers ---- */
    {"empty_file", IMAGES(""), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "ends at byte 0, inside the IDX header")},
    {"ends_inside_magic", IMAGES("\0\0\x08"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "ends at byte 3, inside the IDX header")},
    {"ends_inside_dimension", IMAGES(DIMENSIONS_2 TWO "\0\0\0"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "ends at byte 11, inside the IDX header of 12 bytes")},
    {"first_byte_not_0", IMAGES("\1\0\x08\1" TWO "\1\0"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "not an IDX file")},
    {"second_byte_not_0", IMAGES("\0\1\x08\1" TWO "\1\0"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "not an IDX file")},
    {"elements_signed", IMAGES("\0\0\x09\1" TWO "\xff\0"), LABELS(TWO_LABELS),
     ACCEPTED("2 x 1; x -1 0; labels 1 0 of 2")},
    {"elements_float", IMAGES("\0\0\x0d\1" ONE "\x3f\x80\0\0"), LABELS(ONE_LABEL),
     ACCEPTED("1 x 1; x 1; labels 0 of 1")},
    {"elements_nan", IMAGES("\0\0\x0d\1" ONE "\x7f\xc0\0\0"), LABELS(ONE_LABEL),
     REFUSED(LW_EDATA, "row 0, column 0: nan")},
    {"elements_of_no_type", IMAGES("\0\0\x0a\1" ONE "\0\0\0\0"), LABELS(ONE_LABEL),
     REFUSED(LW_EFORMAT, "no element type is 0x0a")},
    {"labels_negative", IMAGES(TWO_IMAGES), LABELS("\0\0\x09\1" TWO "\1\xff"),
     REFUSED(LW_EDATA, "row 1: the label -1")},
    {"dimensions_0", IMAGES("\0\0\x08\0\1"), LABELS(ONE_LABEL),
     REFUSED(LW_EFORMAT, "no dimensions at byte 3")},
    {"dimensions_255_end_of_file", IMAGES("\0\0\x08\xff" TWO), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "inside the IDX header of 1024 bytes")},
    {"rows_0", IMAGES(DIMENSIONS_1 ZERO), LABELS(DIMENSIONS_1 ZERO),
     REFUSED(LW_EDATA, "dimension 0 at byte 4 is 0")},
    {"columns_0", IMAGES(DIMENSIONS_2 TWO ZERO), LABELS(TWO_LABELS),
     REFUSED(LW_EDATA, "dimension 1 at byte 8 is 0")},
    {"dimensions_overflow", IMAGES(DIMENSIONS_3 MOST MOST TWO), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "the dimensions up to byte 12 overflow")},
    /* 4294967295 * 641 * 6700417 = 2^64 - 1, which leaves no space for the header. */
    {"header_and_elements_overflow",
     IMAGES(DIMENSIONS_3 MOST "\0\0\2\x81"
                              "\0\x66\x3d\x81"),
     LABELS(TWO_LABELS), REFUSED(LW_EFORMAT, "the dimensions up to byte 12 overflow")},
    {"labels_header_damaged", IMAGES(TWO_IMAGES), LABELS("\0\0\x0c\1" TWO "\1\0"),
     REFUSED(LW_EFORMAT, "ends at byte")},

    /* ---- Elements ---- */
    {"images_and_labels", IMAGES(TWO_IMAGES), LABELS(TWO_LABELS),
     ACCEPTED("2 x 2; x 0 1 0.2 0.4; labels 1 0 of 2")},
    {"images_of_one_dimension", IMAGES(DIMENSIONS_1 TWO "\xff\0"), LABELS(TWO_LABELS),
     ACCEPTED("2 x 1; x 1 0; labels 1 0 of 2")},
    {"labels_of_two_dimensions", IMAGES(ONE_IMAGE), LABELS(DIMENSIONS_2 ONE ONE "\0"),
     ACCEPTED("1 x 1; x 1; labels 0 of 1")},
    {"label_255", IMAGES(ONE_IMAGE), LABELS(DIMENSIONS_1 ONE "\xff"),
     ACCEPTED("1 x 1; x 1; labels 255 of 256")},
    {"images_one_byte_short", IMAGES(DIMENSIONS_3 TWO ONE TWO "\0\xff\x33"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "ends at byte 19, but its header promises 20 bytes")},
    {"images_one_byte_long", IMAGES(TWO_IMAGES "\0"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "has more bytes after its last element at byte 20")},
    {"images_without_elements", IMAGES(DIMENSIONS_3 TWO ONE TWO), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "ends at byte 16, but its header promises 20 bytes")},
    /* Memory grows with the bytes that are read, not with the header. */
    {"header_promises_16_eib", IMAGES(DIMENSIONS_3 TWO MOST "\x7f\xff\xff\xff"), LABELS(TWO_LABELS),
     REFUSED(LW_EFORMAT, "but its header promises 18446744060824649746 bytes")},
    {"labels_one_byte_short", IMAGES(TWO_IMAGES), LABELS(DIMENSIONS_1 TWO "\1"),
     REFUSED(LW_EFORMAT, "ends at byte 9, but its header promises 10 bytes")},
    {"labels_one_byte_long", IMAGES(TWO_IMAGES), LABELS(TWO_LABELS "\0"),
     REFUSED(LW_EFORMAT, "has more bytes after its last element at byte 10")},

    /* ---- Both files ---- */
    {"fewer_labels_than_images", IMAGES(TWO_IMAGES), LABELS(ONE_LABEL),
     REFUSED(LW_ESHAPE, "has 2 rows, but")},
    {"more_labels_than_images", IMAGES(ONE_IMAGE), LABELS(TWO_LABELS),
     REFUSED(LW_ESHAPE, "has 1 rows, but")},
    {"labels_of_two_bytes", IMAGES(TWO_IMAGES), LABELS(DIMENSIONS_2 TWO TWO "\0\0\0\0"),
     REFUSED(LW_ESHAPE, "has 2 bytes per row; labels need one")},
    {"images_and_labels_exchanged", IMAGES(TWO_LABELS), LABELS(TWO_IMAGES),
     REFUSED(LW_ESHAPE, "has 2 bytes per row; labels need one")},
};

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const idx_case *c = &cases[i];
        input_add_number(c->images.size, FUZZ_LENGTH_BYTES);
        input_add(c->images.data, c->images.size);
        input_add(c->labels.data, c->labels.size);
        input_check(c->name, &c->expected);
    }
}
