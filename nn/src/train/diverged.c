/* Messages for diverged training: finds the first parameter, output or gradient that is not finite.
 */
#include "diverged.h"

#include "base/finite.h"
#include "forward.h"
#include "parameters.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOCATION_BYTES = 240 };

typedef char location_text[LOCATION_BYTES];

/* Writes "layer 1 (512 -> 256, relu): " and returns its length. */
static size_t begin_location(location_text location, const lw_net *net, size_t layer)
{
    const lw_layer *l = net->layers[layer];
    return (size_t)snprintf(location, LOCATION_BYTES, "layer %zu (%zu -> %zu, %s): ", layer, l->in,
                            l->out, lw_activation_name(l->spec.activation));
}

/* Searches the row-major values of a tensor. Returns 1 and the location of a value that is not
 * finite, or 0. */
static int find_in_tensor(const lw_net *net, lw_tensor_at at, const char *of, const float *values,
                          location_text location)
{
    const lw_tensor *tensor = at.tensor;
    const size_t count = lw_tensor_count(tensor), found = lw_find_nonfinite(count, values);
    if (found == count)
        return 0;
    size_t length = begin_location(location, net, at.layer);
    length +=
        (size_t)snprintf(location + length, LOCATION_BYTES - length, "%s%s ", of, tensor->name);
    if (tensor->is_matrix)
        length += (size_t)snprintf(location + length, LOCATION_BYTES - length, "[%zu]",
                                   found / tensor->cols);
    snprintf(location + length, LOCATION_BYTES - length, "[%zu] is %g", found % tensor->cols,
             (double)values[found]);
    return 1;
}

/* Returns 1 and the location of a parameter that is not finite, or 0. */
static int find_parameter(const lw_net *net, location_text location)
{
    if (lw_are_finite(net->padded_count, net->parameters))
        return 0;
    snprintf(location, LOCATION_BYTES, "a parameter is not finite");
    int found = 0;
    for (lw_tensor_at at = {0}; !found && lw_next_tensor(net, &at);) {
        float *values = calloc(lw_tensor_count(at.tensor), sizeof *values);
        if (!values)
            break;
        lw_view_get_tensor(net, LW_VIEW_PARAMETERS, at.tensor, values);
        found = find_in_tensor(net, at, "", values, location);
        free(values);
    }
    return 1;
}

lw_status lw_check_parameters(const lw_net *net, lw_status status, const char *prefix)
{
    location_text location;
    return find_parameter(net, location) ? lw_fail(status, "%s%s", prefix, location) : LW_OK;
}

/* ---- Outputs ------------------------------------------------------------------------------ */

/* The forward pass of a single row. */
typedef struct row_search {
    lw_forward forward;
    lw_matrix x; /* the row in bf16 */
    float *z;
    float *memory;
} row_search;

static lw_status start_search(row_search *search, const lw_net *net, int training)
{
    const size_t inputs = lw_net_inputs(net), widest = lw_net_widest(net);
    *search = (row_search){.forward = {.net = net, .pass = {.training = training, .rows = 1}}};
    for (int placing = 0; placing < 2; placing++) {
        lw_arena arena = {.memory = search->memory};
        search->z = lw_arena_floats(&arena, 1, widest);
        lw_matrix_place_bf16(&search->x, &arena, 1, inputs, 0);
        for (size_t i = 0; i < 2; i++) {
            lw_matrix_place_bf16(&search->forward.slots[i], &arena, 1, widest, 0);
            lw_matrix_place_floats(&search->forward.slots[i], &arena, 1, widest);
        }
        if (!placing && !(search->memory = lw_alloc_floats(arena.count)))
            return LW_ENOMEM;
    }
    search->forward.rows.count = 1;
    return LW_OK;
}

/* Returns the first layer before end with an output or pre-activation that is not finite, and its
 * number in *output; or end. */
static size_t find_layer(row_search *search, const float *x, size_t end, size_t *output)
{
    lw_forward *forward = &search->forward;
    const lw_net *net = forward->net;
    lw_matrix row = search->x;
    row.floats = (float *)x; /* only read: rounded to row.rows */
    row.ld_floats = lw_net_inputs(net);
    if (lw_matrix_round(&row, 1, row.ld_floats) != LW_OK)
        return end;
    forward->x = lw_operand_from(&row, 0);
    for (size_t i = 0; i < end; i++) {
        const size_t out = net->layers[i]->out;
        if (lw_forward_layer(forward, i, search->z) != LW_OK)
            return end;
        *output = lw_find_nonfinite(out, search->z);
        if (*output == out)
            *output = lw_find_nonfinite(out, forward->slots[i % 2].floats);
        if (*output < out)
            return i;
    }
    return end;
}

static const float *row_of(const lw_net *net, const lw_batch *batch, size_t row)
{
    const size_t inputs = lw_net_inputs(net);
    return batch->gather ? batch->gather->data->x + batch->index[row] * inputs
                         : batch->x + row * inputs;
}

static void find_output(row_search *search, const lw_batch *batch, location_text location)
{
    const lw_net *net = search->forward.net;
    snprintf(location, LOCATION_BYTES, "all parameters and outputs are finite");
    size_t layer = net->layer_count;
    for (size_t row = 0; row < batch->rows && layer > 0; row++) {
        size_t output = 0;
        const size_t found = find_layer(search, row_of(net, batch, row), layer, &output);
        if (found == layer)
            continue;
        layer = found;
        const size_t length = begin_location(location, net, layer);
        snprintf(location + length, LOCATION_BYTES - length,
                 "output %zu is not finite for row %zu of the %s", output,
                 batch->gather ? batch->index[row] : row, batch->gather ? "data" : "batch");
    }
}

static lw_status fail_rows(const lw_net *net, const lw_batch *batch, int training,
                           const char *prefix)
{
    location_text location;
    if (find_parameter(net, location))
        return lw_loss_not_finite(prefix, location);
    row_search search;
    if (start_search(&search, net, training) != LW_OK)
        return lw_loss_not_finite(prefix, NULL);
    const lw_isa *const isa_before = lw_isa_enter(net->isa);
    find_output(&search, batch, location);
    lw_isa_enter(isa_before);
    free(search.memory);
    return lw_loss_not_finite(prefix, location);
}

lw_status lw_fail_loss(const lw_net *net, const lw_batch *batch, const char *prefix)
{
    return fail_rows(net, batch, 1, prefix);
}

lw_status lw_fail_evaluation(const lw_net *net, size_t rows, const float *x, const char *prefix)
{
    return fail_rows(net, &(lw_batch){.rows = rows, .x = x}, 0, prefix);
}

lw_status lw_fail_gradients(const lw_net *net, const char *prefix)
{
    location_text location;
    snprintf(location, sizeof(location_text), "a gradient is not finite");
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);)
        if (find_in_tensor(net, at, "the gradient of ", net->gradients + at.tensor->gradient,
                           location))
            break;
    return lw_fail(LW_EDIVERGED, "%sthe norm of the gradients is not finite: %s", prefix, location);
}
