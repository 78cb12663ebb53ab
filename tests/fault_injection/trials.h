/* Calls of the libraries with one fault after the other; see injector.h for how something fails. */
#ifndef LANEWISE_TEST_TRIALS_H
#define LANEWISE_TEST_TRIALS_H

#include "injector.h"
#include "observe.h"

#include <lanewise/nn.h>

/* A call, and what stands around it. Cases keep what they work on in variables of their file. */
typedef struct fault_case {
    const char *name;
    void (*prepare)(void);   /* makes objects and files */
    lw_status (*call)(void); /* what is to fail, and to succeed later */
    uint64_t (*observe)(
        uint64_t hash);    /* all that the call may have changed; files are looked at anyway */
    void (*release)(void); /* of what prepare and a successful call have made */
    /* Non-zero: a failed call may leave behind what observe made this of. NULL: only what was there before. */
    int (*may_leave)(uint64_t hash);
} fault_case;

/* Tables of cases; each ends with one without a name. */
extern const fault_case data_cases[], file_cases[], kernel_cases[], model_cases[], net_cases[];

/* What was let fail, and what of it the call survived with its usual result. */
typedef struct fault_tally {
    size_t allocations, tried, survived;                /* the first: there were so many */
    size_t operations, ways, tried_ways, survived_ways; /* ways in which operations can go wrong */
    size_t stacks;                                      /* different ones of allocations */
    size_t failures;
} fault_tally;

/* Runs a case with each of its faults, or every stride-th of them if there are many. */
void fault_case_run(const fault_case *of, fault_injector *f, size_t stride, fault_tally *tally);

#endif
