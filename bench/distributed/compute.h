// Times of the parts of a step on one rank, from the calls in which the network starts its
// reductions.
#ifndef LANEWISE_BENCH_RANKS_COMPUTE_H
#define LANEWISE_BENCH_RANKS_COMPUTE_H

#include "training.h"

// Seconds per step; each part is that of the slowest rank.
struct Parts {
    double rows = 0.0;             // forward pass, loss, backward pass to the layer inputs
    std::vector<double> gradients; // per layer, last layer first
    double update = 0.0;

    double sum() const;
};

// Trains with reductions that do nothing, so that no rank waits for another. The networks of the
// ranks diverge.
class Compute
{
  public:
    Compute(const Options &options, size_t rows, unsigned threads, const lw_ranks &ranks);

    // Collective. Returns the mean of `steps` steps.
    Parts measure(size_t steps);

  private:
    // Seconds since the last call, or since the start of the step.
    static double lap(Compute *compute);

    double last_ = 0.0;
    size_t layer_ = 0,
           floats_ = 0; // progress of the step: finished layers, and floats of the next one
    Parts parts_;
    Training training_;

    lw_ranks silent_ranks(const lw_ranks &ranks);
};

#endif
