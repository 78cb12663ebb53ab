/* Mutants of small-network kernels. */
#include "mutants.h"

#include <string.h>

static size_t outputs_of(const struct lw_small_net_block *block)
{
    return block->net->layers[block->net->layer_count - 1].units;
}

static void last_row_left_out(const struct lw_small_net_block *block)
{
    struct lw_small_net_block less = *block;
    less.rows -= less.rows > 1;
    good_isa->small_net_block(&less);
}
static void edit_last_row(struct lw_isa *isa)
{
    isa->small_net_block = last_row_left_out;
}

/* Adds the sums of two halves of a block. */
static void sums_of_halves(const struct lw_small_net_block *block)
{
    float first[2048];
    struct lw_small_net_block half = *block;
    good_isa->small_net_block(block);
    if (!block->sums || block->rows < 20)
        return;
    half.rows = block->rows / 2;
    half.sums = first;
    good_isa->small_net_block(&half);
    half.first += half.rows;
    half.rows = block->rows - half.rows;
    half.sums = block->sums;
    good_isa->small_net_block(&half);
    for (size_t i = 0; i < block->net->parameter_count; i++)
        block->sums[i] += first[i];
}
static void edit_tree(struct lw_isa *isa)
{
    isa->small_net_block = sums_of_halves;
}

static void bias_gradient_missing(const struct lw_small_net_block *block)
{
    const lw_small_net *net = block->net;
    good_isa->small_net_block(block);
    for (size_t l = 0; block->sums && l < net->layer_count; l++)
        memset(block->sums + net->b[l], 0, net->layers[l].units * sizeof(float));
}
static void edit_bias(struct lw_isa *isa)
{
    isa->small_net_block = bias_gradient_missing;
}

static void block_with(const struct lw_small_net_block *block, const lw_small_net_batch *batch)
{
    struct lw_small_net_block other = *block;
    other.batch = batch;
    good_isa->small_net_block(&other);
}

static void output_derivative_missing(const struct lw_small_net_block *block)
{
    lw_small_net_batch batch = *block->batch;
    if (batch.loss == LW_SMALL_NET_LOSS_OUTPUT_GRADIENT)
        batch.loss = LW_SMALL_NET_LOSS_LOGIT_GRADIENT;
    block_with(block, &batch);
}
static void edit_output_derivative(struct lw_isa *isa)
{
    isa->small_net_block = output_derivative_missing;
}

static void next_label(const struct lw_small_net_block *block)
{
    int32_t labels[4096];
    lw_small_net_batch batch = *block->batch;
    const size_t rows = batch.rows + batch.rows / 2 + 1, outputs = outputs_of(block);
    for (size_t i = 0; batch.labels && i < (batch.index ? rows : batch.rows); i++)
        labels[i] = (batch.labels[i] + 1) % (outputs == 1 ? 2 : (int32_t)outputs);
    batch.labels = batch.labels ? labels : NULL;
    block_with(block, &batch);
}
static void edit_label(struct lw_isa *isa)
{
    isa->small_net_block = next_label;
}

static void index_of_first_block(const struct lw_small_net_block *block)
{
    lw_small_net_batch batch = *block->batch;
    if (batch.index)
        batch.index -= block->first;
    block_with(block, &batch);
}
static void edit_stale_index(struct lw_isa *isa)
{
    isa->small_net_block = index_of_first_block;
}

static void target_of_next_row(const struct lw_small_net_block *block)
{
    lw_small_net_batch batch = *block->batch;
    int first_row_picked = 0;
    for (size_t i = 0; batch.index && i < batch.rows; i++)
        first_row_picked |= batch.index[i] == 0;
    if (batch.values && batch.index && !first_row_picked)
        batch.values -= outputs_of(block);
    block_with(block, &batch);
}
static void edit_target(struct lw_isa *isa)
{
    isa->small_net_block = target_of_next_row;
}

static void reads_a_row_on(const struct lw_small_net_block *block)
{
    const lw_small_net_batch *batch = block->batch;
    if (!batch->index && block->rows > 0 && block->first + block->rows == batch->rows) {
        const volatile float beyond =
            *(const volatile float *)(batch->x + batch->rows * block->net->inputs);
        (void)beyond;
    }
    good_isa->small_net_block(block);
}
static void edit_reads_on(struct lw_isa *isa)
{
    isa->small_net_block = reads_a_row_on;
}

/* Adds 0 times the lanes past the last row, which contain NaN if biases overflow. */
static void idle_lanes_counted(const struct lw_small_net_block *block)
{
    good_isa->small_net_block(block);
    const float bias = block->parameters[block->net->b[0]];
    for (size_t i = 0; block->sums && block->rows % 16 != 0 && i < block->net->parameter_count; i++)
        block->sums[i] += 0.0f * (bias * 2.0f);
}
static void edit_idle_lanes(struct lw_isa *isa)
{
    isa->small_net_block = idle_lanes_counted;
}

static void nan_row_skipped(const struct lw_small_net_block *block)
{
    lw_small_net_batch batch = *block->batch;
    block_with(block, &batch);
    for (size_t i = 0; batch.row_loss && i < block->rows; i++) {
        float *const loss = &batch.row_loss[block->first + i];
        *loss = *loss == *loss ? *loss : 0.0f;
    }
}
static void edit_nan(struct lw_isa *isa)
{
    isa->small_net_block = nan_row_skipped;
}

static void hidden_derivative_missing(const struct lw_small_net_block *block)
{
    lw_small_net net = *block->net;
    struct lw_small_net_block other = *block;
    /* Leaky ReLU as ReLU: only negative inputs differ. */
    for (size_t l = 0; l + 1 < net.layer_count; l++)
        if (net.layers[l].activation == LW_ACTIVATION_LEAKY_RELU)
            net.layers[l].activation = LW_ACTIVATION_RELU;
    other.net = &net;
    good_isa->small_net_block(&other);
}
static void edit_derivative(struct lw_isa *isa)
{
    isa->small_net_block = hidden_derivative_missing;
}

static const struct mutant mutants[] = {
    {"last row of a block left out", "small_net", NULL, edit_last_row, NULL},
    {"sums in another order", "small_net", NULL, edit_tree, NULL},
    {"gradient of biases missing", "small_net", NULL, edit_bias, NULL},
    {"derivative at the outputs missing", "small_net", NULL, edit_output_derivative, NULL},
    {"negative slope missing", "small_net", NULL, edit_derivative, NULL},
    {"target of another label", "small_net", NULL, edit_label, NULL},
    {"index of the first block", "small_net", NULL, edit_stale_index, NULL},
    {"target of another row", "small_net", NULL, edit_target, NULL},
    {"reads past the last row", "small_net", NULL, edit_reads_on, NULL},
    {"idle lanes counted", "special_small_net", NULL, edit_idle_lanes, NULL},
    {"NaN does not reach the loss", "special_small_net", NULL, edit_nan, NULL},
};
const struct mutant_list mutants_of_small_net = {mutants, sizeof mutants / sizeof *mutants};
