#include "regressions.h"
#include "table_options.h"

#include <string.h>

#define CONTENTS(literal) .contents = BYTES(literal)

/* The result of the last step that was reached: table, schema, data. */
typedef struct table_case {
    const char *name;
    bytes contents;
    expected_outcome expected;
    /* Names are those of table_options.h. */
    const char *target, *second_target, *ignored, *categorical, *numeric, *weight;
    uint8_t flags;
    char separator;
} table_case;

static const table_case cases[] = {
    /* ---- Detection ---- */
    {"semicolons_and_decimal_commas", CONTENTS("a;b\n1,5;2\n2,5;4\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("2 x 2; x 1.5 2 2.5 4; names a|b")},
    {"tabs", CONTENTS("a\tb\n1\t2\n2\t4\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("2 x 2; x 1 2 2 4; names a|b")},
    {"runs_of_blanks", CONTENTS("a  b\n 1   2\n2 4 \n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("2 x 2; x 1 2 2 4; names a|b")},
    {"no_header_of_numbers", CONTENTS("1,2\n3,5\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("2 x 2; x 1 2 3 5; names 0|1")},
    {"empty_last_column", CONTENTS("a,b,\n1,2,\n3,5,\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("2 x 2; x 1 2 3 5; names a|b")},
    {"byte_order_mark",
     CONTENTS("\xef\xbb\xbf"
              "a,b\n1,2\n3,5\n"),
     .flags = TABLE_KEEP_NUMBERS, ACCEPTED("2 x 2; x 1 2 3 5; names a|b")},
    {"empty_file", CONTENTS(""), REFUSED(LW_EDATA, "no rows")},
    {"header_without_rows", CONTENTS("a,b\n"), REFUSED(LW_EDATA, "no data rows")},
    {"ragged_row", CONTENTS("a,b\n1,2\n3\n"), REFUSED(LW_EFORMAT, "line 3")},
    {"same_name_twice", CONTENTS("a,a\n1,2\n3,4\n"),
     REFUSED(LW_EFORMAT, "two columns have the name")},
    {"quote_as_separator", CONTENTS("a\n1\n"), .separator = '"', REFUSED(LW_EINVAL, "separator")},
    {"zero_byte", CONTENTS("a,b\n1,\0\n"), REFUSED(LW_EFORMAT, "zero byte")},

    /* ---- Columns ---- */
    {"numbers_are_standardised", CONTENTS("a,b\n1,4\n2,8\n3,12\n"),
     ACCEPTED("3 x 2; x -1 -1 0 0 1 1; names a|b")},
    {"missing_numbers_are_marked", CONTENTS("a,b\n1,7\n,8\n3,12\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("3 x 3; x 1 0 7 2 1 8 3 0 12; names a|a = (missing)|b")},
    {"categories_in_order", CONTENTS("a,b\nz,1\ny,3\nz,7\nz,9\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("4 x 3; x 0 1 1 1 0 3 0 1 7 0 1 9; names a = y|a = z|b")},
    {"missing_category", CONTENTS("a,b\nz,1\ny,3\n,7\nz,9\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("4 x 4; x 0 1 0 1 1 0 0 3 0 0 1 7 0 1 0 9; names a = y|a = z|a = (missing)|b")},
    {"booleans", CONTENTS("a,b\nYes,1\nno,3\nyes,7\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("3 x 2; x 1 1 0 3 1 7; names a|b")},
    {"constant_column_is_ignored", CONTENTS("a,b\n5,1\n5,3\n"), .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("2 x 1; x 1 3; names b")},
    {"nothing_but_constants", CONTENTS("a,b\n5,1\n5,1\n"), REFUSED(LW_EDATA, "input")},
    {"ignored_column_with_missing_fields", CONTENTS("a,b\n5,1\n,3\n6,7\n"), .ignored = "a",
     .flags = TABLE_KEEP_NUMBERS, ACCEPTED("3 x 1; x 1 3 7; names b")},
    {"numeric_column_of_texts", CONTENTS("a,b\nx,1\ny,3\n"), .numeric = "a",
     REFUSED(LW_EDATA, "'a'")},
    {"categorical_numbers", CONTENTS("a,b\n10,1\n9,3\n10,4\n"), .categorical = "a",
     .flags = TABLE_KEEP_NUMBERS, ACCEPTED("3 x 3; x 0 1 1 1 0 3 0 1 4; names a = 9|a = 10|b")},
    {"categorical_column_without_values", CONTENTS("a,b\n,1\n,3\n"), .categorical = "a",
     .flags = TABLE_KEEP_NUMBERS, ACCEPTED("2 x 1; x 1 3; names b")},
    {"column_with_two_uses", CONTENTS("a,b\n1,2\n3,4\n"), .categorical = "a", .ignored = "a",
     REFUSED(LW_EINVAL, "a")},
    {"unknown_column", CONTENTS("a,b\n1,2\n3,4\n"), .ignored = "z", REFUSED(LW_EINVAL, "'z'")},
    {"dash_is_missing", CONTENTS("a,b\n1,2\n-,4\n3,9\n"),
     .flags = TABLE_KEEP_NUMBERS | TABLE_MISSING_DASH,
     ACCEPTED("3 x 3; x 1 0 2 2 1 4 3 0 9; names a|a = (missing)|b")},
    {"number_beyond_float32", CONTENTS("a,b\n1e39,2\n3,4\n"), .flags = TABLE_KEEP_NUMBERS,
     REFUSED(LW_EDATA, "line 2, column 'a'")},

    /* ---- Targets ---- */
    {"text_target_is_classes", CONTENTS("a,y\n1,q\n2,p\n3,q\n4,q\n"), .target = "y",
     .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("4 x 1; x 1 2 3 4; labels 1 0 1 1 of 2; names a; classes p|q")},
    {"classes_are_any_integers", CONTENTS("a,y\n1,5\n2,-1\n3,5\n4,5\n"), .target = "y",
     .flags = TABLE_KEEP_NUMBERS,
     ACCEPTED("4 x 1; x 1 2 3 4; labels 1 0 1 1 of 2; names a; classes -1|5")},
    {"many_numbers_are_a_regression", CONTENTS("a,y\n1,5\n2,6\n3,7\n"), .target = "y",
     .flags = TABLE_KEEP_NUMBERS, ACCEPTED("3 x 1; x 1 2 3; values 5 6 7; names a")},
    {"target_beyond_float32", CONTENTS("a,y\n1,1e308\n2,6\n3,7\n"), .target = "y",
     REFUSED(LW_EDATA, "line 2, column 'y'")},
    {"two_targets", CONTENTS("a,y,b\n1,5,2\n2,6,3\n3,7,5\n"), .target = "y", .second_target = "b",
     .flags = TABLE_KEEP_NUMBERS, ACCEPTED("3 x 1; x 1 2 3; values 5 2 6 3 7 5; names a")},
    {"missing_target", CONTENTS("a,y\n1,5\n2,\n3,7\n"), .target = "y", REFUSED(LW_EDATA, "line 3")},
    {"single_class", CONTENTS("a,y\n1,5\n2,5\n"), .target = "y", .flags = TABLE_CLASSIFICATION,
     REFUSED(LW_EDATA, "same class")},
    {"more_classes_than_half_of_the_rows", CONTENTS("a,y\n1,5\n2,6\n3,7\n4,8\n"), .target = "y",
     .flags = TABLE_CLASSIFICATION, REFUSED(LW_EDATA, "more than half")},
    {"negative_weight", CONTENTS("a,y,b\n1,5,1\n2,6,-1\n3,7,2\n"), .target = "y", .weight = "b",
     REFUSED(LW_EDATA, "line 3, column 'b'")},
};

static uint8_t find_name(const char *name)
{
    uint8_t i = 0;
    if (name)
        while (strcmp(table_names[i], name) != 0)
            FUZZ_CHECK(++i < TABLE_NAMES, "table_options.h has no name '%s'", name);
    return i;
}

static uint8_t find_separator(char separator)
{
    const char *found = memchr(table_separators, separator, sizeof table_separators);
    FUZZ_CHECK(found, "table_options.h has no separator '%c'", separator);
    return (uint8_t)(found - table_separators);
}

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const table_case *c = &cases[i];
        const table_option_bytes options = {.flags = c->flags,
                                            .separator = find_separator(c->separator),
                                            .target = find_name(c->target),
                                            .second_target = find_name(c->second_target),
                                            .ignored = find_name(c->ignored),
                                            .categorical = find_name(c->categorical),
                                            .numeric = find_name(c->numeric),
                                            .weight = find_name(c->weight)};
        input_add(&options, sizeof options);
        input_add(c->contents.data, c->contents.size);
        input_check(c->name, &c->expected);
    }
}
