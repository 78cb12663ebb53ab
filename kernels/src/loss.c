/* The losses: value and gradient per row. */
#include "argument.h"
#include "dispatch.h"
#include "threads.h"

/* Threads process multiples of this many rows, so that blocks of short rows are full. */
enum { BLOCK = 16 };

struct loss_job {
    const struct lw_isa *isa;
    size_t rows, cols;
    const float *x;
    size_t ldx;
    const float *t;
    size_t ldt;
    const int32_t *labels;
    float scale;
    float *loss;
    float *g;
    size_t ldg;
    lw_loss_rows_function *run;
};

/* g may be x; loss must not share memory. */
static lw_status check(const char *name, const struct loss_job *job, const char *x_name,
                       struct lw_operand target)
{
    const struct lw_operand logits = {x_name, job->x, job->rows, job->cols, job->ldx};
    const struct lw_operand gradient =
        lw_optional_operand((struct lw_operand){"g", job->g, job->rows, job->cols, job->ldg});
    const struct lw_operand loss =
        lw_optional_operand(lw_vector_operand("loss", job->loss, job->rows));
    lw_status status = lw_check_output(name, &gradient, &target, 1);
    if (status == LW_OK)
        status = lw_check_in_place(name, &gradient, &logits, 1);
    if (status == LW_OK)
        status = lw_check_output(name, &loss, (struct lw_operand[]){logits, target, gradient}, 3);
    return status;
}

static void labels_range(const void *argument, size_t begin, size_t end)
{
    const struct loss_job *job = argument;
    job->isa->cross_entropy_rows(end - begin, job->cols, job->x + begin * job->ldx, job->ldx,
                                 job->labels + begin, job->scale,
                                 job->loss ? job->loss + begin : NULL,
                                 job->g ? job->g + begin * job->ldg : NULL, job->ldg);
}

static void targets_range(const void *argument, size_t begin, size_t end)
{
    const struct loss_job *job = argument;
    job->run(end - begin, job->cols, job->x + begin * job->ldx, job->ldx, job->t + begin * job->ldt,
             job->ldt, job->scale, job->loss ? job->loss + begin : NULL,
             job->g ? job->g + begin * job->ldg : NULL, job->ldg);
}

static void run(const struct loss_job *job, lw_parallel_body body)
{
    if (job->cols > 0) {
        const double work = LW_WORK_ROW + LW_WORK_ROWS * (double)job->cols;
        lw_parallel_for(job->rows, BLOCK, (double)job->rows * work, body, job);
        return;
    }
    for (size_t i = 0; job->loss && i < job->rows; i++)
        job->loss[i] = 0.0f;
}

/* The index of the first label out of range; rows if there is none. The first loop has no exit, so
 * that it is vectorised; see "Label check" in docs/measurements.md. */
static size_t first_wrong_label(size_t rows, size_t cols, const int32_t *labels)
{
    const uint32_t last = cols > INT32_MAX ? INT32_MAX : (uint32_t)cols - 1;
    uint32_t wrong = 0;
    for (size_t i = 0; i < rows; i++)
        wrong |= (uint32_t)labels[i] > last;
    if (!wrong && cols > 0)
        return rows;
    size_t i = 0;
    while (i < rows && labels[i] >= 0 && (size_t)labels[i] < cols)
        i++;
    return i;
}

lw_status lw_softmax_cross_entropy(size_t rows, size_t cols, const float *x, size_t ldx,
                                   const int32_t *labels, float scale, float *loss, float *g,
                                   size_t ldg)
{
    static const char name[] = "lw_softmax_cross_entropy";
    const struct loss_job job = {.isa = lw_isa_current(),
                                 .rows = rows,
                                 .cols = cols,
                                 .x = x,
                                 .ldx = ldx,
                                 .labels = labels,
                                 .scale = scale,
                                 .loss = loss,
                                 .g = g,
                                 .ldg = ldg};
    const lw_status status = check(name, &job, "x", lw_vector_operand("labels", labels, rows));
    if (status != LW_OK)
        return status;
    const size_t wrong = first_wrong_label(rows, cols, labels);
    if (wrong < rows)
        return lw_fail(LW_EDATA, "%s: label %d of row %zu is none of %zu classes", name,
                       (int)labels[wrong], wrong, cols);
    run(&job, labels_range);
    return LW_OK;
}

static lw_status run_targets(const char *name, const struct loss_job *job, const char *x_name)
{
    const struct lw_operand target = {"t", job->t, job->rows, job->cols, job->ldt};
    const lw_status status = check(name, job, x_name, target);
    if (status == LW_OK)
        run(job, targets_range);
    return status;
}

static struct loss_job targets_job(size_t rows, size_t cols, const float *x, size_t ldx,
                                   const float *t, size_t ldt, float scale, float *loss, float *g,
                                   size_t ldg)
{
    const struct loss_job job = {.isa = lw_isa_current(),
                                 .rows = rows,
                                 .cols = cols,
                                 .x = x,
                                 .ldx = ldx,
                                 .t = t,
                                 .ldt = ldt,
                                 .scale = scale,
                                 .loss = loss,
                                 .g = g,
                                 .ldg = ldg};
    return job;
}

lw_status lw_softmax_cross_entropy_probs(size_t rows, size_t cols, const float *x, size_t ldx,
                                         const float *t, size_t ldt, float scale, float *loss,
                                         float *g, size_t ldg)
{
    struct loss_job job = targets_job(rows, cols, x, ldx, t, ldt, scale, loss, g, ldg);
    job.run = job.isa->cross_entropy_probs_rows;
    return run_targets("lw_softmax_cross_entropy_probs", &job, "x");
}

lw_status lw_sigmoid_cross_entropy(size_t rows, size_t cols, const float *x, size_t ldx,
                                   const float *t, size_t ldt, float scale, float *loss, float *g,
                                   size_t ldg)
{
    struct loss_job job = targets_job(rows, cols, x, ldx, t, ldt, scale, loss, g, ldg);
    job.run = job.isa->sigmoid_cross_entropy_rows;
    return run_targets("lw_sigmoid_cross_entropy", &job, "x");
}

lw_status lw_squared_error(size_t rows, size_t cols, const float *y, size_t ldy, const float *t,
                           size_t ldt, float scale, float *loss, float *g, size_t ldg)
{
    struct loss_job job = targets_job(rows, cols, y, ldy, t, ldt, scale, loss, g, ldg);
    job.run = job.isa->squared_error_rows;
    return run_targets("lw_squared_error", &job, "y");
}
