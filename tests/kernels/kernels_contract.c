/* Tests the vector operations on every instruction set of this machine. */
#include "contract_table.h"
#include "dispatch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const struct contract *const contracts[] = {
#define LW_ISA(name) &contract_##name,
#include "isa_list.inc"
#undef LW_ISA
};
enum { CONTRACTS = sizeof contracts / sizeof *contracts };

START_TEST(test_contract)
{
    const struct contract *contract = contracts[_i];
    if (!lw_isa_find(contract->isa)) {
        printf("%s: skipped\n", contract->isa);
        return;
    }
    struct tally tally = {0};
    contract->check(&tally);
    ck_assert_msg(tally.failures == 0, "%s: %zu of %zu failed, first: %s", contract->isa,
                  tally.failures, tally.checks, tally.first);
    ck_assert(tally.checks > 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("contract");
    tcase_add_loop_test(cases, test_contract, 0, CONTRACTS);
    Suite *suite = suite_create("contract");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
