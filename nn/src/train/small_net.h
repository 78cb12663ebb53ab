/* Steps of small networks (lanewise/internal/small_net.h): one program for all layers instead of
 * several calls per layer. */
#ifndef LANEWISE_SMALL_NET_H
#define LANEWISE_SMALL_NET_H

#include "program.h"

extern const lw_program lw_small_net_program;

/* Creates the program's state if the network is small enough, and makes its weights row-major.
 * Leaves other networks unchanged. */
lw_status lw_small_net_create(lw_net *net);

/* Returns LW_ESTATE unless the offsets of the tensors match the program's layout. */
lw_status lw_small_net_check(const lw_net *net);

/* Releases the state. Call lw_choose_program afterwards if the network is still used. */
void lw_small_net_destroy(lw_net *net);

/* The memory of the state in bytes. */
size_t lw_small_net_memory(const lw_net *net);

#endif
