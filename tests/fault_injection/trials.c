#include "trials.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run with one fault, for messages. */
typedef struct trial {
    const fault_case *of;
    fault_injector *f;
    fault_tally *tally;
    uint64_t before, after; /* hashes before and after a successful call */
} trial;

static void describe(const trial *t)
{
    static const char *const modes[] = {"fails", "is interrupted", "is short"};
    const fault_injector *f = t->f;
    if (f->kind == FAULT_MEMORY)
        fprintf(stderr, "%s, allocation %zu%s", t->of->name, f->at,
                f->lasting ? " and later ones" : "");
    else
        fprintf(stderr, "%s, file operation %zu (%s) %s%s", t->of->name, f->at,
                file_operation_name((file_operation)f->operation[f->at]), modes[f->mode],
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

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Releases the packing buffers that the kernels keep, so that each call allocates its own and leaks
 * show. The loop ends when the pool is empty, because every allocation fails. */
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

/* ---- Observable state ------------------------------------------------------------------------ */

static uint64_t observed(const trial *t)
{
    const uint64_t files = hash_files();
    return t->of->observe ? t->of->observe(files) : files;
}

static int is_allowed(const trial *t, lw_status status)
{
    if (t->f->kind == FAULT_MEMORY)
        return status == LW_OK || status == LW_ENOMEM;
    return status == LW_OK || (status == LW_EIO && t->f->mode == FAULT_FAILS);
}

/* Returns whether the message of a failed call names the cause. */
static int names_cause(const trial *t, lw_status status)
{
    const char *message = lw_last_error();
    return status == LW_OK ||
           strstr(message,
                  status == LW_ENOMEM ? "memory" : strerror(atomic_load(&t->f->last_error)));
}

/* Makes one call with a fault. Returns non-zero if it succeeded nevertheless. */
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
    expect(t, observed(t) == t->before, "the state before the call differs between runs", LW_OK);
    lw_status status = call_watched(t);
    expect(t, atomic_load(&f->injected) > 0, "the fault was not injected", status);
    expect(t, is_allowed(t, status), "the status is not a documented one", status);
    expect(t, names_cause(t, status), "the message does not name the cause", status);
    const uint64_t left = observed(t);
    const int survived = status == LW_OK;
    if (survived) {
        expect(t, left == t->after, "the result differs from a run without faults", status);
    } else if (left == t->before) {
        f->kind = FAULT_NONE;
        status = call_watched(t);
        f->kind = kind;
        expect(t, status == LW_OK && observed(t) == t->after,
               "the repeated call does not give the usual result", status);
    } else {
        expect(t, of->may_leave && of->may_leave(left), "the failed call changed state", status);
    }
    of->release();
    remove_files();
    empty_pool(f);
    f->kind = kind;
    f->at = at;
    f->lasting = lasting;
    expect(t, atomic_load(&f->live) == live, "memory is leaked", status);
    return survived;
}

/* Counts the allocations and file operations of the case, and hashes the state before and after
 * it. */
static void run_without_faults(trial *t, size_t *allocations, size_t *operations)
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
    require(status == LW_OK, "the call fails without faults");
    *allocations = atomic_load(&f->allocations);
    *operations = atomic_load(&f->operations);
    require(*allocations <= FAULT_MAX_TRACED && *operations <= FAULT_MAX_TRACED,
            "too many operations");
    t->after = observed(t);
    t->of->release();
    remove_files();
}

/* Returns whether fault i of count is tried: every one if there are few, otherwise every
 * stride-th. */
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
    run_without_faults(&t, &allocations,
                       &operations); /* makes the allocations that happen once per process */
    run_without_faults(&t, &allocations, &operations);
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
        for (fault_mode mode = FAULT_FAILS; mode < FAULT_MODES; mode++) {
            if (!fault_mode_applies((file_operation)f->operation[i], mode))
                continue;
            tally->modes++;
            if (!is_tried(i, operations, stride))
                continue;
            int survived = 1;
            /* An interruption does not last. */
            for (f->lasting = 0; f->lasting < (mode == FAULT_INTERRUPTED ? 1 : 2); f->lasting++) {
                f->kind = FAULT_FILE;
                f->at = i;
                f->mode = mode;
                survived &= run_trial(&t);
            }
            tally->tried_modes++;
            tally->survived_modes += (size_t)survived;
        }
    f->kind = FAULT_NONE;
}
