/* The threshold that separates the two classes of a single output. */
#ifndef LANEWISE_THRESHOLD_H
#define LANEWISE_THRESHOLD_H

#include "net.h"

#include <lanewise/data.h>

/* Collective: sets the threshold of a network with one tanh output to the middle of its targets. */
lw_status lw_choose_threshold(lw_net *net, const lw_dataset *data);

#endif
