#include "checks.h"
#include "sizes.h"

#include <lanewise/internal/openmp.h>
#include <pthread.h>
#include <stdio.h>

static lw_status call(const struct problem *p)
{
    return p->operation->call(p);
}

/* Computes p again on `threads` threads. */
static void check_thread_count(struct tally *tally, struct problem *p, const struct problem *alone,
                               int threads)
{
    char what[32];
    snprintf(what, sizeof what, "%d threads against 1", threads);
    problem_restore(p);
    lw_set_threads(threads);
    problem_run(tally, p);
    problem_compare(tally, p, alone, what);
}

enum { CALLERS = 3 };

static void check_callers(struct tally *tally, const struct problem callers[CALLERS],
                          const lw_status status[CALLERS], const struct problem *alone,
                          const char *what)
{
    for (int i = 0; i < CALLERS; i++) {
        TALLY_CHECK(tally, status[i] == LW_OK, "%s, %s: %s", problem_title(&callers[i]), what,
                    lw_status_name(status[i]));
        problem_check_intact(tally, &callers[i], 0);
        problem_compare(tally, &callers[i], alone, what);
    }
}

static void check_in_region(struct tally *tally, struct problem callers[CALLERS],
                            const struct problem *alone)
{
    lw_status status[CALLERS];
#pragma omp parallel for num_threads(CALLERS) schedule(static, 1)
    for (int i = 0; i < CALLERS; i++)
        status[i] = call(&callers[i]);
    check_callers(tally, callers, status, alone, "in a parallel region");
}

struct caller {
    const struct problem *problem;
    lw_status status;
};

static void *call_on_two(void *argument)
{
    struct caller *caller = argument;
    lw_set_threads(2);
    caller->status = call(caller->problem);
    return NULL;
}

static void check_at_once(struct tally *tally, struct problem callers[CALLERS],
                          const struct problem *alone)
{
    pthread_t thread[CALLERS];
    struct caller caller[CALLERS];
    lw_status status[CALLERS];
    int started = 0;
    for (; started < CALLERS; started++) {
        problem_restore(&callers[started]);
        caller[started] = (struct caller){&callers[started], LW_OK};
        if (pthread_create(&thread[started], NULL, call_on_two, &caller[started]) != 0)
            break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
        status[i] = caller[i].status;
    }
    TALLY_CHECK(tally, started == CALLERS, "cannot start %d threads", CALLERS);
    if (started == CALLERS)
        check_callers(tally, callers, status, alone, "several threads at once");
}

static void check_size(struct tally *tally, const struct operation *operation, int variant,
                       struct size size, size_t padding)
{
    static const int teams[] = {2, 3, 5, 8};
    const struct layout plain = {.memory = HEAP, .padding = padding};
    struct problem alone, p, callers[CALLERS];
    problem_create(&alone, operation, variant, size, plain, UNIFORM);
    problem_create(&p, operation, variant, size, plain, UNIFORM);
    for (int i = 0; i < CALLERS; i++)
        problem_create(&callers[i], operation, variant, size, plain, UNIFORM);
    lw_set_threads(1);
    problem_run(tally, &alone);
    for (size_t i = 0; i < sizeof teams / sizeof *teams; i += is_fast() ? 3 : 1)
        check_thread_count(tally, &p, &alone, teams[i]);
    check_in_region(tally, callers, &alone);
    check_at_once(tally, callers, &alone);
    for (int i = 0; i < CALLERS; i++)
        problem_destroy(&callers[i]);
    problem_destroy(&p);
    problem_destroy(&alone);
}

void check_threads(struct tally *tally, const struct operation *operation)
{
    const int step = is_fast() ? 9 : 3; /* no divisor of the number of transposes or activations */
    const size_t sizes = is_fast() ? 2 : 1;
    struct size_list list = sizes_threaded(operation);
    for (size_t i = 0; i < list.count; i += sizes) {
        /* Starts at a different variant for each size, so that together they cover many variants.
         */
        const int first = (int)i % (step < operation->variants ? step : operation->variants);
        for (int variant = first; variant < operation->variants; variant += step)
            check_size(tally, operation, variant, list.size[i], i == 0);
    }
    size_list_free(&list);
}
