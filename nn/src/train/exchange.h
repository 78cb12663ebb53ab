/*
 * How the processes that train a network together exchange what they have computed. A network that
 * one process trains has lw_local_exchange (step.h); strategies for several are in distributed/.
 */
#ifndef LANEWISE_EXCHANGE_H
#define LANEWISE_EXCHANGE_H

#include <lanewise/status.h>
#include <stddef.h>

struct lw_net;
struct lw_step_job;

/* Room that lw_exchange_sum takes behind its numbers. */
enum { LW_SUM_EXTRA = 1 };

typedef struct lw_exchange {
    /* Takes the step of a job with a loss: forward and backward pass of this process's rows,
     * exchange, and the update if the job has an optimizer. value, unless NULL, receives the loss
     * of all rows. LW_EDIVERGED, in all processes and before the update, if that is not finite. */
    lw_status (*step)(struct lw_step_job *job, double *value);
    /* See lw_exchange_sum. */
    lw_status (*sum)(const struct lw_net *net, lw_status status, size_t n, double *x);
} lw_exchange;

/* A process among those that train a network. */
typedef struct lw_rank {
    unsigned rank, count;
    int stop_request;     /* to be sent with the next step: this process wants to stop */
    double stop_requests; /* of all processes, in the last step */
} lw_rank;

#endif
