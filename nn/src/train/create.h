/* Creation of networks. */
#ifndef LANEWISE_CREATE_H
#define LANEWISE_CREATE_H

#include "net.h"

/* What a network is made of. */
typedef struct lw_architecture {
    size_t inputs;
    const lw_layer_spec *specs;
    size_t layer_count;
    lw_precision precision;
    const lw_isa *isa;
} lw_architecture;

/* LW_EINVAL for layers that make no network. */
lw_status lw_check_layers(const lw_layer_spec *layers, size_t layer_count);

/* Creates a network of checked layers without buffers, which has only shapes. */
lw_status lw_net_outline(lw_net **net, const lw_architecture *of);

/* Creates a network of checked layers; its parameters are not initialised. */
lw_status lw_net_build(lw_net **net, const lw_architecture *of);

/* Chooses how a network takes its steps, after its processes or its small net have changed. */
void lw_choose_program(lw_net *net);

#endif
