/* Clipping of gradients by their Euclidean norm. */
#include "base/message.h"
#include "net.h"

#include "threads/thread_pool.h"

#include <float.h>
#include <math.h>

typedef struct clip_job {
    const lw_net *net;
    double squares; /* sum over all gradients */
    double factor;
} clip_job;

/* Sum of squares in double, whose range includes the squares of all floats. */
static double sum_squares_f64(size_t n, const float *x)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/*
 * lw_vector_sum_squares adds blocks in float, where a square below 2^-126 has an error of up to its
 * value. If n such errors could exceed float precision, or the sum overflows, the squares are added
 * in double.
 */
static lw_status squares_phase(void *user, size_t thread, size_t threads)
{
    (void)thread, (void)threads;
    clip_job *job = user;
    const size_t n = job->net->gradient_count;
    const lw_status status = lw_vector_sum_squares(n, job->net->gradients, &job->squares);
    if (status == LW_OK && !(job->squares >= (double)n * 0x1p-102 && isfinite(job->squares)))
        job->squares = sum_squares_f64(n, job->net->gradients);
    return status;
}

static lw_status scale_phase(void *user, size_t thread, size_t threads)
{
    const clip_job *job = user;
    size_t first, count;
    lw_pool_partition(job->net->gradient_count, LW_SECTION, thread, threads, &first, &count);
    float *gradients = job->net->gradients + first;
    if (job->factor >= (double)FLT_MIN)
        return lw_vector_scale(count, (float)job->factor, gradients);
    for (size_t i = 0; i < count; i++)
        gradients[i] = (float)(job->factor * (double)gradients[i]);
    return LW_OK;
}

lw_status lw_net_clip_gradients(lw_net *net, float max_norm, double *norm)
{
    static const char name[] = "lw_net_clip_gradients";
    static const lw_phase squares[] = {squares_phase}, scale[] = {scale_phase};
    lw_status status = lw_check_net(net);
    if (status != LW_OK)
        return lw_fail_in(name, status);
    if (!(max_norm > 0.0f))
        return lw_fail(LW_EINVAL, "%s: max_norm %g is not above 0", name, (double)max_norm);
    if (!net->pass.gradients)
        return lw_fail(LW_ESTATE, "%s: no gradients; run a backward pass first", name);
    clip_job job = {.net = net};
    status = lw_pool_run(1, LW_FLUSH_DENORMALS, net->isa, 1, squares, &job);
    if (status != LW_OK)
        return status;
    const double before = sqrt(job.squares);
    if (!isfinite(before))
        return lw_fail(LW_EDIVERGED, "%s: the norm of the gradients is not finite", name);
    job.factor = (double)max_norm / before;
    if (before > (double)max_norm) {
        const size_t threads = lw_pool_threads(net->threads, (double)net->gradient_count);
        status = lw_pool_run(threads, LW_FLUSH_DENORMALS, net->isa, 1, scale, &job);
    }
    if (status == LW_OK && norm)
        *norm = before;
    return status;
}
