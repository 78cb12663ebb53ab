/* The curves that training prints at the end, character by character. */
#define _XOPEN_SOURCE 700
#include "curves.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The printed text; release with free. */
static char *printed(const curves *c, sparkline_form form, size_t columns)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(file);
    curves_print(file, c, form, columns);
    fclose(file);
    return text;
}

static void expect(const curves *c, sparkline_form form, size_t columns, const char *expected)
{
    char *text = printed(c, form, columns);
    ck_assert_str_eq(text, expected);
    free(text);
}

/* Epochs from first, without validation. */
static curves training_curve(size_t first, size_t count, const double *losses)
{
    curves c = {0};
    for (size_t i = 0; i < count; i++)
        curves_add(&c, &(lw_epoch_report){.epoch = first + i,
                                          .train_loss = losses[i],
                                          .validation_loss = (double)NAN,
                                          .validation_accuracy = (double)NAN});
    return c;
}

START_TEST(all_levels_are_used)
{
    static const double losses[] = {0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1};
    const curves c = training_curve(1, 8, losses);
    expect(&c, SPARKLINE_BLOCKS, 100,
           "training loss    █▇▆▅▄▃▂▁  0.8000 -> 0.1000 (best 0.1000 in epoch 8)\n");
    expect(&c, SPARKLINE_ASCII, 100,
           "training loss    @#*+=-:.  0.8000 -> 0.1000 (best 0.1000 in epoch 8)\n");
}
END_TEST

START_TEST(three_curves_are_aligned)
{
    static const double loss[] = {0.9, 0.5, 0.7}, accuracy[] = {0.25, 1.0, 0.5};
    curves c = {0};
    for (size_t i = 0; i < 3; i++)
        curves_add(&c, &(lw_epoch_report){.epoch = i + 1,
                                          .train_loss = 2.0 * loss[i],
                                          .validation_loss = loss[i],
                                          .validation_accuracy = accuracy[i]});
    expect(&c, SPARKLINE_ASCII, 100,
           "training loss    @.=  1.8000 -> 1.4000 (best 1.0000 in epoch 2)\n"
           "validation loss  @.=  0.9000 -> 0.7000 (best 0.5000 in epoch 2)\n"
           "accuracy         .@-  25.00 % -> 50.00 % (best 100.00 % in epoch 2)\n");
}
END_TEST

START_TEST(equal_values_have_middle_height)
{
    static const double losses[] = {0.5, 0.5, 0.5};
    const curves c = training_curve(1, 3, losses);
    expect(&c, SPARKLINE_BLOCKS, 100,
           "training loss    ▄▄▄  0.5000 -> 0.5000 (best 0.5000 in epoch 1)\n");
}
END_TEST

START_TEST(non_finite_values_are_gaps)
{
    static const double losses[] = {0.3, NAN, 0.1, INFINITY, 0.2, -INFINITY};
    curves c = training_curve(4, 6, losses);
    expect(&c, SPARKLINE_ASCII, 100,
           "training loss    @ . +   0.3000 -> -inf (best 0.1000 in epoch 6)\n");
    static const double none[] = {NAN, NAN};
    c = training_curve(1, 2, none);
    expect(&c, SPARKLINE_ASCII, 100, "");
    /* Their difference overflows. */
    static const double far[] = {1.5e308, -1.5e308, 0.0};
    c = training_curve(1, 3, far);
    char *text = printed(&c, SPARKLINE_ASCII, 1000);
    ck_assert_msg(strncmp(text, "training loss    @.+  ", 22) == 0, "%s", text);
    free(text);
}
END_TEST

START_TEST(a_sparkline_has_gaps_too)
{
    static const double values[] = {INFINITY, 1.0, -INFINITY, 2.0, NAN};
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    sparkline_print(file, SPARKLINE_ASCII, 5, values);
    fclose(file);
    ck_assert_str_eq(text, " . @ ");
    free(text);
}
END_TEST

START_TEST(one_epoch_is_no_curve)
{
    static const double losses[] = {0.3, 0.2};
    curves c = training_curve(1, 1, losses);
    expect(&c, SPARKLINE_BLOCKS, 100, "");
    c = (curves){0};
    expect(&c, SPARKLINE_BLOCKS, 100, "");
}
END_TEST

/* Checks that losses count, count - 1, ..., 1 give a falling sparkline; returns its columns. */
static size_t falling_columns(size_t count, size_t columns)
{
    static const char levels[] = "@#*+=-:.";
    double *losses = calloc(count, sizeof *losses);
    for (size_t i = 0; i < count; i++)
        losses[i] = (double)(count - i);
    const curves c = training_curve(1, count, losses);
    char *text = printed(&c, SPARKLINE_ASCII, columns);
    const char *line = text + strlen("training loss    ");
    const size_t width = strspn(line, levels);
    ck_assert_msg(line[0] == '@' && line[width - 1] == '.', "%s", text);
    for (size_t i = 1; i < width; i++)
        ck_assert(strchr(levels, line[i]) >= strchr(levels, line[i - 1]));
    char numbers[100];
    snprintf(numbers, sizeof numbers, "  %zu.0000 -> 1.0000 (best 1.0000 in epoch %zu)\n", count,
             count);
    if (17 + 10 + strlen(numbers) - 1 <= columns) {
        ck_assert_str_eq(line + width, numbers);
        ck_assert_msg(strlen(text) - 1 <= columns, "%zu columns: %s", columns, text);
    } else {
        ck_assert_ptr_null(strstr(text, "best"));
    }
    free(text);
    free(losses);
    return width;
}

START_TEST(long_curves_are_resampled)
{
    static const size_t counts[] = {60, 61, 119, 120, 121, 239, 240, 241, 1000, 4801, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        ck_assert_uint_eq(falling_columns(counts[i], 1000), 60);
    ck_assert_uint_eq(falling_columns(59, 1000), 59);
}
END_TEST

START_TEST(lines_fit_the_terminal)
{
    ck_assert_uint_eq(falling_columns(100, 80), 80 - 17 - 47);
    ck_assert_uint_eq(falling_columns(100, 17 + 47 + 10), 10);
    /* Too narrow for the best value. */
    ck_assert_uint_eq(falling_columns(100, 17 + 47 + 9), 17 + 47 + 9 - (17 + 20));
    ck_assert_uint_eq(falling_columns(100, 40), 10);
    ck_assert_uint_eq(falling_columns(100, 1), 10);
}
END_TEST

/* Each column is a mean of epochs. */
START_TEST(columns_are_means)
{
    double losses[240];
    for (size_t i = 0; i < 240; i++)
        losses[i] = (i >= 120 && i < 124) || i == 61 || i == 63 ? 2.0 : 1.0;
    const curves c = training_curve(1, 240, losses);
    char *text = printed(&c, SPARKLINE_ASCII, 1000);
    const char *line = text + strlen("training loss    ");
    for (size_t i = 0; i < 60; i++)
        ck_assert_msg(line[i] == (i == 30 ? '@' : i == 15 ? '+' : '.'), "column %zu: %s", i, text);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("curves");
    TCase *tcase = tcase_create("curves");
    tcase_add_test(tcase, all_levels_are_used);
    tcase_add_test(tcase, three_curves_are_aligned);
    tcase_add_test(tcase, equal_values_have_middle_height);
    tcase_add_test(tcase, non_finite_values_are_gaps);
    tcase_add_test(tcase, a_sparkline_has_gaps_too);
    tcase_add_test(tcase, one_epoch_is_no_curve);
    tcase_add_test(tcase, long_curves_are_resampled);
    tcase_add_test(tcase, lines_fit_the_terminal);
    tcase_add_test(tcase, columns_are_means);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner), ran = srunner_ntests_run(runner);
    srunner_free(runner);
    return failed == 0 && ran > 0 ? 0 : 1;
}
