/* The list of layer kinds, each with a float32 and a bf16 version. */
#include "kinds.h"

#include "dense.h"
#include "dense_bf16.h"

static const struct {
    const lw_layer_kind *fp32, *bf16;
} kinds[] = {
    {&lw_dense_kind, &lw_dense_bf16_kind},
};

const lw_layer_kind *lw_layer_kind_of(const lw_layer_spec *spec, lw_precision precision)
{
    (void)spec; /* all layers are dense */
    return precision == LW_PRECISION_BF16 ? kinds[0].bf16 : kinds[0].fp32;
}

const char *lw_layer_name(const lw_layer_spec *spec)
{
    return lw_activation_name(spec->activation);
}

int lw_layer_parse(const char *name, lw_layer_spec *spec)
{
    return lw_activation_parse(name, &spec->activation) == LW_OK;
}
