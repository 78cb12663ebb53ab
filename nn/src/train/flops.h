/* Estimates of the operations of passes and steps. threads/thread_pool.c compares them with the
 * work that pays for more than one thread. */
#ifndef LANEWISE_FLOPS_H
#define LANEWISE_FLOPS_H

#include "job.h"

/* A step without its loss and update: forward pass, backward pass and gradients. */
static inline double lw_step_flops(const lw_net *net, size_t rows)
{
    return lw_net_flops(net, 3.0, rows);
}

/* A job. */
static inline double lw_job_flops(const lw_step_job *job)
{
    enum { LOSS_FLOPS = 50, UPDATE_FLOPS = 15 }; /* per output and row, per parameter */
    const size_t rows = job->batch->rows;
    double flops = lw_net_flops(job->net, job->forward + job->backward + job->gradients, rows);
    if (job->rule)
        flops += LOSS_FLOPS * (double)rows * (double)job->rule->outputs;
    if (job->optimizer)
        flops += UPDATE_FLOPS * (double)job->net->parameter_count;
    return flops;
}

#endif
