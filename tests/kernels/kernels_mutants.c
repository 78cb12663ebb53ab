/* Requires that the checks fail on mutants: runs each mutant with the check that must detect it, on
 * the widest FMA set of this machine. */
#include "checks.h"
#include "mutants.h"
#include "sizes.h"

#include <check.h>
#include <lanewise/internal/openmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *widest_set(void)
{
    size_t i = 0;
    while (lw_isa_available(i + 1))
        i++;
    return lw_isa_available(i);
}

/* One failure is enough: the process of a detected mutant exits with this status. */
enum { CAUGHT = 3 };

static const struct mutant *mutant;

const struct lw_isa *good_isa;

static const struct mutant_list *const lists[] = {&mutants_of_products, &mutants_of_bf16,
                                                  &mutants_of_small_net, &mutants_of_weights,
                                                  &mutants_of_the_rest};
enum { LISTS = sizeof lists / sizeof *lists };

/* Returns NULL past the last. */
static const struct mutant *mutant_at(size_t i)
{
    for (size_t list = 0; list < LISTS; list++) {
        if (i < lists[list]->count)
            return &lists[list]->mutants[i];
        i -= lists[list]->count;
    }
    return NULL;
}

static void report_caught(const struct tally *tally)
{
    printf("%s: seen after %zu, first: %s\n", mutant->name, tally->checks, tally->first);
    fflush(stdout);
    _exit(CAUGHT);
}

/* In fast mode one of five. */
static int is_left_out(int number)
{
    return is_fast() && number % 5 != 2;
}

START_TEST(test_mutant)
{
    if (is_left_out(_i))
        _exit(CAUGHT);
    mutant = mutant_at((size_t)_i);
    const struct check *check = check_find(mutant->check);
    const struct operation *found = mutant->operation ? operation_find(mutant->operation) : NULL;
    ck_assert(check && (check->scope == ONCE) == !found);

    good_isa = lw_isa_find(widest_set());
    if (!strcmp(good_isa->name, "scalar")) {
        printf("%s: skipped, no FMA set here\n", mutant->name);
        fflush(stdout);
        _exit(CAUGHT);
    }
    if (strstr(mutant->check, "threads") && omp_get_thread_limit() == 1) {
        printf("%s: skipped, there is one thread\n", mutant->name);
        fflush(stdout);
        _exit(CAUGHT);
    }
    struct lw_isa isa = *good_isa;
    struct operation operation;
    if (found)
        operation = *found;
    if (mutant->edit)
        mutant->edit(&isa);
    else
        operation.call = mutant->call;
    lw_isa_use(&isa);
    struct tally tally = {.on_failure = report_caught};
    check->run(&tally, found ? &operation : NULL);
    ck_abort_msg("%s: %s looked at %zu things and saw nothing", mutant->name, mutant->check,
                 tally.checks);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("mutants");
    tcase_set_timeout(cases, 0); /* ctest has one */
    int count = 0;
    while (mutant_at((size_t)count))
        count++;
    tcase_add_loop_exit_test(cases, test_mutant, CAUGHT, 0, count);
    Suite *suite = suite_create("mutants");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
