// A network and rows to train it on, those of one rank.
#ifndef LANEWISE_BENCH_RANKS_TRAINING_H
#define LANEWISE_BENCH_RANKS_TRAINING_H

#include "options.h"

#include <memory>

// Ends all ranks, with Lanewise's text, unless the status is LW_OK. It does not throw: to destroy a network, ranks that share
// it wait for each other.
void check(lw_status status);

class Training
{
  public:
    // The network is one of these ranks, which have to outlive it.
    Training(const Options &options, size_t rows, unsigned threads, const lw_ranks &ranks);

    // A step on all rows; the loss is of all ranks.
    double step();

    // Of the layers, the last one first, without what pads them.
    const std::vector<size_t> &gradients() const { return gradients_; }

    // Operations of the products of a step: forward, and backward to the weights and, but in the first layer, to the inputs.
    double flops() const { return flops_; }

  private:
    struct Destroy {
        void operator()(lw_net *net) const { lw_net_destroy(net); }
    };

    std::vector<size_t> gradients_;
    size_t rows_;
    double flops_ = 0.0;
    std::unique_ptr<lw_net, Destroy> net_;
    lw_optimizer optimizer_;
    std::vector<float> x_;
    std::vector<int32_t> labels_;
};

#endif
