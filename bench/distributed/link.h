// What a message costs between two ranks, and adding up what it brought.
#ifndef LANEWISE_BENCH_RANKS_LINK_H
#define LANEWISE_BENCH_RANKS_LINK_H

struct Link {
    double alpha = 0.0,
           beta = 0.0;  // a long message of n bytes, both ways at once, takes alpha + n * beta
    double gamma = 0.0; // seconds to add a byte of floats to another
    double taken = 0.0; // share of what a rank computes that is lost while such messages pass
};

// Between the first rank and the last, which are as far from each other as any; all but gamma are 0
// where there is but one. Collective; the result is the first rank's.
Link measure_link();

#endif
