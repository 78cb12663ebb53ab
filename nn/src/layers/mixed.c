/* The memory of networks in mixed precision. */
#include "mixed.h"

#include <stdlib.h>

/* Distance between rows, or between rows of pairs: a cache line more than they take, so that those of wide layers are
 * not a multiple of a page apart. */
static size_t distance(size_t cols, size_t line)
{
    return (cols + line - 1) / line * line + line;
}

/* Takes floats of memory, in whole lines. While memory is NULL it only counts; *overflow is set if that fails. */
typedef struct supply {
    float *memory;
    size_t count;
    int overflow;
} supply;

static float *take(supply *from, size_t rows, size_t floats)
{
    float *taken = from->memory ? from->memory + from->count : NULL;
    size_t count;
    from->overflow |= __builtin_mul_overflow(rows, floats, &count);
    from->overflow |= count > SIZE_MAX / sizeof(float) - LW_SECTION;
    count = from->overflow ? 0 : (count + LW_SECTION - 1) / LW_SECTION * LW_SECTION;
    from->overflow |= __builtin_add_overflow(from->count, count, &from->count);
    return taken;
}

static lw_bf16 *take_bf16(supply *from, size_t rows, size_t elements)
{
    return (lw_bf16 *)(void *)take(from, rows, elements / 2 + elements % 2);
}

static lw_mixed_matrix take_matrix(supply *from, size_t rows, size_t cols, int pairs)
{
    lw_mixed_matrix matrix = {.ld = distance(cols, (size_t)2 * LW_SECTION),
                              .ld_pairs = distance(cols, LW_SECTION)};
    matrix.rows = take_bf16(from, rows, matrix.ld);
    if (pairs)
        matrix.pairs = take_bf16(from, rows / 2 + rows % 2, 2 * matrix.ld_pairs);
    return matrix;
}

static void lay_out_weights(lw_net *net, supply *from)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const size_t in = net->layers[i].in, out = net->layers[i].spec.units;
        lw_mixed_layer *layer = &net->mixed->layers[i];
        layer->forward = take_bf16(from, 1, lw_bf16_packed_size(in, out));
        layer->backward = i > 0 ? take_bf16(from, 1, lw_bf16_packed_size(out, in)) : NULL;
    }
}

static void lay_out_workspace(lw_net *net, size_t rows, supply *from)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *of = &net->layers[i];
        lw_mixed_layer *layer = &net->mixed->layers[i];
        const int keeps_z =
            of != lw_last_layer(net) && lw_activation_saves_input(of->spec.activation);
        layer->x = take_matrix(from, rows, of->in, 1);
        layer->dz = take_matrix(from, rows, of->spec.units, 1);
        layer->z = keeps_z ? take_matrix(from, rows, of->spec.units, 0) : (lw_mixed_matrix){0};
    }
}

lw_status lw_mixed_create(lw_net *net)
{
    net->mixed = calloc(1, sizeof *net->mixed + net->layer_count * sizeof *net->mixed->layers);
    supply room = {0};
    if (net->mixed)
        lay_out_weights(net, &room);
    float *memory = net->mixed && !room.overflow ? lw_alloc_floats(room.count) : NULL;
    if (!memory)
        return lw_fail(LW_ENOMEM, "no memory for %zu weights in bf16", net->parameter_count);
    net->mixed->weights = memory;
    net->mixed->weights_count = room.count;
    net->mixed->stale = 1;
    room.memory = memory;
    room.count = 0;
    lay_out_weights(net, &room);
    return LW_OK;
}

void lw_mixed_destroy(lw_net *net)
{
    if (net->mixed) {
        free(net->mixed->weights);
        free(net->mixed->workspace);
    }
    free(net->mixed);
}

lw_status lw_mixed_reserve(lw_net *net, size_t rows)
{
    lw_mixed_net *mixed = net->mixed;
    supply room = {0};
    /* Measuring leaves no pointers behind: they are laid out anew, in case of failure in the old memory. */
    lay_out_workspace(net, rows, &room);
    float *memory = room.overflow ? NULL : lw_alloc_floats(room.count);
    const size_t laid_out = memory ? rows : net->workspace_rows;
    if (memory) {
        free(mixed->workspace);
        mixed->workspace = memory;
        mixed->workspace_count = room.count;
    }
    room.memory = mixed->workspace;
    room.count = 0;
    lay_out_workspace(net, laid_out, &room);
    return memory ? LW_OK : lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows in bf16", rows);
}
