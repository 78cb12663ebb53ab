/*
 * Lanewise networks: dense networks, their training and their data.
 *
 * The conventions below hold for every function unless its comment says otherwise.
 *
 *   Matrices   row-major float32 without gaps: x is rows x inputs, y is rows x outputs.
 *   Weights    are exchanged as row-major (in, out) matrices: y = activation(x * W + b). In memory
 *              they have layouts that depend on the CPU, so all access is by copy.
 *   Flat view  all parameters (or gradients) of a network as one vector: for each layer in order
 *              its tensors, for a dense layer W row by row, then b.
 *   Threads    One thread at a time may change a network. Functions that take a const lw_net may
 *              run in several threads at once. Networks are independent of each other. Results are
 *              bit-identical for any number of threads. How many threads a call uses at most is
 *              decided by the first of these that is set: lw_net_set_threads, lw_set_threads of the
 *              calling thread, OpenMP's setting capped by affinity and quota (lw_max_threads).
 *              Inside a parallel region and in a forked child it is 1. Waiting threads spin for
 *              some microseconds, then block.
 *   Denormals  Training flushes numbers below 2^-126 to zero, on the way in and out of each
 *              operation: a converged network would be many times slower otherwise. Prediction and
 *              evaluation keep them. Both hold for any floating-point mode of the caller, which is
 *              restored.
 *   ISA        A network uses the instruction set that was selected when it was created, for all
 *              of its work (lw_isa_select). A clone uses that of the original.
 *   Options    Structs whose first member is size grow: set it to sizeof. Shorter structs of older
 *              programs are accepted and the missing members are 0; a longer struct is accepted if
 *              the members that the library does not know are 0. Any other size is LW_EINVAL. Other
 *              structs do not change while the soname stays. Enumerators never change their value;
 *              unknown ones are refused with LW_EINVAL.
 *   Sizes      More than PTRDIFF_MAX bytes in an operand or a network is LW_EINVAL; memory that the
 *              machine does not have is LW_ENOMEM.
 *   Rows       Functions that work row by row do nothing for 0 rows: prediction, lw_net_reserve,
 *              selections of datasets. Those that average over rows refuse them: LW_EINVAL for
 *              single steps, LW_EDATA for a dataset (one of several ranks may have an empty one,
 *              see ranks.h).
 *   NULL       is LW_EINVAL unless stated; functions that return no status then do nothing, or
 *              return 0.
 *   Status     See status.h. On failure outputs and the network are unchanged. Messages begin with
 *              the name of the function, or with that of the file. Functions whose feature is not
 *              in this build (see lw_net_save, lw_dataset_load_csv) return LW_EUNSUPPORTED.
 */
#ifndef LANEWISE_NN_H
#define LANEWISE_NN_H

#include <lanewise/data.h>
#include <lanewise/model.h>
#include <lanewise/net.h>
#include <lanewise/schema.h>
#include <lanewise/table.h>
#include <lanewise/train.h>

#endif
