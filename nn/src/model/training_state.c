/*
 * Saves and loads the state of a training run: a saved network with additional tensors and metadata
 * from which the run continues. Moments have PyTorch's names and definitions.
 */
#include "base/memory.h"
#include "layers/kinds.h"
#include "model_file.h"
#include "state_dict.h"
#include "train/optimizer.h"
#include "train/parameters.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEY_STATE     "training_state" /* version of the state */
#define KEY_EPOCHS    "epochs"
#define KEY_BATCHES   "batches"
#define KEY_LOSS      "loss"
#define KEY_SEED      "seed"
#define KEY_GENERATOR "generator"
#define KEY_PRECISION "precision"
#define KEY_OPTIMIZER "optimizer.kind"
#define KEY_STEPS     "optimizer.steps"
#define KEY_MOMENTS   "optimizer.moments"

#define STATE_VERSION "2"

enum { DECIMAL_BYTES = 24, MAX_MOMENTS = 2 };

static const char *const precision_names[] = {
    [LW_PRECISION_FP32] = "fp32", [LW_PRECISION_BF16] = "bf16"};

/* Indexed by lw_optimizer_kind. */
static const struct {
    const char *name;
    size_t min_moments, max_moments;
    const char *prefixes[MAX_MOMENTS];
} kinds[] = {
    [LW_OPTIMIZER_DEFAULT] = {"none", 0, 0, {NULL}},
    [LW_OPTIMIZER_SGD] = {"sgd", 0, 1, {"optimizer.momentum_buffer."}},
    [LW_OPTIMIZER_ADAM] = {"adam", 2, 2, {"optimizer.exp_avg.", "optimizer.exp_avg_sq."}},
    [LW_OPTIMIZER_ADAMW] = {"adamw", 2, 2, {"optimizer.exp_avg.", "optimizer.exp_avg_sq."}},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const lw_view moment_views[MAX_MOMENTS] = {LW_VIEW_VELOCITY, LW_VIEW_VARIANCE};

/* The number of moments in use. */
static size_t moment_count(const lw_net *net)
{
    const lw_optimizer_state *state = &net->optimizer;
    return state->kind == LW_OPTIMIZER_SGD ? state->velocity != NULL
                                           : kinds[state->kind].max_moments;
}

lw_status lw_net_optimizer_info(const lw_net *net, lw_optimizer_info *info)
{
    if (!net || !info)
        return lw_fail(LW_EINVAL, "lw_net_optimizer_info: %s is NULL", net ? "info" : "net");
    *info = (lw_optimizer_info){
        .kind = net->optimizer.kind, .steps = net->optimizer.steps, .moments = moment_count(net)};
    return LW_OK;
}

/* ---- Saving ------------------------------------------------------------------------------- */

typedef char decimal[DECIMAL_BYTES];

static void print_decimal(decimal text, uint64_t number)
{
    snprintf(text, DECIMAL_BYTES, "%" PRIu64, number);
}

/* The bits of a double as an integer: exact in text, independent of the locale. */
static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

lw_status lw_net_save_state(const lw_net *net, const lw_position *position, const char *path)
{
    lw_status status = lw_model_check_arguments("lw_net_save_state", net, path);
    if (status != LW_OK)
        return status;
    if (!position)
        return lw_fail(LW_EINVAL, "lw_net_save_state: position is NULL");
    if (!isfinite(position->loss))
        return lw_fail(LW_EINVAL, "%s: the loss of the position is %g", path, position->loss);
    const lw_optimizer_state *state = &net->optimizer;
    const size_t moments = moment_count(net), count = net->parameter_count;
    float *flat = calloc(count, (1 + moments) * sizeof *flat);
    if (!flat)
        return lw_no_memory(path, "the parameters");
    lw_saved_view views[1 + MAX_MOMENTS] = {{"", flat}};
    lw_view_get(net, LW_VIEW_PARAMETERS, flat);
    for (size_t i = 0; i < moments; i++) {
        float *moment = flat + (1 + i) * count;
        /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): moments is at most MAX_MOMENTS */
        lw_view_get(net, moment_views[i], moment);
        views[1 + i] = (lw_saved_view){kinds[state->kind].prefixes[i], moment};
    }

    decimal epochs, batches, loss, seed, generator, steps, moment_text;
    print_decimal(epochs, position->epochs);
    print_decimal(batches, position->batches);
    print_decimal(loss, bits_of(position->loss));
    print_decimal(seed, net->seed);
    print_decimal(generator, net->random.state);
    print_decimal(steps, state->steps);
    print_decimal(moment_text, moments);
    const lw_metadata metadata[] = {
        {KEY_STATE, STATE_VERSION},
        {KEY_EPOCHS, epochs},
        {KEY_BATCHES, batches},
        {KEY_LOSS, loss},
        {KEY_SEED, seed},
        {KEY_GENERATOR, generator},
        {KEY_PRECISION, precision_names[lw_net_precision(net)]},
        {KEY_OPTIMIZER, kinds[state->kind].name},
        {KEY_STEPS, steps},
        {KEY_MOMENTS, moment_text},
    };
    _Static_assert(sizeof metadata / sizeof *metadata <= LW_EXTRA_METADATA,
                   "metadata fits lw_model_write");
    status =
        lw_model_write(net, 1 + moments, views, sizeof metadata / sizeof *metadata, metadata, path);
    free(flat);
    return status;
}

/* ---- Loading ------------------------------------------------------------------------------ */

/* The contents of a file, checked against the network. */
typedef struct read_state {
    lw_position position;
    uint64_t seed, generator, steps, moments;
    size_t kind;                   /* in kinds */
    float *views[1 + MAX_MOMENTS]; /* flat: parameters and moments */
    float *buffers[MAX_MOMENTS];   /* memory for the moments, in the layout of the network */
} read_state;

static lw_status get_text(const lw_safetensors *file, const char *key, const char **text)
{
    return lw_metadata_text(file, key, "lw_net_save_state", text);
}

static lw_status get_number(const lw_safetensors *file, const char *key, uint64_t max,
                            uint64_t *number)
{
    const char *text;
    const lw_status status = get_text(file, key, &text);
    if (status != LW_OK)
        return status;
    return lw_parse_decimal(text, max, number) ? LW_OK : lw_metadata_invalid(file, key, text);
}

static lw_status check_precision(const lw_safetensors *file, const lw_net *net)
{
    const char *text, *expected = precision_names[lw_net_precision(net)];
    lw_status status = get_text(file, KEY_PRECISION, &text);
    if (status != LW_OK || strcmp(text, expected) == 0)
        return status;
    if (strcmp(text, precision_names[LW_PRECISION_FP32]) != 0 &&
        strcmp(text, precision_names[LW_PRECISION_BF16]) != 0)
        return lw_metadata_invalid(file, KEY_PRECISION, text);
    return lw_fail(LW_ESTATE, "%s: the state has precision %s, the network %s",
                   lw_safetensors_path(file), text, expected);
}

static lw_status read_optimizer(const lw_safetensors *file, read_state *read)
{
    const char *text;
    lw_status status = get_text(file, KEY_OPTIMIZER, &text);
    if (status != LW_OK)
        return status;
    while (read->kind < KINDS && strcmp(text, kinds[read->kind].name) != 0)
        read->kind++;
    if (read->kind == KINDS)
        return lw_metadata_invalid(file, KEY_OPTIMIZER, text);
    const int none = read->kind == LW_OPTIMIZER_DEFAULT;
    /* The number of the next step must not overflow. */
    status = get_number(file, KEY_STEPS, none ? 0 : UINT64_MAX - 1, &read->steps);
    if (status == LW_OK)
        status = get_number(file, KEY_MOMENTS, kinds[read->kind].max_moments, &read->moments);
    if (status == LW_OK && read->moments < kinds[read->kind].min_moments)
        status = lw_fail(LW_EFORMAT, "%s: __metadata__: '%s' is '%" PRIu64 "', but %s has %zu",
                         lw_safetensors_path(file), KEY_MOMENTS, read->moments, text,
                         kinds[read->kind].min_moments);
    return status;
}

static lw_status read_position(const lw_safetensors *file, lw_position *position)
{
    uint64_t epochs, batches, bits;
    lw_status status = get_number(file, KEY_EPOCHS, SIZE_MAX, &epochs);
    if (status == LW_OK)
        status = get_number(file, KEY_BATCHES, SIZE_MAX, &batches);
    if (status == LW_OK)
        status = get_number(file, KEY_LOSS, UINT64_MAX, &bits);
    if (status != LW_OK)
        return status;
    double loss;
    memcpy(&loss, &bits, sizeof loss);
    if (!isfinite(loss))
        return lw_metadata_invalid(file, KEY_LOSS, lw_safetensors_metadata(file, KEY_LOSS));
    *position = (lw_position){(size_t)epochs, (size_t)batches, loss};
    return LW_OK;
}

static lw_status read_metadata(const lw_safetensors *file, const lw_net *net, read_state *read)
{
    const char *version;
    lw_status status = get_text(file, KEY_STATE, &version);
    if (status == LW_OK && strcmp(version, STATE_VERSION) != 0)
        status = lw_metadata_invalid(file, KEY_STATE, version);
    if (status == LW_OK)
        status = read_position(file, &read->position);
    if (status == LW_OK)
        status = get_number(file, KEY_SEED, UINT64_MAX, &read->seed);
    if (status == LW_OK)
        status = get_number(file, KEY_GENERATOR, UINT64_MAX, &read->generator);
    if (status == LW_OK)
        status = check_precision(file, net);
    return status == LW_OK ? read_optimizer(file, read) : status;
}

static lw_status check_layers(const lw_safetensors *file, const lw_net *net, const lw_net *saved)
{
    const char *path = lw_safetensors_path(file);
    if (saved->layer_count != net->layer_count)
        return lw_fail(LW_ESHAPE, "%s: the state has %zu layers, the network %zu", path,
                       saved->layer_count, net->layer_count);
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = net->layers[i], *other = saved->layers[i];
        const char *name = lw_layer_name(&layer->spec), *other_name = lw_layer_name(&other->spec);
        if (other->in != layer->in || other->out != layer->out)
            return lw_fail(LW_ESHAPE,
                           "%s: layer %zu of the state is %zu-%zu, of the network %zu-%zu", path, i,
                           other->in, other->out, layer->in, layer->out);
        if (strcmp(name, other_name) != 0)
            return lw_fail(LW_ESHAPE,
                           "%s: layer %zu of the state has activation %s, of the network %s", path,
                           i, other_name, name);
    }
    return LW_OK;
}

/* The second moment is a mean of squares; the update takes its square root. */
static lw_status check_variance(const lw_safetensors *file, const lw_net *net,
                                const float *variance)
{
    for (size_t i = 0; variance && i < net->parameter_count; i++)
        if (variance[i] < 0.0f)
            return lw_fail(LW_EDATA, "%s: '%s*', parameter %zu is %g, below 0",
                           lw_safetensors_path(file), kinds[LW_OPTIMIZER_ADAM].prefixes[1], i,
                           (double)variance[i]);
    return LW_OK;
}

/* A state must have all tensors, also biases, which are optional in other files. */
static lw_status check_names(const lw_safetensors *file, const char *prefix, const lw_net *net)
{
    for (size_t i = 0, module = 0; i < net->layer_count; i++) {
        const lw_layer *layer = net->layers[i];
        for (size_t k = 0; k < layer->tensor_count; k++) {
            char name[LW_PREFIXED_NAME_BYTES];
            lw_name_prefixed(name, prefix, module, layer->tensors[k].name);
            if (!lw_safetensors_find(file, name))
                return lw_fail(LW_ESHAPE, "%s: no tensor '%s'", lw_safetensors_path(file), name);
        }
        module += layer->kind->modules(layer);
    }
    return LW_OK;
}

static lw_status read_view(const lw_safetensors *file, const char *prefix, const lw_net *net,
                           float **view)
{
    const lw_status status = check_names(file, prefix, net);
    return status == LW_OK ? lw_state_dict_read(file, prefix, net->layers, net->layer_count, view)
                           : status;
}

static lw_status read_tensors(const lw_safetensors *file, const lw_net *net, read_state *read)
{
    lw_net *saved;
    lw_status status = lw_model_outline(file, &saved);
    if (status == LW_OK)
        status = check_layers(file, net, saved);
    lw_net_destroy(saved);
    if (status == LW_OK)
        status = read_view(file, "", net, &read->views[0]);
    for (size_t i = 0; i < read->moments && status == LW_OK; i++) {
        status = read_view(file, kinds[read->kind].prefixes[i], net, &read->views[1 + i]);
        read->buffers[i] = lw_alloc_floats(net->padded_count);
        if (status == LW_OK && !read->buffers[i])
            status = lw_no_memory(lw_safetensors_path(file), "the optimizer's state");
    }
    return status == LW_OK ? check_variance(file, net, read->views[2]) : status;
}

/* Moves the state to the network. Cannot fail. */
static void adopt(lw_net *net, read_state *read)
{
    lw_optimizer_reset(net);
    net->optimizer = (lw_optimizer_state){.kind = (lw_optimizer_kind)read->kind,
                                          .steps = read->steps,
                                          .velocity = read->buffers[0],
                                          .variance = read->buffers[1]};
    lw_view_set(net, LW_VIEW_PARAMETERS, read->views[0]);
    for (size_t i = 0; i < read->moments; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): as above */
        lw_view_set(net, moment_views[i], read->views[1 + i]);
    net->seed = read->seed;
    net->random.state = read->generator;
    lw_parameters_changed(net);
    net->pass = (lw_pass_record){0};
}

lw_status lw_net_load_state(lw_net *net, lw_position *position, const char *path)
{
    lw_status status = lw_model_check_arguments("lw_net_load_state", net, path);
    if (status != LW_OK)
        return status;
    if (!position)
        return lw_fail(LW_EINVAL, "lw_net_load_state: position is NULL");
    lw_safetensors *file;
    status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;
    read_state read = {0};
    status = read_metadata(file, net, &read);
    if (status == LW_OK)
        status = read_tensors(file, net, &read);
    if (status == LW_OK) {
        adopt(net, &read);
        *position = read.position;
    } else {
        for (size_t i = 0; i < MAX_MOMENTS; i++)
            free(read.buffers[i]);
    }
    for (size_t i = 0; i < 1 + MAX_MOMENTS; i++)
        free(read.views[i]);
    lw_safetensors_close(file);
    return status;
}
