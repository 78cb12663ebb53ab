/* Learning-rate schedules. */
#ifndef LANEWISE_SCHEDULE_H
#define LANEWISE_SCHEDULE_H

#include <lanewise/nn.h>

/* LW_EINVAL for an unknown kind, steps of 0 epochs and a factor below 0 or not finite. */
lw_status lw_schedule_check(const lw_schedule *schedule);

/* The factor on the learning rate in an epoch (from 0) and after a share of the run, progress in
 * [0, 1). */
double lw_schedule_factor(const lw_schedule *schedule, size_t epoch, double progress);

#endif
