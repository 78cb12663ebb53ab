#include "regressions.h"

#include <string.h>

enum { PREFIX_BYTES = 8, TEXT_MAX = 1 << 20 };

static const char version_1[] = "\x93NUMPY\1\0", version_2[] = "\x93NUMPY\2\0",
                  version_3[] = "\x93NUMPY\3\0";

#define HEADER(descr, order, shape)                                                                \
    "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }\n"
#define C_ORDER(descr, shape) HEADER(descr, "False", shape)

/* A file: magic and version, the length of the text, the text, and the elements. Without a text,
 * the elements alone. */
typedef struct npy_contents {
    const char *text;
    bytes elements;
    const char *prefix; /* magic and version */
    size_t length;      /* written to the file; 0: that of the text */
} npy_contents;
#define X(text, elements)          .x = {text, BYTES(elements), version_1, 0}
#define X_AS(version, text)        .x = {text, BYTES(ONE), version, 0}
#define X_STATES(length, elements) .x = {"", BYTES(elements), version_1, length}
#define X_RAW(contents)            .x = {NULL, BYTES(contents), NULL, 0}
#define Y(text, elements)          .y = {text, BYTES(elements), version_1, 0}

/* Elements. */
#define ONE      "\0\0\x80\x3f"
#define TWO      "\0\0\0\x40"
#define THREE    "\0\0\x40\x40"
#define FOUR     "\0\0\x80\x40"
#define NAN_F4   "\0\0\xc0\x7f"
#define INF_F4   "\0\0\x80\xff"
#define ONE_F8   "\0\0\0\0\0\0\xf0\x3f"
#define LARGE_F8 "\0\0\0\0\0\0\xf0\x47" /* 2^128 */

#define ONE_ROW  X(C_ORDER("<f4", "(1, 1)"), ONE)
#define TWO_ROWS X(C_ORDER("<f4", "(2, 1)"), ONE TWO)

typedef struct npy_case {
    const char *name;
    npy_contents x, y;
    expected_outcome expected;
} npy_case;

static const npy_case cases[] = {
    /* ---- Before the dictionary ---- */
    {"empty_file", X_RAW(""), REFUSED(LW_EFORMAT, "ends at byte 0, inside the npy header")},
    {"magic_missing", X_RAW("\x93NUMPZ\1\0\0\0"), REFUSED(LW_EFORMAT, "its magic is missing")},
    {"version_0", X_RAW("\x93NUMPY\0\0\0\0"), REFUSED(LW_EFORMAT, "npy version 0.0 at byte 6")},
    {"version_4", X_RAW("\x93NUMPY\4\0\0\0"), REFUSED(LW_EFORMAT, "npy version 4.0 at byte 6")},
    {"minor_version_1", X_RAW("\x93NUMPY\1\1\0\0"),
     REFUSED(LW_EFORMAT, "npy version 1.1 at byte 6")},
    {"version_2_has_length_of_4_bytes", X_AS(version_2, C_ORDER("<f4", "(1, 1)")),
     ACCEPTED("1 x 1; x 1")},
    {"version_3", X_AS(version_3, C_ORDER("<f4", "(1,)")), ACCEPTED("1 x 1; x 1")},
    {"ends_inside_length", X_RAW("\x93NUMPY\2\0\1\0\0"),
     REFUSED(LW_EFORMAT, "ends at byte 11, inside the npy header")},
    {"length_one_byte_beyond_end", X_STATES(3, "{}"),
     REFUSED(LW_EFORMAT, "ends at byte 12, inside the npy header")},

    /* ---- The dictionary ---- */
    {"header_without_newline", X("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}", ONE),
     ACCEPTED("1 x 1; x 1")},
    {"double_quotes_and_other_order",
     X("{\"shape\":(1,),\"fortran_order\":False,\"descr\":\"<f4\"}", ONE), ACCEPTED("1 x 1; x 1")},
    {"not_a_dictionary", X("[]", ""), REFUSED(LW_EFORMAT, "'{' expected")},
    {"key_missing", X("{'descr': '<f4', 'shape': (1, 1)}", ONE),
     REFUSED(LW_EFORMAT, "fortran_order expected")},
    {"key_twice", X("{'descr': '<f4', 'descr': '<f4'}", ONE),
     REFUSED(LW_EFORMAT, "each of descr, fortran_order and shape once expected")},
    {"key_unknown", X("{'desc': '<f4'}", ONE),
     REFUSED(LW_EFORMAT, "each of descr, fortran_order and shape once expected")},
    {"key_of_32_bytes", X("{'abcdefghijklmnopqrstuvwxyz012345': 1}", ONE),
     REFUSED(LW_EFORMAT, "a string of less than 32 bytes expected")},
    {"quote_not_closed", X("{'descr: <f4", ONE),
     REFUSED(LW_EFORMAT, "a string of less than 32 bytes expected")},
    {"text_after_dictionary", X(C_ORDER("<f4", "(1, 1)") "x", ONE),
     REFUSED(LW_EFORMAT, "the end expected")},
    {"fortran_order_as_number", X(HEADER("<f4", "0", "(1, 1)"), ONE),
     REFUSED(LW_EFORMAT, "True or False expected")},
    {"dimension_negative", X(C_ORDER("<f4", "(-1, 1)"), ONE),
     REFUSED(LW_EFORMAT, "a dimension expected")},
    {"dimension_beyond_64_bits", X(C_ORDER("<f4", "(18446744073709551616, 1)"), ONE),
     REFUSED(LW_EFORMAT, "a smaller dimension expected")},
    {"dimensions_0", X(C_ORDER("<f4", "()"), ONE), REFUSED(LW_ESHAPE, "an array of 0 dimensions")},
    {"dimensions_3_are_flattened", X(C_ORDER("<f4", "(1, 1, 2)"), ONE TWO),
     ACCEPTED("1 x 2; x 1 2")},
    {"dimensions_3_in_fortran_order", X(HEADER("<f4", "True", "(1, 2, 2)"), ONE TWO THREE FOUR),
     ACCEPTED("1 x 4; x 1 3 2 4")},
    {"dimensions_overflow", X(C_ORDER("<f4", "(1, 4294967296, 4294967296)"), ONE),
     REFUSED(LW_EFORMAT, "the dimensions overflow")},

    /* ---- Size ---- */
    {"shape_overflows", X(C_ORDER("<f4", "(4294967296, 4294967296)"), ONE),
     REFUSED(LW_EFORMAT, "a shape of 4294967296 x 4294967296 overflows")},
    {"shape_overflows_in_bytes", X(C_ORDER("<f4", "(4611686018427387904, 1)"), ONE),
     REFUSED(LW_EFORMAT, "a shape of 4611686018427387904 x 1 overflows")},
    {"shape_with_0_rows", X(C_ORDER("<f4", "(0, 1)"), ""),
     REFUSED(LW_EDATA, "an empty array of 0 x 1")},
    {"elements_one_byte_short", X(C_ORDER("<f4", "(1, 1)"), "\0\0\x80"),
     REFUSED(LW_EFORMAT, "but its header promises")},
    {"elements_one_byte_long", X(C_ORDER("<f4", "(1, 1)"), ONE "\0"),
     REFUSED(LW_EFORMAT, "has more bytes after its last element")},

    /* ---- Inputs ---- */
    {"fortran_order", X(HEADER("<f4", "True", "(2, 2)"), ONE TWO THREE FOUR),
     ACCEPTED("2 x 2; x 1 3 2 4")},
    {"inputs_of_float64", X(C_ORDER("<f8", "(1, 1)"), ONE_F8), ACCEPTED("1 x 1; x 1")},
    {"inputs_big_endian", X(C_ORDER(">f4", "(1, 1)"), "\x3f\x80\0\0"), ACCEPTED("1 x 1; x 1")},
    {"inputs_of_integers", X(C_ORDER("<i2", "(1, 1)"), "\xfe\xff"), ACCEPTED("1 x 1; x -2")},
    {"inputs_of_float16", X(C_ORDER("<f2", "(1, 1)"), "\0\x3c"), ACCEPTED("1 x 1; x 1")},
    {"inputs_of_complex_numbers", X(C_ORDER("<c8", "(1, 1)"), ONE TWO),
     REFUSED(LW_EFORMAT, "'<c8' are not supported")},
    {"input_is_nan", X(C_ORDER("<f4", "(1, 2)"), ONE NAN_F4),
     REFUSED(LW_EDATA, "row 0, column 1: nan is not a finite float32")},
    {"input_is_infinite", X(HEADER("<f4", "True", "(2, 2)"), ONE ONE INF_F4 ONE),
     REFUSED(LW_EDATA, "row 0, column 1: -inf is not a finite float32")},
    {"input_beyond_float32", X(C_ORDER("<f8", "(1, 1)"), LARGE_F8),
     REFUSED(LW_EDATA, "is not a finite float32")},

    /* ---- Targets ---- */
    {"targets_of_two_columns", ONE_ROW, Y(C_ORDER("<f4", "(1, 2)"), ONE TWO),
     ACCEPTED("1 x 1; x 1; values 1 2")},
    {"labels_of_bytes", TWO_ROWS, Y(C_ORDER("|u1", "(2,)"), "\xff\0"),
     ACCEPTED("2 x 1; x 1 2; labels 255 0 of 256")},
    {"integers_of_two_columns", ONE_ROW, Y(C_ORDER("|u1", "(1, 2)"), "\7\1"),
     ACCEPTED("1 x 1; x 1; values 7 1")},
    {"one_hot_rows", TWO_ROWS, Y(C_ORDER("|u1", "(2, 2)"), "\0\1\1\0"),
     ACCEPTED("2 x 1; x 1 2; labels 1 0 of 2")},
    {"negative_integers", TWO_ROWS, Y(C_ORDER("<i2", "(2,)"), "\1\0\xff\xff"),
     ACCEPTED("2 x 1; x 1 2; values 1 -1")},
    {"label_without_room_for_class_count", ONE_ROW, Y(C_ORDER("<u4", "(1,)"), "\xff\xff\xff\x7f"),
     ACCEPTED("1 x 1; x 1; values 2.14748e+09")},
    {"rows_differ", ONE_ROW, Y(C_ORDER("<f4", "(2, 1)"), ONE TWO),
     REFUSED(LW_ESHAPE, "has 1 rows, but")},
};

static size_t length_bytes(const npy_contents *file)
{
    return file->prefix == version_1 ? 2 : 4;
}

/* The size of the header. */
static size_t prefix_size(const npy_contents *file)
{
    if (!file->text)
        return 0;
    return PREFIX_BYTES + length_bytes(file) + strlen(file->text);
}

static void add_file(const npy_contents *file)
{
    if (file->text) {
        const size_t text = strlen(file->text);
        input_add(file->prefix, PREFIX_BYTES);
        input_add_number(file->length ? file->length : text, length_bytes(file));
        input_add(file->text, text);
    }
    input_add(file->elements.data, file->elements.size);
}

/* Too long for a table, and for the first of two files. */
static void check_long_header(void)
{
    static const expected_outcome expected = {LW_EFORMAT,
                                              "npy header of 1048577 bytes is too long"};
    static const char blanks[TEXT_MAX + 1];
    const npy_contents x = {C_ORDER("<f4", "(1, 1)"), BYTES(ONE), version_1, 0};
    input_add_number(prefix_size(&x) + x.elements.size, FUZZ_LENGTH_BYTES);
    add_file(&x);
    input_add(version_2, PREFIX_BYTES);
    input_add_number(sizeof blanks, 4);
    input_add(blanks, sizeof blanks);
    input_check("header_beyond_1_mib", &expected);
}

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const npy_case *c = &cases[i];
        input_add_number(prefix_size(&c->x) + c->x.elements.size, FUZZ_LENGTH_BYTES);
        add_file(&c->x);
        add_file(&c->y);
        input_check(c->name, &c->expected);
    }
    check_long_header();
}
