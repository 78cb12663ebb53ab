#include "checks.h"
#include "sizes.h"

/* The size is small enough for one thread: only faults of the calling thread are caught. */
static void check_layout(struct tally *tally, const struct operation *operation, int variant,
                         struct size size, struct layout layout)
{
    struct problem p;
    problem_create(&p, operation, variant, size, layout, UNIFORM);
    problem_run(tally, &p);
    problem_destroy(&p);
}

static void check_sizes(struct tally *tally, const struct operation *operation,
                        struct size_list list, size_t step, size_t paddings)
{
    for (size_t i = 0; i < list.count; i += step) {
        /* Every size, and over the sizes every variant. */
        for (int form = 0; form < 4; form++) {
            const int variant = (int)((i / step * 4 + (size_t)form) % (size_t)operation->variants);
            const struct layout after = {
                .memory = GUARDED, .side = GUARD_AFTER, .padding = (i + (size_t)form) % paddings};
            const struct layout before = {
                .memory = GUARDED, .side = GUARD_BEFORE, .padding = (i + (size_t)form) % paddings};
            check_layout(tally, operation, variant, list.size[i], after);
            check_layout(tally, operation, variant, list.size[i], before);
        }
    }
    size_list_free(&list);
}

void check_memory(struct tally *tally, const struct operation *operation)
{
    const size_t step = operation->extents == PRODUCT && !is_fast() ? 3 : 1;
    check_sizes(tally, operation, sizes_at_edges(operation), step, 3);
    check_sizes(tally, operation, sizes_of_paths(operation), 1, 1);
}
