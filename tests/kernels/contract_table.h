/* The tests that contract.c defines for one instruction set. */
#ifndef CONTRACT_TABLE_H
#define CONTRACT_TABLE_H

#include "tally.h"

struct contract {
    const char *isa;
    void (*check)(struct tally *tally); /* runs on machines with this set only */
};

#define LW_ISA(name) extern const struct contract contract_##name;
#include "isa_list.inc"
#undef LW_ISA

#endif
