/* Runs calls of the libraries with injected faults; see injector.h. */
#ifndef LANEWISE_TEST_TRIALS_H
#define LANEWISE_TEST_TRIALS_H

#include "injector.h"
#include "observe.h"

#include <lanewise/nn.h>

/* A call with its setup and cleanup. Cases keep their operands in variables of their file. */
typedef struct fault_case {
    const char *name;
    void (*prepare)(void);   /* creates objects and files */
    lw_status (*call)(void); /* the call under test */
    uint64_t (*observe)(
        uint64_t hash); /* hashes all state that the call can change; files are always included */
    void (*release)(void); /* releases the objects of prepare and of a successful call */
    /* Returns non-zero if a failed call may leave a state with this hash. NULL: the state must not
     * change. */
    int (*may_leave)(uint64_t hash);
} fault_case;

/* Tables of cases; each ends with a case without a name. */
extern const fault_case data_cases[], file_cases[], kernel_cases[], model_cases[], net_cases[];

/* Number of injected faults, and of calls that succeeded nevertheless. */
typedef struct fault_tally {
    size_t allocations, tried, survived; /* `allocations` is the total */
    size_t operations, modes, tried_modes,
        survived_modes; /* `modes` is the number of failure modes of all operations */
    size_t stacks;      /* distinct call stacks of allocations */
    size_t failures;
} fault_tally;

/* Runs a case with each of its faults, or with every stride-th if there are many. */
void fault_case_run(const fault_case *of, fault_injector *f, size_t stride, fault_tally *tally);

#endif
