// The networks of the training benchmark. peers/torch_train.py defines the same ones.
#ifndef LANEWISE_BENCH_NETWORKS_H
#define LANEWISE_BENCH_NETWORKS_H

#include <lanewise/nn.h>

#include <string>
#include <vector>

namespace bench
{

struct Network {
    std::string name;
    std::vector<size_t> sizes; // inputs, then units of each layer
    lw_activation hidden, output;
    lw_loss loss;
    lw_optimizer optimizer;
    size_t batch; // rows of a step; LW_FULL_BATCH: all rows
    const lw_dataset &(*data)();

    // Two operations per multiply-add: forward pass, gradients of the weights, and gradients of the
    // inputs of all layers but the first.
    double flops_per_row() const;

    // Whether matrix products dominate, so that bf16 can be faster.
    bool is_wide() const { return sizes.size() > 2 && sizes[1] >= 128; }

    // Owned by the caller. NULL without memory; lw_last_error has the message.
    lw_net *create() const;
};

const std::vector<Network> &networks();

} // namespace bench

#endif
