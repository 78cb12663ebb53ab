#include "trials.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What runs with a fault: for messages. */
typedef struct trial {
    const fault_case *of;
    fault_injector *f;
    fault_tally *tally;
    uint64_t before, after; /* hashes around a call that succeeds */
} trial;

static void describe(const trial *t)
{
    static const char *const ways[] = {"fails", "is interrupted", "is short"};
    const fault_injector *f = t->f;
    if (f->kind == FAULT_MEMORY)
        fprintf(stderr, "%s, allocation %zu%s", t->of->name, f->at,
                f->lasting ? " and later ones" : "");
    else
        fprintf(stderr, "%s, file operation %zu (%s) %s%s", t->of->name, f->at,
                file_operation_name((file_operation)f->operation[f->at]), ways[f->way],
                f->lasting ? ", and later ones" : "");
}

static void expect(const trial *t, int ok, const char *what, lw_status status)
{
    if (ok)
        return;
    t->tally->failures++;
    describe(t);
    fprintf(stderr, ": %s; %s: \"%s\"\n", what, lw_status_name(status), lw_last_error());
}

/* ---- Memory --------------------------------------------------------------------------------- */

/* The kernels keep packing buffers: they are released, so that each call has to allocate its own, and leaks
 * show. Without memory the pool ends where it is empty. */
static void empty_pool(fault_injector *f)
{
    f->kind = FAULT_MEMORY;
    f->at = 0;
    f->lasting = 1;
    atomic_store(&f->allocations, 0);
    atomic_store(&f->active, 1);
#pragma omp parallel num_threads(2)
    for (float *buffer; (buffer = lw_scratch_take()) != NULL;)
        free(buffer);
    atomic_store(&f->active, 0);
    f->kind = FAULT_NONE;
}

static lw_status call_watched(trial *t)
{
    fault_injector *f = t->f;
    atomic_store(&f->allocations, 0);
    atomic_store(&f->operations, 0);
    atomic_store(&f->injected, 0);
    atomic_store(&f->active, 1);
    const lw_status status = t->of->call();
    atomic_store(&f->active, 0);
    return status;
}

/* ---- What can be seen ------------------------------------------------------------------------ */

static uint64_t observed(const trial *t)
{
    const uint64_t files = hash_files();
    return t->of->observe ? t->of->observe(files) : files;
}

static int is_allowed(const trial *t, lw_status status)
{
    if (t->f->kind == FAULT_MEMORY)
        return status == LW_OK || status == LW_ENOMEM;
    return status == LW_OK || (status == LW_EIO && t->f->way == FAULT_FAILS);
}

/* The message of a failed call names the cause. */
static int names_cause(const trial *t, lw_status status)
{
    const char *message = lw_last_error();
    return status == LW_OK ||
           strstr(message,
                  status == LW_ENOMEM ? "memory" : strerror(atomic_load(&t->f->last_error)));
}

/* One call with a fault; non-zero if it survived. */
static int run_trial(trial *t)
{
    fault_injector *f = t->f;
    const fault_case *of = t->of;
    const fault_kind kind = f->kind;
    const size_t at = f->at;
    const int lasting = f->lasting;
    empty_pool(f);
    const long live = atomic_load(&f->live);
    of->prepare();
    empty_pool(f);
    f->kind = kind;
    f->at = at;
    f->lasting = lasting;
    expect(t, observed(t) == t->before, "it begins otherwise than before", LW_OK);
    lw_status status = call_watched(t);
    expect(t, atomic_load(&f->injected) > 0, "it does not come to this", status);
    expect(t, is_allowed(t, status), "another status than documented", status);
    expect(t, names_cause(t, status), "the message does not name the cause", status);
    const uint64_t left = observed(t);
    const int survived = status == LW_OK;
    if (survived) {
        expect(t, left == t->after, "another result than without the fault", status);
    } else if (left == t->before) {
        f->kind = FAULT_NONE;
        status = call_watched(t);
        f->kind = kind;
        expect(t, status == LW_OK && observed(t) == t->after, "no usual result afterwards", status);
    } else {
        expect(t, of->may_leave && of->may_leave(left), "something has changed", status);
    }
    of->release();
    remove_files();
    empty_pool(f);
    f->kind = kind;
    f->at = at;
    f->lasting = lasting;
    expect(t, atomic_load(&f->live) == live, "memory is lost", status);
    return survived;
}

/* Counts the case's allocations and file operations, and has its hashes. */
static void run_sound(trial *t, size_t *allocations, size_t *operations)
{
    fault_injector *f = t->f;
    t->of->prepare();
    empty_pool(f);
    t->before = observed(t);
    f->traced = 1;
    const lw_status status = call_watched(t);
    f->traced = 0;
    if (status != LW_OK)
        fprintf(stderr, "%s: ", t->of->name);
    require(status == LW_OK, "a call without faults fails");
    *allocations = atomic_load(&f->allocations);
    *operations = atomic_load(&f->operations);
    require(*allocations <= FAULT_MAX_TRACED && *operations <= FAULT_MAX_TRACED,
            "too many operations");
    t->after = observed(t);
    t->of->release();
    remove_files();
}

/* Whether number i of count is tried: all of a few, else every stride-th. */
static int is_tried(size_t i, size_t count, size_t stride)
{
    enum { FEW = 24 };
    return count <= FEW || i % stride == 0;
}

static size_t different_stacks(const fault_injector *f, size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && f->stack[j] != f->stack[i])
            j++;
        different += j == i;
    }
    return different;
}

void fault_case_run(const fault_case *of, fault_injector *f, size_t stride, fault_tally *tally)
{
    trial t = {.of = of, .f = f, .tally = tally};
    size_t allocations, operations;
    run_sound(&t, &allocations, &operations); /* with what is made once in a process */
    run_sound(&t, &allocations, &operations);
    tally->allocations += allocations;
    tally->operations += operations;
    tally->stacks += different_stacks(f, allocations);
    for (size_t i = 0; i < allocations; i++) {
        if (!is_tried(i, allocations, stride))
            continue;
        int survived = 1;
        for (f->lasting = 0; f->lasting < 2; f->lasting++) {
            f->kind = FAULT_MEMORY;
            f->at = i;
            survived &= run_trial(&t);
        }
        tally->tried++;
        tally->survived += (size_t)survived;
    }
    for (size_t i = 0; i < operations; i++)
        for (fault_mode way = FAULT_FAILS; way < FAULT_MODES; way++) {
            if (!fault_mode_applies((file_operation)f->operation[i], way))
                continue;
            tally->ways++;
            if (!is_tried(i, operations, stride))
                continue;
            int survived = 1;
            /* Nothing is interrupted for ever. */
            for (f->lasting = 0; f->lasting < (way == FAULT_INTERRUPTED ? 1 : 2); f->lasting++) {
                f->kind = FAULT_FILE;
                f->at = i;
                f->way = way;
                survived &= run_trial(&t);
            }
            tally->tried_ways++;
            tally->survived_ways += (size_t)survived;
        }
    f->kind = FAULT_NONE;
}
