/*
 * What a run on a narrow network can go back to. Its losses cost more than its steps, so a run that nobody watches looks
 * at the parameters now and then, and repeats the steps since the last look with their losses where they went wrong.
 */
#ifndef LANEWISE_GUARD_H
#define LANEWISE_GUARD_H

#include "net.h"

typedef struct lw_guard {
    float *memory; /* parameters and moments; NULL: there is no guard */
    lw_position position;
    lw_random random;
    unsigned long long steps; /* of the optimizer */
} lw_guard;

lw_status lw_guard_create(lw_guard *guard, const lw_net *net);
void lw_guard_destroy(lw_guard *guard);

/* Keeps the state of a network whose optimizer has its room, and where its run is. */
void lw_guard_keep(lw_guard *guard, const lw_net *net, const lw_position *position);

/* Puts what was kept back. */
void lw_guard_restore(const lw_guard *guard, lw_net *net, lw_position *position);

#endif
