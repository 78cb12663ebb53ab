#include "csv_options.h"
#include "regressions.h"

#include <string.h>

#define CONTENTS(literal) .contents = BYTES(literal)

typedef struct csv_case {
    const char *name;
    bytes contents;
    expected_outcome expected;
    /* Names are those of csv_options.h. */
    const char *target, *one_hot, *standardized;
    uint8_t flags, one_hot_count; /* with 2: one_hot and the name after it in csv_names */
    char separator;
} csv_case;

static const csv_case cases[] = {
    /* ---- Lines and fields ---- */
    {"byte_order_mark", CONTENTS("\xef\xbb\xbf\"a\"\n1\n"), ACCEPTED("1 x 1; x 1; names a")},
    {"byte_order_mark_alone", CONTENTS("\xef\xbb\xbf"), REFUSED(LW_EDATA, ": no rows")},
    {"empty_file", CONTENTS(""), REFUSED(LW_EDATA, ": no rows")},
    {"header_without_rows", CONTENTS("a,b\n"), REFUSED(LW_EDATA, "no data rows after line 1")},
    {"last_line_without_end", CONTENTS("a,b\n1,2"), ACCEPTED("1 x 2; x 1 2; names a|b")},
    {"cr_and_crlf_line_ends", CONTENTS("a,b\r1,2\r\n3,4\r\n"),
     ACCEPTED("2 x 2; x 1 2 3 4; names a|b")},
    {"crlf_counts_as_one_line", CONTENTS("a\r\n1\r\nz\r\n"),
     REFUSED(LW_EDATA, "line 3, column 'a'")},
    {"blank_lines", CONTENTS("a\n\n1\n\n\n2\n"), ACCEPTED("2 x 1; x 1 2; names a")},
    {"blank_lines_are_counted", CONTENTS("a\n\n1\n\nz\n"), REFUSED(LW_EDATA, "line 5, column 'a'")},
    {"blanks_around_fields", CONTENTS(" a , b \n 1 ,\t2\n"), ACCEPTED("1 x 2; x 1 2; names a|b")},
    {"too_few_fields", CONTENTS("a,b\n1\n"),
     REFUSED(LW_EFORMAT, "line 2 has 1 fields, but line 1 has 2")},
    {"too_many_fields", CONTENTS("a,b\n1,2,3\n"),
     REFUSED(LW_EFORMAT, "line 2 has 3 fields, but line 1 has 2")},
    {"empty_field", CONTENTS("a,b\n1,\n"), REFUSED(LW_EDATA, "column 'b': an empty field")},
    {"zero_byte_in_field", CONTENTS("a,b\n1,2\0\n"), REFUSED(LW_EFORMAT, "column 1: a zero byte")},
    {"semicolon_as_separator", CONTENTS("a;b\n1;2\n"), .separator = ';',
     ACCEPTED("1 x 2; x 1 2; names a|b")},
    {"quote_as_separator", CONTENTS("a\n1\n"), .separator = '"',
     REFUSED(LW_EINVAL, "separator is a quote or a line end")},

    /* ---- Quotes ---- */
    {"separator_in_quotes", CONTENTS("\"a,b\",c\n1,2\n"), ACCEPTED("1 x 2; x 1 2; names a,b|c")},
    {"line_end_in_quotes", CONTENTS("\"a\nb\"\n1\n"), ACCEPTED("1 x 1; x 1; names a\nb")},
    {"line_end_in_quotes_is_counted", CONTENTS("\"a\nb\"\nz\n"),
     REFUSED(LW_EDATA, "line 3, column")},
    {"doubled_quote", CONTENTS("\"a\"\"b\"\n1\n"), ACCEPTED("1 x 1; x 1; names a\"b")},
    {"quote_inside_field", CONTENTS("a\"b\n1\n"), REFUSED(LW_EFORMAT, "line 1: a quote inside")},
    {"text_after_closing_quote", CONTENTS("a\n\"1\"2\n"),
     REFUSED(LW_EFORMAT, "line 2: a quote inside")},
    {"quote_not_closed", CONTENTS("a\n\"1"),
     REFUSED(LW_EFORMAT, "a quoted field that does not end")},

    /* ---- Numbers ---- */
    {"sign_point_and_exponent", CONTENTS("a,b\n+1.5e-1,-.5\n"),
     ACCEPTED("1 x 2; x 0.15 -0.5; names a|b")},
    {"hexadecimal_number", CONTENTS("a\n0x10\n"), REFUSED(LW_EDATA, "'0x10' is not a finite")},
    {"infinity_as_word", CONTENTS("a\ninf\n"), REFUSED(LW_EDATA, "'inf' is not a finite")},
    {"number_beyond_float32", CONTENTS("a\n1e39\n"), REFUSED(LW_EDATA, "'1e39' is not a finite")},
    {"number_followed_by_sign", CONTENTS("a\n1-\n"), REFUSED(LW_EDATA, "'1-' is not a finite")},

    /* ---- Columns ---- */
    {"same_name_twice", CONTENTS("a,b,a\n1,2,3\n"),
     REFUSED(LW_EFORMAT, "columns 0 and 2 have the same name 'a'")},
    {"no_header", CONTENTS("5,6\n"), .flags = CSV_NO_HEADER, ACCEPTED("1 x 2; x 5 6; names 0|1")},
    {"target_by_name_before_number", CONTENTS("1,0\n5,6\n"), .target = "0",
     ACCEPTED("1 x 1; x 5; values 6; names 1")},
    {"target_number_beyond_64_bits", CONTENTS("a\n1\n"), .target = "18446744073709551616",
     REFUSED(LW_EINVAL, "no column '18446744073709551616' among the 1 columns")},
    {"target_is_the_only_column", CONTENTS("y\n1\n"), .target = "y",
     REFUSED(LW_EDATA, "the target is the only column")},

    /* ---- Labels ---- */
    {"labels_without_target", CONTENTS("y\n1\n"), .flags = CSV_LABELS,
     REFUSED(LW_EINVAL, "labels need a target column")},
    {"label_negative", CONTENTS("a,y\n1,-1\n"), .target = "y", .flags = CSV_LABELS,
     REFUSED(LW_EDATA, "'-1' is not a label")},
    {"label_fraction", CONTENTS("a,y\n1,0.5\n"), .target = "y", .flags = CSV_LABELS,
     REFUSED(LW_EDATA, "'0.5' is not a label")},
    {"label_without_room_for_class_count", CONTENTS("a,y\n1,2147483647\n"), .target = "y",
     .flags = CSV_LABELS, REFUSED(LW_EDATA, "'2147483647' is not a label")},
    {"labels_as_texts_in_order_of_appearance", CONTENTS("a,y\n1,q\n2,p\n3,q\n"), .target = "y",
     .flags = CSV_LABELS, ACCEPTED("3 x 1; x 1 2 3; labels 0 1 0 of 2; names a; classes q|p")},
    {"label_number_among_texts", CONTENTS("a,y\n1,q\n2,1\n"), .target = "y", .flags = CSV_LABELS,
     REFUSED(LW_EDATA, "'1' is a number among labels that are texts")},
    {"label_text_among_numbers", CONTENTS("a,y\n1,1\n2,q\n"), .target = "y", .flags = CSV_LABELS,
     REFUSED(LW_EDATA, "'q' is a text among labels that are numbers")},

    /* ---- One-hot and standardized columns ---- */
    {"one_hot_orders_numbers_by_value", CONTENTS("a\n10\n9\n"), .one_hot = "a", .one_hot_count = 1,
     ACCEPTED("2 x 2; x 0 1 1 0; names a = 9|a = 10")},
    {"one_hot_joins_equal_numbers", CONTENTS("a\n1.0\n1\n"), .one_hot = "a", .one_hot_count = 1,
     ACCEPTED("2 x 1; x 1 1; names a = 1.0")},
    {"one_hot_target", CONTENTS("a,y\n1,2\n"), .target = "y", .one_hot = "y", .one_hot_count = 1,
     REFUSED(LW_EINVAL, "cannot be one-hot: it is the target")},
    {"one_hot_twice", CONTENTS("a\n1\n"), .one_hot = "a", .one_hot_count = 2, /* "a" and "0" */
     REFUSED(LW_EINVAL, "cannot be one-hot: it is one-hot already")},
    {"standardized_column_is_constant", CONTENTS("a,b\n0.1,1\n0.1,3\n0.1,2\n"),
     .flags = CSV_STANDARDIZE, ACCEPTED("3 x 2; x -0 -1 -0 1 -0 0; names a|b")},
    {"standardized_single_row", CONTENTS("a\n7\n"), .standardized = "a",
     ACCEPTED("1 x 1; x 0; names a")},
};

static uint8_t find_name(const char *name)
{
    uint8_t i = 0;
    if (name)
        while (strcmp(csv_names[i], name) != 0)
            FUZZ_CHECK(++i < CSV_NAMES, "csv_options.h has no name '%s'", name);
    return i;
}

static uint8_t find_separator(char separator)
{
    const char *found = memchr(csv_separators, separator, sizeof csv_separators);
    FUZZ_CHECK(found, "csv_options.h has no separator '%c'", separator);
    return (uint8_t)(found - csv_separators);
}

void regressions_run(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const csv_case *c = &cases[i];
        const uint8_t options[CSV_OPTION_BYTES] = {
            (uint8_t)(c->flags | (c->target ? CSV_TARGET : 0) |
                      c->one_hot_count << CSV_ONE_HOT_SHIFT |
                      (c->standardized ? 1 : 0) << CSV_STANDARDIZED_SHIFT),
            find_separator(c->separator),
            find_name(c->target),
            (uint8_t)(find_name(c->one_hot) + CSV_NAMES * find_name(c->standardized)),
        };
        input_add(options, sizeof options);
        input_add(c->contents.data, c->contents.size);
        input_check(c->name, &c->expected);
    }
}
