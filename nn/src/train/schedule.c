/* Learning-rate schedules. */
#include "schedule.h"

#include "base/portable_math.h"

#include <math.h>

lw_status lw_schedule_check(const lw_schedule *schedule)
{
    const lw_schedule *s = schedule;
    if (s->kind < LW_SCHEDULE_CONSTANT || s->kind > LW_SCHEDULE_COSINE)
        return lw_fail(LW_EINVAL, "unknown schedule %d", (int)s->kind);
    if (s->kind == LW_SCHEDULE_STEP && s->every == 0)
        return lw_fail(LW_EINVAL, "a step schedule needs `every`, its number of epochs");
    if (s->kind != LW_SCHEDULE_CONSTANT && !(isfinite(s->factor) && s->factor >= 0.0f))
        return lw_fail(LW_EINVAL, "schedule factor %g is not finite and at least 0",
                       (double)s->factor);
    return LW_OK;
}

double lw_schedule_factor(const lw_schedule *schedule, size_t epoch, double progress)
{
    const double factor = (double)schedule->factor;
    switch (schedule->kind) {
    case LW_SCHEDULE_STEP:
        return lw_portable_pow(factor, epoch / schedule->every);
    case LW_SCHEDULE_COSINE:
        return factor + (1.0 - factor) * 0.5 * (1.0 + lw_portable_cos2pi(0.5 * progress));
    default:
        return 1.0;
    }
}
