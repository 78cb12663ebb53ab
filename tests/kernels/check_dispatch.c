#include "checks.h"
#include "dispatch.h"
#include "sizes.h"

#include <string.h>

static void call(void *argument)
{
    const struct problem *p = argument;
    p->operation->call(p);
}

/* With a table that has sizes but no functions every call must fault: a call that returns did not
 * use the current table. lw_argmax alone is portable C. */
void check_dispatch(struct tally *tally, const struct operation *operation)
{
    const struct lw_isa *const isa = lw_isa_current();
    TALLY_CHECK(tally, isa == lw_isa_find(lw_isa_name()), "%s is not the table in use",
                lw_isa_name());
    if (!strcmp(operation->name, "lw_argmax"))
        return;
    struct lw_isa hollow = {.name = isa->name, .tile_mr = isa->tile_mr, .tile_nr = isa->tile_nr};
    memcpy(hollow.nr_skinny, isa->nr_skinny, sizeof hollow.nr_skinny);
    const struct layout layout = {.memory = HEAP};
    struct problem p;
    problem_create(&p, operation, 0, (struct size){3, 5, 4}, layout, UNIFORM);
    lw_isa_use(&hollow);
    const int faulted = guard_trap(call, &p);
    lw_isa_use(isa);
    TALLY_CHECK(tally, faulted, "%s did not use the table", operation->name);
    problem_destroy(&p);
}
