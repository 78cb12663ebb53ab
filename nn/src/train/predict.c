/* Predictions: forward passes in float32 on buffers of the call, so that threads can share a
 * network that does not change. */
#include "predict.h"

#include "base/message.h"
#include "forward.h"
#include "threads/thread_pool.h"

#include <stdlib.h>
#include <string.h>

/* Rows that go through the network together: enough for the matrix products to pay for packing the
 * weights, few enough for the activations to stay in cache. */
enum { CHUNK_ROWS = 256 };

/* Floats of buffers on the stack: small batches, which one thread computes, need no other memory.
 */
enum { STACK_FLOATS = 4096 };

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
    float *slots[2]; /* outputs of a layer and of the one below, in turn */
    float *z;        /* the last layer's logits */
    float *targets;  /* labels as target values */
} chunk_buffers;

/* Floats of buffers for a row of a chunk. */
static size_t floats_per_row(const infer_job *job)
{
    return 2 * (job->widest + lw_net_outputs(job->net));
}

/* Computes a chunk's outputs, to where they are wanted. */
static lw_status forward_chunk(const infer_job *job, const chunk_buffers *buffers, lw_span rows,
                               const float **y)
{
    const lw_net *net = job->net;
    const size_t inputs = lw_net_inputs(net);
    const lw_forward forward = {
        .net = net,
        .pass = {.rows = rows.count},
        .rows = {0, rows.count},
        .x = {.floats = job->x + rows.first * inputs, .ld_floats = inputs},
        .slots = {{.floats = buffers->slots[0]}, {.floats = buffers->slots[1]}},
        .y = job->wanted->y ? job->wanted->y + rows.first * lw_net_outputs(net) : NULL,
        .z = buffers->z,
    };
    *y = forward.y ? forward.y : buffers->slots[(net->layer_count - 1) % 2];
    return lw_forward_run(&forward);
}

static lw_status classify_rows(const lw_net *net, size_t rows, const float *y, int32_t *label)
{
    const size_t outputs = lw_net_outputs(net);
    if (outputs > 1)
        return lw_argmax(rows, outputs, y, outputs, label);
    for (size_t i = 0; i < rows; i++)
        label[i] = y[i] > net->threshold;
    return LW_OK;
}

static lw_status infer_chunk(const infer_job *job, const chunk_buffers *buffers, lw_span rows)
{
    const lw_inference *wanted = job->wanted;
    const size_t outputs = lw_net_outputs(job->net);
    const float *y;
    lw_status status = forward_chunk(job, buffers, rows, &y);
    if (status == LW_OK && wanted->label)
        status = classify_rows(job->net, rows.count, y, wanted->label + rows.first);
    if (status == LW_OK && wanted->row_loss) {
        const lw_target target = lw_target_from(wanted->target, rows.first, outputs);
        status =
            lw_loss_rows(wanted->rule, rows.count, wanted->rule->from_logits ? buffers->z : y,
                         &target, buffers->targets, job->rows, wanted->row_loss + rows.first, NULL);
    }
    return status;
}

static lw_status infer_phase(void *user, size_t thread, size_t threads)
{
    const infer_job *job = user;
    float *memory = job->memory + thread * job->per_thread;
    float *behind_slots = memory + 2 * job->chunk * job->widest;
    const chunk_buffers buffers = {
        .slots = {memory, memory + job->chunk * job->widest},
        .z = behind_slots,
        .targets = behind_slots + job->chunk * lw_net_outputs(job->net),
    };
    lw_span rows;
    lw_pool_partition(job->rows, 1, thread, threads, &rows.first, &rows.count);
    const size_t end = rows.first + rows.count;
    lw_status status = LW_OK;
    for (; rows.first < end && status == LW_OK; rows.first += rows.count) {
        const size_t left = end - rows.first;
        rows.count = left < job->chunk ? left : job->chunk;
        status = infer_chunk(job, &buffers, rows);
    }
    return status;
}

static lw_status run_job(infer_job *job, size_t threads)
{
    static const lw_phase phases[] = {infer_phase};
    return lw_pool_run(threads, LW_KEEP_DENORMALS, job->net->isa, 1, phases, job);
}

static lw_status infer_on_stack(infer_job *job)
{
    _Alignas(LW_ALIGNMENT) float memory[STACK_FLOATS];
    job->chunk = job->rows;
    job->memory = memory;
    return run_job(job, 1);
}

static lw_status infer_on_heap(infer_job *job, size_t threads)
{
    size_t total;
    job->chunk = job->rows / threads + (job->rows % threads != 0);
    if (job->chunk > CHUNK_ROWS)
        job->chunk = CHUNK_ROWS;
    if (__builtin_mul_overflow(job->chunk, floats_per_row(job), &job->per_thread) ||
        __builtin_mul_overflow(job->per_thread, threads, &total) ||
        !(job->memory = lw_alloc_floats(total)))
        return lw_fail(LW_ENOMEM, "no memory to predict %zu rows", job->rows);
    const lw_status status = run_job(job, threads);
    free(job->memory);
    return status;
}

lw_status lw_infer(const lw_net *net, size_t rows, const float *x, const lw_inference *inference)
{
    if (rows == 0)
        return LW_OK;
    infer_job job = {
        .net = net, .wanted = inference, .rows = rows, .x = x, .widest = lw_net_widest(net)};
    const size_t threads = lw_pool_threads(net->threads, lw_net_flops(net, 1.0, rows));
    /* Nothing can fail once the first result is written: memory that products want is made before.
     */
    const lw_status status = lw_scratch_reserve();
    if (status != LW_OK)
        return status;
    return threads == 1 && rows <= STACK_FLOATS / floats_per_row(&job)
               ? infer_on_stack(&job)
               : infer_on_heap(&job, threads);
}

static lw_status check_arguments(const lw_net *net, size_t rows, const float *x, const void *result,
                                 const char *result_name)
{
    lw_status status = lw_check_net(net);
    if (status != LW_OK)
        return status;
    if (rows > 0 && (!x || !result))
        return lw_fail(LW_EINVAL, "%s is NULL", x ? result_name : "x");
    status = lw_check_rows("x", rows, lw_net_inputs(net));
    return status == LW_OK ? lw_check_rows(result_name, rows, lw_net_outputs(net)) : status;
}

/* Predicts through a separate buffer, where outputs would overwrite inputs not yet read. */
static lw_status predict_in_place(const lw_net *net, size_t rows, const float *x, float *y)
{
    const size_t count = rows * lw_net_outputs(net);
    float *made = lw_alloc_floats(count);
    if (!made)
        return lw_fail(LW_ENOMEM, "no memory for the outputs of %zu rows", rows);
    const lw_status status = lw_infer(net, rows, x, &(lw_inference){.y = made});
    if (status == LW_OK)
        memcpy(y, made, count * sizeof *y);
    free(made);
    return status;
}

static lw_status predict(const lw_net *net, size_t rows, const float *x, float *y)
{
    const lw_status status = check_arguments(net, rows, x, y, "y");
    if (status != LW_OK || rows == 0)
        return status;
    if (lw_overlap(x, rows * lw_net_inputs(net), y, rows * lw_net_outputs(net)))
        return predict_in_place(net, rows, x, y);
    return lw_infer(net, rows, x, &(lw_inference){.y = y});
}

lw_status lw_predict(const lw_net *net, size_t rows, const float *x, float *y)
{
    return lw_fail_in("lw_predict", predict(net, rows, x, y));
}

lw_status lw_classify(const lw_net *net, size_t rows, const float *x, int32_t *label)
{
    lw_status status = check_arguments(net, rows, x, label, "label");
    if (status == LW_OK)
        status = lw_infer(net, rows, x, &(lw_inference){.label = label});
    return lw_fail_in("lw_classify", status);
}
