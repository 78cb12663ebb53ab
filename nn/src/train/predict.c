#include "predict.h"

#include "step.h"
#include "threads/team.h"
#include <stdlib.h>
#include <string.h>

/* Rows that go through the network together: enough for the matrix products to pay for packing the
 * weights, few enough for the activations to stay in cache. */
enum { CHUNK_ROWS = 256 };

typedef struct infer_job {
    const lw_net *net;
    const lw_inference *wanted;
    size_t rows;
    const float *x;
    size_t chunk;      /* rows of a chunk */
    float *memory;     /* of all threads */
    size_t per_thread; /* floats of one thread's part of it */
    size_t widest;     /* units of the widest layer */
} infer_job;

/* A thread's buffers, for one chunk each. */
typedef struct chunk_buffers {
    float *y[2];    /* outputs of a layer and of the one below, in turn */
    float *z;       /* the last layer's logits */
    float *targets; /* labels as target values */
} chunk_buffers;

static lw_status forward_chunk(const infer_job *job, const chunk_buffers *buffers, size_t rows,
                               const float *x, const float **y)
{
    const lw_net *net = job->net;
    lw_status status = LW_OK;
    for (size_t i = 0; i < net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &net->layers[i];
        float *z = layer == lw_last_layer(net) ? buffers->z : NULL;
        status = lw_layer_forward(layer, rows, x, z, buffers->y[i % 2]);
        x = buffers->y[i % 2];
    }
    *y = x;
    return status;
}

static lw_status classify_rows(size_t rows, size_t outputs, const float *y, int32_t *label)
{
    if (outputs > 1)
        return lw_argmax(rows, outputs, y, outputs, label);
    for (size_t i = 0; i < rows; i++)
        label[i] = y[i] > 0.5f;
    return LW_OK;
}

static lw_status infer_chunk(const infer_job *job, const chunk_buffers *buffers, size_t first,
                             size_t rows)
{
    const lw_inference *wanted = job->wanted;
    const size_t outputs = lw_net_outputs(job->net);
    const float *y;
    lw_status status =
        forward_chunk(job, buffers, rows, job->x + first * lw_net_inputs(job->net), &y);
    if (status == LW_OK && wanted->y)
        memcpy(wanted->y + first * outputs, y, rows * outputs * sizeof *y);
    if (status == LW_OK && wanted->label)
        status = classify_rows(rows, outputs, y, wanted->label + first);
    if (status == LW_OK && wanted->row_loss) {
        const lw_target target = lw_target_from(wanted->target, first, outputs);
        status = lw_loss_rows(wanted->rule, rows, wanted->rule->from_logits ? buffers->z : y,
                              &target, buffers->targets, job->rows, wanted->row_loss + first, NULL);
    }
    return status;
}

static lw_status infer_phase(void *user, size_t thread, size_t threads)
{
    const infer_job *job = user;
    const size_t outputs = lw_net_outputs(job->net);
    float *memory = job->memory + thread * job->per_thread;
    const chunk_buffers buffers = {
        .y = {memory, memory + job->chunk * job->widest},
        .z = memory + 2 * job->chunk * job->widest,
        .targets = memory + 2 * job->chunk * job->widest + job->chunk * outputs,
    };
    size_t first, count;
    lw_team_share(job->rows, 1, thread, threads, &first, &count);
    lw_status status = LW_OK;
    while (count > 0 && status == LW_OK) {
        const size_t rows = count < job->chunk ? count : job->chunk;
        status = infer_chunk(job, &buffers, first, rows);
        first += rows;
        count -= rows;
    }
    return status;
}

lw_status lw_infer(const lw_net *net, size_t rows, const float *x, const lw_inference *inference)
{
    if (rows == 0)
        return LW_OK;
    infer_job job = {.net = net, .wanted = inference, .rows = rows, .x = x};
    for (size_t i = 0; i < net->layer_count; i++)
        if (net->layers[i].spec.units > job.widest)
            job.widest = net->layers[i].spec.units;
    const size_t threads =
        lw_team_size(net->threads, 2.0 * (double)rows * (double)net->parameter_count);
    job.chunk = rows / threads + (rows % threads != 0);
    if (job.chunk > CHUNK_ROWS)
        job.chunk = CHUNK_ROWS;

    size_t total;
    const size_t per_row = 2 * (job.widest + lw_net_outputs(net));
    if (lw_multiply_overflows(job.chunk, per_row, &job.per_thread) ||
        lw_multiply_overflows(job.per_thread, threads, &total) ||
        !(job.memory = lw_alloc_floats(total)))
        return lw_fail(LW_ENOMEM, "no memory to predict %zu rows", rows);
    static const lw_phase phases[] = {infer_phase};
    const lw_status status = lw_team_run(threads, LW_KEEP_DENORMALS, 1, phases, &job);
    free(job.memory);
    return status;
}

static lw_status check_arguments(const lw_net *net, size_t rows, const float *x, const void *result,
                                 const char *result_name)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    if (rows > 0 && (!x || !result))
        return lw_fail(LW_EINVAL, "%s is NULL", x ? result_name : "x");
    const lw_status status = lw_check_rows("x", rows, lw_net_inputs(net));
    return status == LW_OK ? lw_check_rows(result_name, rows, lw_net_outputs(net)) : status;
}

lw_status lw_predict(const lw_net *net, size_t rows, const float *x, float *y)
{
    lw_status status = check_arguments(net, rows, x, y, "y");
    if (status != LW_OK || rows == 0)
        return status;
    size_t count;
    float *made = NULL;
    if (!lw_multiply_overflows(rows, lw_net_outputs(net), &count))
        made = lw_alloc_floats(count);
    if (!made)
        return lw_fail(LW_ENOMEM, "no memory for the outputs of %zu rows", rows);
    status = lw_infer(net, rows, x, &(lw_inference){.y = made});
    if (status == LW_OK)
        memcpy(y, made, count * sizeof *y);
    free(made);
    return status;
}

lw_status lw_classify(const lw_net *net, size_t rows, const float *x, int32_t *label)
{
    lw_status status = check_arguments(net, rows, x, label, "label");
    if (status != LW_OK || rows == 0)
        return status;
    int32_t *made = calloc(rows, sizeof *made);
    if (!made)
        return lw_fail(LW_ENOMEM, "no memory for the classes of %zu rows", rows);
    status = lw_infer(net, rows, x, &(lw_inference){.label = made});
    if (status == LW_OK)
        memcpy(label, made, rows * sizeof *label);
    free(made);
    return status;
}
