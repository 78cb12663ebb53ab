/* Initial parameters. */
#ifndef LANEWISE_INIT_H
#define LANEWISE_INIT_H

#include "train/net.h"

/* Seeds the network's generator and draws from it: layer by layer W, row by row, then b. */
void lw_draw_parameters(lw_net *net, uint64_t seed);

#endif
