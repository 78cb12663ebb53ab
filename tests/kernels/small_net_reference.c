#include "small_net_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct matrices {
    float *z, *y, *dz; /* rows x units */
};

static void must(lw_status status)
{
    if (status != LW_OK)
        abort();
}

static float *allocate(size_t count)
{
    float *const x = calloc(count + 1, sizeof *x);
    if (!x)
        abort();
    return x;
}

/* The rows of a matrix that the batch selects. */
static float *picked_rows(const struct small_net_case *c, const float *from, size_t cols)
{
    float *const to = allocate(c->batch.rows * cols);
    for (size_t i = 0; i < c->batch.rows; i++) {
        const size_t row = c->batch.index ? c->batch.index[i] : i;
        for (size_t j = 0; j < cols; j++)
            to[i * cols + j] = from[row * cols + j];
    }
    return to;
}

/* Z = X W + b. */
static void forward_chains(const struct small_net_case *c, size_t l, size_t in, const float *x,
                           float *z)
{
    const size_t out = c->plan.layers[l].units;
    must(lw_linear_forward(c->batch.rows, in, out, x, in, c->parameters + c->plan.w[l], out,
                           c->parameters + c->plan.b[l], LW_ACTIVATION_LINEAR, NULL, 0, z, out));
}

static float *target_values(const struct small_net_case *c)
{
    if (!c->batch.labels)
        return picked_rows(c, c->values, c->outputs);
    float *const values = allocate(c->batch.rows * c->outputs);
    for (size_t i = 0; i < c->batch.rows; i++) {
        const int32_t label = c->labels[c->batch.index ? c->batch.index[i] : i];
        if (c->outputs == 1)
            values[i] = (float)label;
        else
            values[i * c->outputs + (size_t)label] = 1.0f;
    }
    return values;
}

static void reference_loss(const struct small_net_case *c, const struct matrices *last,
                           float *row_loss)
{
    const size_t rows = c->batch.rows, n = c->outputs;
    float *const values = target_values(c);
    int32_t *const labels = malloc((rows + 1) * sizeof *labels);
    for (size_t i = 0; i < rows; i++)
        labels[i] = c->labels[c->batch.index ? c->batch.index[i] : i];
    const float scale = c->batch.scale;
    switch (c->batch.loss) {
    case LW_SMALL_NET_LOSS_SQUARED_ERROR:
        must(lw_squared_error(rows, n, last->y, n, values, n, scale, row_loss, last->dz, n));
        break;
    case LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY:
        must(
            lw_sigmoid_cross_entropy(rows, n, last->z, n, values, n, scale, row_loss, last->dz, n));
        break;
    case LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY:
        if (c->batch.labels && n > 1)
            must(lw_softmax_cross_entropy(rows, n, last->z, n, labels, scale, row_loss, last->dz,
                                          n));
        else
            must(lw_softmax_cross_entropy_probs(rows, n, last->z, n, values, n, scale, row_loss,
                                                last->dz, n));
        break;
    default:
        memcpy(last->dz, c->gradient, rows * n * sizeof *last->dz);
    }
    free(values);
    free(labels);
}

static void derive(const struct small_net_case *c, size_t l, const struct matrices *layer)
{
    const size_t rows = c->batch.rows, n = c->plan.layers[l].units;
    const lw_activation activation = c->plan.layers[l].activation;
    if (activation == LW_ACTIVATION_SOFTMAX)
        must(lw_softmax_backward(rows, n, layer->y, n, layer->dz, n, layer->dz, n));
    else
        must(lw_activate_backward(activation, rows * n,
                                  lw_activation_saves_input(activation) ? layer->z : layer->y,
                                  layer->dz, layer->dz));
}

/* Row sum over rows first .. first + rows - 1 of column i of x (or of 1) times column j of dz. */
static float row_sum(size_t rows, const float *x, size_t ldx, const float *dz, size_t lddz)
{
    const int has_fma = strcmp(lw_isa_name(), "scalar") != 0;
    float part[16] = {0.0f};
    for (size_t r = 0; r < rows; r++) {
        const float d = dz[r * lddz];
        part[r % 16] = !x        ? part[r % 16] + d
                       : has_fma ? fmaf(x[r * ldx], d, part[r % 16])
                                 : x[r * ldx] * d + part[r % 16];
    }
    for (size_t width = 8; width > 0; width /= 2) {
        for (size_t i = 0; i < width; i++)
            part[i] += part[i + width];
    }
    return part[0];
}

/* The expected value is itself within the bound of small_net.h. */
static void check_against_double(size_t rows, const float *x, size_t ldx, const float *dz,
                                 size_t lddz, float got)
{
    double sum = 0.0, magnitude = 0.0;
    for (size_t r = 0; r < rows; r++) {
        const double term = (x ? (double)x[r * ldx] : 1.0) * (double)dz[r * lddz];
        sum += term;
        magnitude += fabs(term);
    }
    const double n = 2.0 * ((double)rows / 16.0 + 6.0);
    if (magnitude < 0x1p120 && fabs((double)got - sum) > n * 0x1p-24 * magnitude + 0x1p-140)
        abort();
}

static void block_sums(const struct small_net_case *c, size_t l, size_t in, size_t first,
                       const float *x, const float *dz, float *sums)
{
    const size_t out = c->plan.layers[l].units, rest = c->batch.rows - first;
    const size_t rows = rest < LW_SMALL_NET_BLOCK_ROWS ? rest : LW_SMALL_NET_BLOCK_ROWS;
    x += first * in;
    dz += first * out;
    for (size_t j = 0; j < out; j++) {
        for (size_t i = 0; i < in; i++) {
            float *const sum = &sums[c->plan.w[l] + i * out + j];
            *sum = row_sum(rows, x + i, in, dz + j, out);
            check_against_double(rows, x + i, in, dz + j, out, *sum);
        }
        sums[c->plan.b[l] + j] = row_sum(rows, NULL, 0, dz + j, out);
    }
}

void small_net_reference(const struct small_net_case *c, struct small_net_results *want)
{
    const lw_small_net *plan = &c->plan;
    const size_t rows = c->batch.rows, last = plan->layer_count - 1;
    const size_t blocks = lw_small_net_blocks(rows);
    float *const inputs = picked_rows(c, c->x, plan->inputs);
    const float *x[LW_SMALL_NET_MAX_LAYERS + 1] = {inputs};
    size_t in[LW_SMALL_NET_MAX_LAYERS + 1] = {plan->inputs};
    struct matrices layer[LW_SMALL_NET_MAX_LAYERS];
    want->row_loss = allocate(rows);
    want->sums = allocate(blocks * plan->parameter_count);
    for (size_t l = 0; l <= last; l++) {
        const size_t n = plan->layers[l].units;
        layer[l] = (struct matrices){allocate(rows * n), allocate(rows * n), allocate(rows * n)};
        forward_chains(c, l, in[l], x[l], layer[l].z);
        if (plan->layers[l].activation == LW_ACTIVATION_SOFTMAX)
            must(lw_softmax(rows, n, layer[l].z, n, layer[l].y, n));
        else
            must(lw_activate(plan->layers[l].activation, rows * n, layer[l].z, layer[l].y));
        x[l + 1] = layer[l].y;
        in[l + 1] = n;
    }
    if (c->batch.loss != LW_SMALL_NET_LOSS_NONE)
        reference_loss(c, &layer[last], want->row_loss);
    if (c->batch.loss == LW_SMALL_NET_LOSS_SQUARED_ERROR ||
        c->batch.loss == LW_SMALL_NET_LOSS_OUTPUT_GRADIENT)
        derive(c, last, &layer[last]);
    for (size_t l = plan->layer_count; c->batch.loss != LW_SMALL_NET_LOSS_NONE && l-- > 0;) {
        const size_t n = plan->layers[l].units;
        for (size_t block = 0; block < blocks; block++)
            block_sums(c, l, in[l], block * LW_SMALL_NET_BLOCK_ROWS, x[l], layer[l].dz,
                       want->sums + block * plan->parameter_count);
        if (l == 0)
            break;
        must(lw_linear_backward_input(rows, in[l], n, layer[l].dz, n, c->parameters + plan->w[l], n,
                                      LW_ACTIVATION_LINEAR, NULL, 0, layer[l - 1].dz, in[l]));
        derive(c, l - 1, &layer[l - 1]);
    }
    want->y = layer[last].y;
    layer[last].y = NULL;
    for (size_t l = 0; l <= last; l++) {
        free(layer[l].z);
        free(layer[l].y);
        free(layer[l].dz);
    }
    free(inputs);
}
