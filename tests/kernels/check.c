/* usage: check NAME. Runs one check on every instruction set of this machine, as a Check suite;
 * with LANEWISE_ISA on that set only. Sets that are not run are reported as skipped. A check
 * without any comparison fails. */
#include "checks.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit status that ctest takes as a skipped test. */
enum { SKIPPED = 77 };

static const struct check *the_check;

/* The meaning of a case number: every set with every operation, or with none. */
static size_t operations_per_set(void)
{
    return the_check->scope == ONCE ? 1 : operation_count;
}

/* Whether to test a set of this machine. */
static int is_wanted(const char *isa)
{
    const char *wanted = getenv("LANEWISE_ISA");
    return (!wanted || !strcmp(wanted, isa)) &&
           (the_check->scope != EACH_OPERATION_WITH_FMA || strcmp(isa, "scalar") != 0);
}

START_TEST(test_check)
{
    const size_t each = operations_per_set();
    const char *isa = lw_isa_available((size_t)_i / each);
    const struct operation *operation =
        the_check->scope == ONCE ? NULL : &operations[(size_t)_i % each];
    if (!is_wanted(isa))
        return;
    ck_assert_int_eq(lw_isa_select(isa), LW_OK);
    struct tally tally = {0};
    the_check->run(&tally, operation);
    const char *name = operation ? operation->name : "all functions";
    ck_assert_msg(tally.failures == 0, "%s of %s on %s: %zu of %zu failed, first: %s",
                  the_check->name, name, isa, tally.failures, tally.checks, tally.first);
    ck_assert_msg(tally.checks > 0 || tally.not_applicable, "%s of %s on %s checked nothing",
                  the_check->name, name, isa);
    ck_assert_msg(!strcmp(lw_isa_name(), isa), "%s was not used", isa);
}
END_TEST

static int available(const char *name)
{
    for (size_t i = 0; lw_isa_available(i); i++) {
        if (!strcmp(lw_isa_available(i), name))
            return 1;
    }
    return 0;
}

static void report_sets(void)
{
    static const char *const sets[] = {"scalar", "avx2",       "avx512vl",
                                       "avx512", "avx512bf16", "neon"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const int tested = available(sets[i]) && is_wanted(sets[i]);
        printf("%s: %s\n", sets[i], tested ? "tested" : "skipped");
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    the_check = argc == 2 ? check_find(argv[1]) : NULL;
    if (!the_check) {
        fputs("usage: check NAME\n", stderr);
        return 2;
    }
    report_sets();
    size_t sets = 0, wanted = 0;
    for (; lw_isa_available(sets); sets++)
        wanted += (size_t)is_wanted(lw_isa_available(sets));
    if (sets > 0 && wanted == 0 && the_check->scope == EACH_OPERATION_WITH_FMA) {
        puts("skipped: compares sets with FMA, and LANEWISE_ISA selects none");
        return SKIPPED;
    }
    TCase *cases = tcase_create(the_check->name);
    tcase_set_timeout(cases, 0); /* ctest has one */
    tcase_add_loop_test(cases, test_check, 0, (int)(sets * operations_per_set()));
    Suite *suite = suite_create(the_check->name);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int good =
        srunner_ntests_failed(runner) == 0 && srunner_ntests_run(runner) > 0 && wanted > 0;
    srunner_free(runner);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
