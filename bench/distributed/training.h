// A network and the training rows of one rank.
#ifndef LANEWISE_BENCH_RANKS_TRAINING_H
#define LANEWISE_BENCH_RANKS_TRAINING_H

#include "options.h"

#include <memory>

// Aborts all ranks with the message of Lanewise unless the status is LW_OK. Does not throw: the
// other ranks wait for this one.
void check(lw_status status);

class Training
{
  public:
    // The ranks must outlive the object.
    Training(const Options &options, size_t rows, unsigned threads, const lw_ranks &ranks);

    // One step on all rows. Returns the loss of all ranks.
    double step();

    // Number of gradients per layer, last layer first, without padding.
    const std::vector<size_t> &gradients() const { return gradients_; }

    // Floating-point operations of the matrix products of a step: forward, backward to the weights,
    // and backward to the inputs except in the first layer.
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
