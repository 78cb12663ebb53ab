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

    size_t layers() const { return layers_; }

  private:
    struct Destroy {
        void operator()(lw_net *net) const { lw_net_destroy(net); }
    };

    size_t layers_, rows_;
    std::unique_ptr<lw_net, Destroy> net_;
    lw_optimizer optimizer_;
    std::vector<float> x_;
    std::vector<int32_t> labels_;
};

#endif
