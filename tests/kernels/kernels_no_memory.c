/* If any allocation of its buffers fails, a product returns LW_ENOMEM and changes nothing. The
 * linker wraps aligned_alloc. */
#include "operations.h"
#include "weights_case.h"

#include <check.h>
#include <lanewise/internal/openmp.h>
#include <stdatomic.h>
#include <stdlib.h>

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

/* Allocations that still succeed. */
static atomic_int left = 1000000;

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return atomic_fetch_sub(&left, 1) > 0 ? __real_aligned_alloc(alignment, size) : NULL;
}

/* Runs p with the given number of successful allocations, and again with memory; destroys it. */
static void check_failure(struct problem *p, int succeeding)
{
    struct tally tally = {0};
    atomic_store(&left, succeeding);
    const lw_status status = p->operation->call(p);
    ck_assert_msg(status == LW_ENOMEM, "%s: %s", problem_title(p), lw_status_name(status));
    ck_assert_str_ne(lw_last_error(), "");
    problem_check_intact(&tally, p, 1);

    /* With memory it succeeds, and nothing was lost. */
    atomic_store(&left, 1000000);
    problem_run(&tally, p);
    ck_assert_msg(tally.failures == 0, "%s", tally.first);
    problem_destroy(p);
}

/* Buffers are kept between calls; each case is a separate process, which starts without any. */
enum { PRODUCTS = 4 };

static int threads_possible(int wanted)
{
    const int limit = omp_get_thread_limit();
    return wanted < limit ? wanted : limit;
}

START_TEST(test_no_memory)
{
    const struct operation *operation = &operations[_i % PRODUCTS];
    const int succeeding = _i / PRODUCTS;
    ck_assert_int_eq(operation->extents, PRODUCT);
    /* Too large to read any operand in place. */
    const struct size size = {601, 613, 587};
    struct problem p;
    problem_create(&p, operation, 0, size, (struct layout){.memory = HEAP, .padding = 1}, UNIFORM);
    lw_set_threads(succeeding + 1);
    check_failure(&p, succeeding);
}
END_TEST

/* A narrow operand is transposed into a buffer. */
START_TEST(test_no_memory_for_dots)
{
    struct problem p;
    problem_create(&p, &operations[_i], 0, (struct size){50, 12, 400},
                   (struct layout){.memory = HEAP}, UNIFORM);
    ck_assert(takes_dot_products(&p));
    check_failure(&p, 0);
}
END_TEST

/* Neither weights nor biases are updated, in any layout. */
START_TEST(test_no_memory_for_updates)
{
    static const size_t layers[][2] = {{16, 900}, {4000, 9}, {601, 400}};
    struct weights_case c;
    struct tally tally = {0};
    weights_case_create(&c, LW_UPDATE_MAX_BATCH, layers[_i][0], layers[_i][1], 1, GUARD_AFTER);
    const lw_layer_update update = weights_update_of(&c, &weights_rules[4], 1);
    lw_set_threads(2); /* each takes a buffer; a single thread only if it makes panels */
    atomic_store(&left, 0);
    const lw_status status = lw_weights_backward_update(&c.weights, 0, layers[_i][0], c.batch, c.x,
                                                        c.ldx, c.dz, c.lddz, &update);
    atomic_store(&left, 1000000);
    ck_assert_msg(status == LW_ENOMEM, "%s: %s", weights_case_title(&c), lw_status_name(status));
    weights_compare(&tally, &c, &c.start, "without memory");
    ck_assert_msg(tally.failures == 0, "%s", tally.first);
    weights_case_destroy(&c);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("no memory");
    tcase_set_timeout(cases, 0); /* ctest has one */
    tcase_add_loop_test(cases, test_no_memory, 0, PRODUCTS * threads_possible(3));
    tcase_add_loop_test(cases, test_no_memory_for_dots, 0, 2);
    tcase_add_loop_test(cases, test_no_memory_for_updates, threads_possible(2) == 2 ? 0 : 2, 3);
    Suite *suite = suite_create("no memory");
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
