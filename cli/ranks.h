/* The processes that train one network: started by mpirun, or this one alone. */
#ifndef LANEWISE_CLI_RANKS_H
#define LANEWISE_CLI_RANKS_H

#include <lanewise/ranks.h>

typedef struct rank_group {
    unsigned rank, count;  /* 0 of 1 for a single process */
    const lw_ranks *ranks; /* NULL before rank_group_join, and for a single process */
    unsigned threads;      /* of this process; 0: all available processors */
    unsigned hosts;
    const struct rank_backend *backend; /* NULL: not started by a launcher */
    void *mpi;                          /* owned by the backend */
    int messages; /* saved stderr of ranks above 0 until rank_group_join, or -1 */
} rank_group;

/*
 * Finds the processes of the group. Ranks above 0 then have no standard output, and no stderr until
 * rank_group_join, so that usage errors are printed once. Returns LW_ESTATE if a launcher started
 * several processes but MPI is missing or is not the launcher's: each would act as rank 0.
 */
lw_status rank_group_begin(rank_group *group);

/* Collective: creates the ranks. gradients is the precision in which they exchange gradients. */
lw_status rank_group_join(rank_group *group, lw_precision gradients);

/* Collective, the last call of every process. Allowed after a failure of the other calls. */
void rank_group_end(rank_group *group);

/* Ends all processes now, after a failure of this one that the others would wait for forever. */
void rank_group_abort(const rank_group *group);

int is_first_rank(const rank_group *group);

/* Collective: replaces n numbers by their sums over all processes. */
lw_status rank_group_sum(const rank_group *group, size_t n, double *x);

/* Collective: replaces a number by the maximum of all processes. */
lw_status rank_group_max(const rank_group *group, double *x);

/*
 * Collective: returns status, or LW_ERANK if another process failed. Prints the messages of
 * failures: once, by rank 0, if all processes failed; otherwise by each process that failed, with
 * its rank.
 */
lw_status rank_group_consensus(const rank_group *group, lw_status status);

#endif
