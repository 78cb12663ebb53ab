/* Tables: detection of separators and headers, kinds of columns, missing fields, messages. */
#define _XOPEN_SOURCE 700
#include "data/table.h"
#include "gzip_files.h"
#include "temp_files.h"

#include <fcntl.h>
#include <lanewise/nn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lw_table *read_with(const char *text, const lw_table_options *options)
{
    lw_table *table = NULL;
    ASSERT_OK(lw_table_read(&table, temp_text("table.csv", text), options));
    return table;
}

static lw_table *read_text(const char *text)
{
    return read_with(text, NULL);
}

/* Compares a table with one line per row; fields are separated by '|', "~" is a missing field. */
static void expect_table(lw_table *table, const char *want)
{
    char got[4096];
    size_t used = 0;
    for (size_t j = 0; j < lw_table_columns(table); j++)
        used +=
            (size_t)sprintf(got + used, "%s%s", j > 0 ? "|" : "", lw_table_column_name(table, j));
    for (size_t i = 0; i < lw_table_rows(table); i++)
        for (size_t j = 0; j < lw_table_columns(table); j++) {
            double number;
            const char *text = lw_table_field(table, i, j, &number);
            used += (size_t)sprintf(got + used, "%s", j > 0 ? "|" : "\n");
            if (text)
                used += (size_t)sprintf(got + used, "'%s'", text);
            else if (isnan(number))
                used += (size_t)sprintf(got + used, "~");
            else
                used += (size_t)sprintf(got + used, "%.17g", number);
        }
    ck_assert_str_eq(got, want);
    lw_table_free(table);
}

START_TEST(separators_are_detected)
{
    expect_table(read_text("a,b\n1,2\n"), "a|b\n1|2");
    expect_table(read_text("a;b\n1;2\n"), "a|b\n1|2");
    expect_table(read_text("a\tb\n1\t2\n"), "a|b\n1|2");
    expect_table(read_text("a|b\n1|x\n"), "a|b\n1|'x'");
    expect_table(read_text("  1   2.5\n10\t 3\n"), "0|1\n1|2.5\n10|3");
    expect_table(read_text("a b\n1 2\n  3   4  \n"), "a|b\n1|2\n3|4");
    expect_table(read_text("\"x;y\";b\n1;2\n"), "x;y|b\n1|2");
    expect_table(read_text("text\nnew york\nsan jose\n"), "text\n'new york'\n'san jose'");
    const lw_table_options given = {.size = sizeof given, .separator = ':'};
    expect_table(read_with("a:b\n1:2\n", &given), "a|b\n1|2");
}
END_TEST

START_TEST(decimal_commas_are_detected)
{
    lw_table *table = read_text("x;y\n1,95;4,90\n-7;1e1\n");
    ck_assert_int_eq(lw_table_decimal(table), ',');
    expect_table(table, "x|y\n1.95|4.9000000000000004\n-7|10");
    expect_table(read_text("x;y\n1.5;2,5\n"), "x|y\n1.5|'2,5'");
    expect_table(read_text("x;y\na,b;1\n"), "x|y\n'a,b'|1");
}
END_TEST

START_TEST(headers_are_detected)
{
    lw_table *table = read_text("0.5,1\n2,3\n");
    ck_assert_int_eq(lw_table_has_header(table), 0);
    expect_table(table, "0|1\n0.5|1\n2|3");
    expect_table(read_text("0.5,x\n2,3\n"), "0.5|x\n2|3");
    expect_table(read_text("1,NA\n2,3\n"), "0|1\n1|~\n2|3");
    const lw_table_options present = {.size = sizeof present, .header = LW_HEADER_PRESENT};
    expect_table(read_with("1,2\n3,4\n", &present), "1|2\n3|4");
    const lw_table_options absent = {.size = sizeof absent, .header = LW_HEADER_ABSENT};
    expect_table(read_with("a,b\n3,4\n", &absent), "0|1\n'a'|'b'\n'3'|'4'");
}
END_TEST

START_TEST(columns_with_a_text_are_texts)
{
    /* The text comes after numbers, whose spelling is kept. */
    expect_table(read_text("a,b\n01,1\n1.50,2\nx,3\n"), "a|b\n'01'|1\n'1.50'|2\n'x'|3");
    expect_table(read_text("a,b\n,1\nNA,2\nx,3\n"), "a|b\n~|1\n~|2\n'x'|3");
    static const char *const texts[] = {"a", "absent"};
    const lw_table_options kept = {.size = sizeof kept, .texts = texts, .text_count = 2};
    expect_table(read_with("a,b\n01,1\n", &kept), "a|b\n'01'|1");
}
END_TEST

START_TEST(missing_fields)
{
    expect_table(read_text("a,b\nNA,x\nN/A,null\nNaN,None\nnan,?\n,y\n7,NA\n"),
                 "a|b\n~|'x'\n~|~\n~|~\n~|~\n~|'y'\n7|~");
    static const char *const texts[] = {"-999", "none"};
    const lw_table_options given = {.size = sizeof given, .missing = texts, .missing_count = 2};
    expect_table(read_with("a,b\n-999,none\n,NA\n", &given), "a|b\n~|~\n~|'NA'");
    expect_table(read_text("inf,a\n-inf,0x10\n1e400,1\n"), "inf|a\n'-inf'|'0x10'\n'1e400'|'1'");
}
END_TEST

START_TEST(an_empty_last_column_is_dropped)
{
    expect_table(read_text("a,y,\n1,2,\n3,4,\n"), "a|y\n1|2\n3|4");
    expect_table(read_text("1,2,\n3,4,\n"), "0|1\n1|2\n3|4");
    expect_table(read_text("a,y,\n1,2,\n3,4,5\n"), "a|y|\n1|2|~\n3|4|5");
    expect_table(read_text(",a\n0,5\n"), "|a\n0|5");
}
END_TEST

START_TEST(numbers_are_rounded_correctly)
{
    static const char *const texts[] = {
        "0.1",  "-123456.789", "9007199254740993", ".5", "5.", "+7", "1e-320", "123456789012345",
        "3e22", "0.000000001", "1234567890123.45", "-0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double number;
        ck_assert_msg(lw_parse_number(texts[i], &number), "%s", texts[i]);
        ck_assert_msg(number == strtod(texts[i], NULL), "%s: %.17g", texts[i], number);
    }
    static const char *const others[] = {"",    "-",     ".",  "1e", "1-2",
                                         "--1", "1.2.3", "e5", "1 ", "x"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        double number;
        ck_assert_msg(!lw_parse_number(others[i], &number), "'%s'", others[i]);
    }
}
END_TEST

START_TEST(gzip_and_standard_input)
{
    static const char text[] = "a,b\n1,x\n2,y\n";
    lw_table *table = NULL;
    composed_file file = {.size = 0};
    add_bytes(&file, text, sizeof text - 1);
    ASSERT_OK(lw_table_read(&table, save_gzip(&file, "table.csv.gz"), NULL));
    expect_table(table, "a|b\n1|'x'\n2|'y'");
    const int input = open(temp_text("standard.csv", "a,b\n1,2\nx,3\n"), O_RDONLY);
    ck_assert_int_ge(input, 0);
    ck_assert_int_ge(dup2(input, STDIN_FILENO), 0);
    close(input);
    ASSERT_OK(lw_table_read(&table, "-", NULL));
    ck_assert_str_eq(lw_table_path(table), "standard input");
    expect_table(table, "a|b\n'1'|2\n'x'|3");
}
END_TEST

static void expect_refused(lw_status want, const char *words, const char *text)
{
    lw_table *table = NULL;
    const lw_status status = lw_table_read(&table, temp_text("bad.csv", text), NULL);
    ck_assert_msg(status == want, "%s: %s", lw_status_name(status), lw_last_error());
    ck_assert_msg(strstr(lw_last_error(), words) != NULL, "'%s' lacks '%s'", lw_last_error(),
                  words);
    ck_assert_ptr_null(table);
}

START_TEST(bad_files_are_refused_with_their_place)
{
    expect_refused(LW_EDATA, "no rows", "");
    expect_refused(LW_EDATA, "no data rows after line 1", "a,b\n");
    expect_refused(LW_EFORMAT, "line 3 has 1 fields, but line 1 has 2", "a,b\n1,2\n3\n");
    expect_refused(LW_EFORMAT, "line 1: two columns have the name 'a'", "a,b,a\n1,2,3\n");
    expect_refused(LW_EFORMAT, "line 2: a quote inside", "a,b\n1\"2,3\n");
    lw_table *table = read_text("alpha,Beta,gamma\n1,2,3\n");
    size_t column;
    ck_assert_int_eq(lw_table_find_column(table, "beta", &column), LW_EINVAL);
    ck_assert_ptr_nonnull(strstr(lw_last_error(), "did you mean 'Beta'?"));
    ck_assert_ptr_nonnull(strstr(lw_last_error(), "alpha, Beta, gamma"));
    ASSERT_OK(lw_table_find_column(table, "2", &column));
    ck_assert_uint_eq(column, 2);
    lw_table_free(table);
}
END_TEST

int main(void)
{
    TCase *tcase = temp_files_case("table");
    tcase_add_test(tcase, separators_are_detected);
    tcase_add_test(tcase, decimal_commas_are_detected);
    tcase_add_test(tcase, headers_are_detected);
    tcase_add_test(tcase, columns_with_a_text_are_texts);
    tcase_add_test(tcase, missing_fields);
    tcase_add_test(tcase, an_empty_last_column_is_dropped);
    tcase_add_test(tcase, numbers_are_rounded_correctly);
    tcase_add_test(tcase, gzip_and_standard_input);
    tcase_add_test(tcase, bad_files_are_refused_with_their_place);
    return run_case("table", tcase);
}
