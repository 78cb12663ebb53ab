/* Networks made from networks: with another layer, in another precision, and copies. */
#include "base/message.h"
#include "create.h"
#include "data/schema.h"
#include "optimizer.h"
#include "parameters.h"

#include <stdlib.h>
#include <string.h>

static void swap(lw_net *a, lw_net *b)
{
    const lw_net kept = *a;
    *a = *b;
    *b = kept;
}

/* Moves everything that depends neither on layers nor on the precision to another network. */
static void move_settings(lw_net *from, lw_net *to)
{
    to->random = from->random;
    to->seed = from->seed;
    to->threads = from->threads;
    to->exchange = from->exchange;
    to->exchange_state = from->exchange_state;
    to->rank = from->rank;
    from->exchange_state = NULL;
    to->schema = from->schema;
    from->schema = NULL;
    to->threshold = from->threshold;
    lw_choose_program(to);
}

/* The layers of a network with room for extra more; NULL without memory. Release with free. */
static lw_layer_spec *copy_specs(const lw_net *net, size_t extra)
{
    lw_layer_spec *specs = calloc(net->layer_count + extra + 1, sizeof *specs);
    for (size_t i = 0; specs && i < net->layer_count; i++)
        specs[i] = net->layers[i]->spec;
    return specs;
}

/* Replaces a network by one of other precision or with more layers. Parameters are copied, those of
 * the additional layers drawn by the network's generator. Fails with the network unchanged. */
static lw_status rebuild(lw_net *net, const lw_layer_spec *specs, size_t layer_count,
                         lw_precision precision)
{
    const lw_architecture made = {net->inputs, specs, layer_count, precision, net->isa};
    lw_net *other;
    const lw_status status = lw_net_build(&other, &made);
    if (status != LW_OK)
        return status;
    float *flat = lw_alloc_floats(other->parameter_count + 1);
    if (!flat) {
        lw_net_destroy(other);
        return lw_fail(LW_ENOMEM, "no memory for %zu parameters", net->parameter_count);
    }
    lw_view_get(net, LW_VIEW_PARAMETERS, flat);
    lw_view_set(other, LW_VIEW_PARAMETERS, flat);
    free(flat);
    for (size_t i = net->layer_count; i < layer_count; i++)
        other->layers[i]->kind->init(other->layers[i], &net->random);
    move_settings(net, other);
    swap(net, other);
    lw_net_destroy(other);
    return LW_OK;
}

static lw_status add_layer(lw_net *net, const lw_layer_spec *spec)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    lw_layer_spec *specs = copy_specs(net, 1);
    if (!specs)
        return lw_fail(LW_ENOMEM, "no memory for %zu layers", net->layer_count + 1);
    specs[net->layer_count] = *spec;
    lw_status status = lw_check_layers(specs, net->layer_count + 1);
    if (status == LW_OK)
        status = rebuild(net, specs, net->layer_count + 1, net->precision);
    if (status == LW_OK) { /* it describes other outputs */
        lw_schema_free(net->schema);
        net->schema = NULL;
        net->threshold = LW_DEFAULT_THRESHOLD;
    }
    free(specs);
    return status;
}

lw_status lw_net_add_dense(lw_net *net, size_t units, lw_activation activation)
{
    const lw_layer_spec spec = {.units = units, .activation = activation};
    return lw_fail_in("lw_net_add_dense", add_layer(net, &spec));
}

lw_status lw_net_add_dense_init(lw_net *net, size_t units, lw_activation activation, lw_init init,
                                float init_scale)
{
    const lw_layer_spec spec = {units, activation, init, init_scale};
    return lw_fail_in("lw_net_add_dense_init", add_layer(net, &spec));
}

static lw_status set_precision(lw_net *net, lw_precision precision)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    if (precision != LW_PRECISION_FP32 && precision != LW_PRECISION_BF16)
        return lw_fail(LW_EINVAL, "unknown precision %d", (int)precision);
    if (precision == net->precision)
        return LW_OK;
    lw_layer_spec *specs = copy_specs(net, 0);
    if (!specs)
        return lw_fail(LW_ENOMEM, "no memory for %zu layers", net->layer_count);
    const lw_status status = rebuild(net, specs, net->layer_count, precision);
    free(specs);
    return status;
}

lw_status lw_net_set_precision(lw_net *net, lw_precision precision)
{
    return lw_fail_in("lw_net_set_precision", set_precision(net, precision));
}

static lw_status clone_net(lw_net **clone, const lw_net *net)
{
    if (!clone || !net)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "clone" : "net");
    lw_layer_spec *specs = copy_specs(net, 0);
    if (!specs)
        return lw_fail(LW_ENOMEM, "no memory for %zu layers", net->layer_count);
    const lw_architecture made = {net->inputs, specs, net->layer_count, net->precision, net->isa};
    lw_net *copy = NULL;
    lw_status status = lw_net_build(&copy, &made);
    free(specs);
    if (status == LW_OK)
        status = lw_optimizer_copy(copy, net);
    if (status != LW_OK) {
        lw_net_destroy(copy);
        return status;
    }
    if (net->padded_count > 0)
        memcpy(copy->parameters, net->parameters, net->padded_count * sizeof *net->parameters);
    copy->random = net->random;
    copy->seed = net->seed;
    copy->threads = net->threads;
    copy->schema = net->schema ? lw_schema_share(net->schema) : NULL;
    copy->threshold = net->threshold;
    *clone = copy;
    return LW_OK;
}

lw_status lw_net_clone(lw_net **clone, const lw_net *net)
{
    return lw_fail_in("lw_net_clone", clone_net(clone, net));
}
