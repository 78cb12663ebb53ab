/* Learning-rate schedules. */
#ifndef LANEWISE_SCHEDULE_H
#define LANEWISE_SCHEDULE_H

#include <lanewise/nn.h>

/* Returns LW_EINVAL for an unknown kind, steps of 0 epochs, or a factor below 0 or not finite. */
lw_status lw_schedule_check(const lw_schedule *schedule);

/* The factor of the learning rate. epoch: counted from 0; progress: finished fraction of the run,
 * in [0, 1). */
double lw_schedule_factor(const lw_schedule *schedule, size_t epoch, double progress);

#endif
