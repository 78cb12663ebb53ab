#include "checks.h"
#include "sizes.h"

static void check_size(struct tally *tally, const struct operation *operation, struct size size,
                       struct layout layout, int step)
{
    for (int variant = 0; variant < operation->variants; variant += step) {
        struct problem p;
        problem_create(&p, operation, variant, size, layout, EIGHTHS);
        if (p.exact) {
            struct expected expected = expected_create(&p);
            problem_run(tally, &p);
            expected_check(tally, &p, &expected, 1);
            expected_free(&expected);
        }
        problem_destroy(&p);
    }
}

/* Without and with padding. */
static void check_paths(struct tally *tally, const struct operation *operation)
{
    struct size_list list = sizes_of_paths(operation);
    for (size_t i = 0; i < 2 * list.count; i++) {
        const struct layout layout = {.memory = HEAP, .padding = i % 2, .offset = i % 2};
        check_size(tally, operation, list.size[i / 2], layout, 1);
    }
    size_list_free(&list);
}

static void check_edges(struct tally *tally, const struct operation *operation)
{
    struct size_list list = sizes_at_edges(operation);
    for (size_t i = 0; i < list.count; i++) {
        const struct layout layout = {.memory = HEAP, .padding = i % 3, .offset = i % 2};
        check_size(tally, operation, list.size[i], layout, 1);
    }
    size_list_free(&list);
}

/* Takes long: in fast mode each operation runs a fifth of the sizes, different ones from its
 * neighbours. */
static void check_blocks(struct tally *tally, const struct operation *operation)
{
    const size_t number = (size_t)(operation_find(operation->name) - operations);
    const size_t step = is_fast() ? 5 : 1;
    struct size_list list = sizes_at_blocks(operation);
    for (size_t i = number % step; i < list.count; i += step) {
        const struct layout layout = {.memory = HEAP, .padding = i % 3, .offset = i % 2};
        check_size(tally, operation, list.size[i], layout, is_fast() ? 5 : 1);
    }
    size_list_free(&list);
}

void check_exact(struct tally *tally, const struct operation *operation)
{
    check_paths(tally, operation);
    check_edges(tally, operation);
    /* The parts of a product on several threads would be smaller than a block. */
    lw_set_threads(1);
    check_blocks(tally, operation);
    tally->not_applicable = tally->checks == 0;
}
