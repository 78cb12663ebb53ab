// Command-line options of bench_ranks.
#ifndef LANEWISE_BENCH_RANKS_OPTIONS_H
#define LANEWISE_BENCH_RANKS_OPTIONS_H

#include <lanewise/mpi.h>

#include <string>
#include <vector>

struct Options {
    std::string network = "784-1024-1024-1024-10"; // inputs, then units of each layer
    std::vector<size_t> sizes;                     // the same as numbers
    size_t batch = 256;                            // rows of all ranks
    std::string optimizer = "adam", gradients = "fp32";
    size_t bucket = 0;    // as lw_mpi_options has it; 0 is its default
    size_t steps = 20;    // per round
    size_t rounds = 5;    // the best one is reported
    unsigned threads = 0; // 0: those of lw_mpi_threads

    lw_optimizer make_optimizer() const;
    lw_mpi_options mpi() const;
};

// Throws std::runtime_error for invalid arguments.
Options parse_options(int argc, char **argv);

#endif
