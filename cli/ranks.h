/* The processes that train one network: those that mpirun started, or this one alone. */
#ifndef LANEWISE_CLI_RANKS_H
#define LANEWISE_CLI_RANKS_H

#include <lanewise/ranks.h>

typedef struct rank_group {
    unsigned rank, count;  /* 0 of 1: alone, or the only one */
    const lw_ranks *ranks; /* NULL before rank_group_join, and alone */
    unsigned threads;      /* of this process; 0: as many as there are */
    unsigned hosts;
    const struct rank_backend *backend; /* NULL: nobody started this process with others */
    void *mpi;                          /* the backend's */
    int messages; /* the descriptor of stderr while others than the first are silent, or -1 */
} rank_group;

/*
 * Finds out who there is. From here on standard output is that of the first process alone, and so is stderr up to
 * rank_group_join: what all find wrong with the command line is said once. LW_ESTATE where a launcher started several
 * processes and there is no MPI, or another than the launcher's: all would take themselves for the first.
 */
lw_status rank_group_begin(rank_group *group);

/* Collective: creates the ranks. gradients is the precision in which they exchange gradients. */
lw_status rank_group_join(rank_group *group, lw_precision gradients);

/* Collective, the last call of all processes. Allowed after a failure of the others. */
void rank_group_end(rank_group *group);

/* Ends all processes now, after a failure that the others do not know of and may wait for ever behind. */
void rank_group_abort(const rank_group *group);

int is_first_rank(const rank_group *group);

/* Collective: replaces n numbers by their sums over the processes. */
lw_status rank_group_sum(const rank_group *group, size_t n, double *x);

/* Collective: replaces a number by the largest of all processes'. */
lw_status rank_group_max(const rank_group *group, double *x);

/*
 * Collective: whether all have come so far. The result is status, or LW_ERANK where another process failed. Failures of
 * this process are told here: of all in the same way by the first one, of some by each with its number.
 */
lw_status rank_group_consensus(const rank_group *group, lw_status status);

#endif
