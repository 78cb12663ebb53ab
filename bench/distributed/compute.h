// What a rank computes in a step, taken apart: the times at which a network asks for its sums.
#ifndef LANEWISE_BENCH_RANKS_COMPUTE_H
#define LANEWISE_BENCH_RANKS_COMPUTE_H

#include "training.h"

// Seconds of a step, of the slowest rank in each part.
struct Parts {
    double rows = 0.0;             // forward pass, loss, backward pass to the inputs of the layers
    std::vector<double> gradients; // of the layers, the last one first
    double update = 0.0;

    double sum() const;
};

// Trains with sums that add nothing up, so that no rank waits for another: networks of different parameters.
class Compute
{
  public:
    Compute(const Options &options, size_t rows, unsigned threads, const lw_ranks &ranks);

    // The mean of so many steps; collective.
    Parts measure(size_t steps);

  private:
    // Since the last call, or since the step began.
    static double lap(Compute *compute);

    double last_ = 0.0;
    size_t layer_ = 0, floats_ = 0; // how far this step is: layers done, and of the next one
    Parts parts_;
    Training training_;

    lw_ranks silent_ranks(const lw_ranks &ranks);
};

#endif
