// Cost of a message between two ranks, and of adding its contents.
#ifndef LANEWISE_BENCH_RANKS_LINK_H
#define LANEWISE_BENCH_RANKS_LINK_H

struct Link {
    double alpha = 0.0, beta = 0.0; // seconds alpha + n * beta for n bytes, both ways at once
    double gamma = 0.0;             // seconds to add floats, per byte
    double taken = 0.0;             // fraction of the processor that messages take while they pass
};

// Collective. Measures between the first and the last rank, which are on different hosts if any
// are. With a single rank all fields but gamma are 0. Only the result of the first rank is
// meaningful.
Link measure_link();

#endif
