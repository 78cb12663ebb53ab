/* Creates networks from files that contain only weights. */
#include "base/options.h"
#include "data/table.h"
#include "import_order.h"
#include "model_file.h"
#include "state_dict.h"
#include "train/create.h"

#include <stdlib.h>

static lw_status check_options(const char *function, const lw_import_options *options)
{
    if (!lw_activation_is_elementwise(options->hidden))
        return lw_fail(LW_EINVAL, "%s: hidden layers cannot have activation %d", function,
                       (int)options->hidden);
    if (!lw_activation_is_elementwise(options->output) && options->output != LW_ACTIVATION_SOFTMAX)
        return lw_fail(LW_EINVAL, "%s: unknown activation %d", function, (int)options->output);
    if (options->order_count > 0 && !options->order)
        return lw_fail(LW_EINVAL, "%s: options->order is NULL", function);
    for (size_t i = 0; i < options->order_count; i++)
        if (!options->order[i])
            return lw_fail(LW_EINVAL, "%s: options->order[%zu] is NULL", function, i);
    return LW_OK;
}

/* Refuses a slope of leaky ReLU other than that of LW_ACTIVATION_LEAKY_RELU, as stated by the
 * options or by the file's metadata. */
static lw_status check_slope(const lw_safetensors *file, const lw_import_options *options)
{
    static const char key[] = "negative_slope";
    if (options->hidden != LW_ACTIVATION_LEAKY_RELU && options->output != LW_ACTIVATION_LEAKY_RELU)
        return LW_OK;
    const char *text = lw_safetensors_metadata(file, key);
    double slope = options->negative_slope;
    if (slope == 0.0 && text && !lw_parse_number(text, &slope))
        return lw_metadata_invalid(file, key, text);
    if ((slope == 0.0 && !text) || (float)slope == LW_LEAKY_SLOPE)
        return LW_OK;
    return lw_fail(LW_ESHAPE, "%s: leaky ReLU with slope %g is not supported, only %g",
                   lw_safetensors_path(file), slope, (double)LW_LEAKY_SLOPE);
}

/* The layers of a file, in order. */
typedef struct import_plan {
    lw_import_modules modules;
    lw_import_module **chain;
    size_t layer_count;
    lw_layer_spec *specs;
    const lw_stored_tensor **weights;
} import_plan;

static void free_plan(import_plan *plan)
{
    free(plan->specs);
    free(plan->weights);
    free(plan->chain);
    lw_import_modules_free(&plan->modules);
}

/* Finds the layers. Call free_plan also after a failure. */
static lw_status make_plan(import_plan *plan, const lw_safetensors *file,
                           const lw_import_options *options)
{
    lw_import_modules *modules = &plan->modules;
    lw_status status = lw_import_modules_find(modules, file, options->prefix);
    /* Unsupported kinds are refused before the order of the others is examined. */
    if (status == LW_OK && !options->partial)
        status = lw_import_modules_refuse(modules);
    if (status != LW_OK)
        return status;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
    plan->chain = calloc(modules->module_count, sizeof(*plan->chain));
    plan->specs = calloc(modules->module_count, sizeof(*plan->specs));
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the same */
    plan->weights = calloc(modules->module_count, sizeof(*plan->weights));
    if (!plan->chain || !plan->specs || !plan->weights)
        return lw_fail(LW_ENOMEM, "lw_net_import: no memory for %zu layers", modules->module_count);
    status = lw_import_order(modules, options, plan->chain, &plan->layer_count);
    if (status == LW_OK && !options->partial)
        status = lw_import_modules_refuse(modules);
    for (size_t i = 0; i < plan->layer_count && status == LW_OK; i++) {
        plan->weights[i] = plan->chain[i]->weight;
        plan->specs[i] = (lw_layer_spec){.units = plan->weights[i]->shape[0],
                                         .activation = i + 1 < plan->layer_count ? options->hidden
                                                                                 : options->output};
    }
    return status;
}

/* Creates the network of a plan with the parameters of the file. */
static lw_status create(const import_plan *plan, lw_net **net)
{
    const lw_architecture of = {.inputs = plan->weights[0]->shape[1],
                                .specs = plan->specs,
                                .layer_count = plan->layer_count,
                                .isa = lw_isa_current()};
    lw_net *outline = NULL, *made = NULL;
    float *parameters = NULL;
    lw_status status = lw_net_outline(&outline, &of);
    if (status == LW_OK)
        status = lw_state_dict_read_weights(plan->modules.file, plan->weights, plan->layer_count,
                                            outline->layers, outline->layer_count, &parameters);
    if (status == LW_OK)
        status = lw_net_create_mlp(&made, of.inputs, of.specs, of.layer_count, 0);
    if (status == LW_OK)
        status = lw_net_set_parameters(made, parameters);
    free(parameters);
    lw_net_destroy(outline);
    if (status == LW_OK)
        *net = made;
    else
        lw_net_destroy(made);
    return status;
}

static lw_status import(const char *function, lw_net **net, const char *path,
                        const lw_import_options *options)
{
    lw_status status = check_options(function, options);
    if (status != LW_OK)
        return status;
    lw_safetensors *file;
    status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;
    import_plan plan = {0};
    status = check_slope(file, options);
    if (status == LW_OK)
        status = make_plan(&plan, file, options);
    if (status == LW_OK)
        status = create(&plan, net);
    if (status == LW_OK)
        lw_import_modules_report(&plan.modules, options->on_unplaced, options->user);
    free_plan(&plan);
    lw_safetensors_close(file);
    return status;
}

lw_status lw_net_import(lw_net **net, const char *path, lw_activation hidden, lw_activation output)
{
    static const char function[] = "lw_net_import";
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function, net ? "path" : "net");
    const lw_import_options options = {.hidden = hidden, .output = output};
    return import(function, net, path, &options);
}

lw_status lw_net_import_with(lw_net **net, const char *path, const lw_import_options *options)
{
    static const char function[] = "lw_net_import_with";
    lw_import_options known;
    if (!net || !path || !options)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function,
                       !net    ? "net"
                       : !path ? "path"
                               : "options");
    const lw_status status =
        lw_read_options(function, LW_OPTIONS_TYPE(lw_import_options, user), &known, options);
    return status == LW_OK ? import(function, net, path, &known) : status;
}
