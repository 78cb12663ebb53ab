/* Choices that are made when a network is created. */
#ifndef LANEWISE_CREATE_H
#define LANEWISE_CREATE_H

#include "net.h"

/* Chooses how a network takes its steps, after its processes or its small net have changed. */
void lw_choose_program(lw_net *net);

#endif
