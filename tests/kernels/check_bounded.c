#include "checks.h"
#include "sizes.h"

static void check_fill(struct tally *tally, const struct operation *operation, int variant,
                       struct size size, size_t padding, enum fill fill)
{
    const struct layout layout = {.memory = HEAP, .padding = padding};
    struct problem p;
    problem_create(&p, operation, variant, size, layout, fill);
    struct expected expected = expected_create(&p);
    problem_run(tally, &p);
    expected_check(tally, &p, &expected, 0);
    expected_free(&expected);
    problem_destroy(&p);
}

void check_bounded(struct tally *tally, const struct operation *operation)
{
    /* In fast mode every second size has padding, the others none. */
    const size_t step = is_fast() ? 2 : 1;
    struct size_list list = sizes_skinny_m(operation);
    for (size_t i = 0; i < list.count; i++) {
        for (int variant = 0; variant < operation->variants; variant++) {
            for (size_t padding = i % step; padding < 2; padding += step) {
                check_fill(tally, operation, variant, list.size[i], padding, UNIFORM);
                check_fill(tally, operation, variant, list.size[i], padding, WIDE);
                check_fill(tally, operation, variant, list.size[i], padding, CANCELLING);
            }
        }
    }
    size_list_free(&list);
}
