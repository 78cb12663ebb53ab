/* The steps of a small network (lanewise/internal/small_net.h): one program for all of its layers instead of
 * several calls for each. */
#ifndef LANEWISE_SMALL_NET_H
#define LANEWISE_SMALL_NET_H

#include "program.h"

extern const lw_program lw_small_net_program;

/* Gives a network within the limits, whose weights are row-major from then on, its program; others
 * stay as they are. */
lw_status lw_small_net_create(lw_net *net);

/* LW_ESTATE unless the tensors of such a network are where its program takes them to be. */
lw_status lw_small_net_check(const lw_net *net);

/* Releases it; lw_choose_program follows if the network is still used. */
void lw_small_net_destroy(lw_net *net);

/* Bytes. */
size_t lw_small_net_memory(const lw_net *net);

#endif
