/*
 * The exchange strategy of the processes (ranks) that train a network together. A network trained
 * by one process has lw_local_exchange (step.h); strategies for several are in distributed/.
 */
#ifndef LANEWISE_EXCHANGE_H
#define LANEWISE_EXCHANGE_H

#include <lanewise/status.h>
#include <stddef.h>

struct lw_net;
struct lw_step_job;

/* Additional elements that lw_exchange_sum needs after its numbers. */
enum { LW_SUM_EXTRA = 1 };

typedef struct lw_exchange {
    /* Takes the step of a job with a loss: forward and backward pass of this rank's rows, exchange,
     * and the update if the job has an optimizer. value, unless NULL, receives the loss of all
     * rows. Returns LW_EDIVERGED on all ranks, before the update, if the loss is not finite. */
    lw_status (*step)(struct lw_step_job *job, double *value);
    /* See lw_exchange_sum. */
    lw_status (*sum)(const struct lw_net *net, lw_status status, size_t n, double *x);
} lw_exchange;

/* A process that trains a network with others. */
typedef struct lw_rank {
    unsigned rank, count;
    int stop_request;     /* 1: this rank requests a stop with the next step */
    double stop_requests; /* number of requests of all ranks in the last step */
} lw_rank;

#endif
