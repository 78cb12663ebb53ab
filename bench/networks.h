// The networks of the training benchmark. peers/torch_train.py has them by the same names.
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
    size_t batch; // LW_FULL_BATCH: all rows in every step
    const lw_dataset &(*data)();

    // Two for each multiplication of a row: forward, weights, and inputs of all layers but the first.
    double flops_per_row() const;

    // Whether bf16 can gain anything: where products are most of the work.
    bool is_wide() const { return sizes.size() > 2 && sizes[1] >= 128; }

    // The caller destroys it. NULL, after lw_fail, where there is no memory.
    lw_net *create() const;
};

const std::vector<Network> &networks();

} // namespace bench

#endif
