// Our rates beside the peak and beside those of others.
#ifndef LANEWISE_BENCH_RATIO_H
#define LANEWISE_BENCH_RATIO_H

#include "results.h"

// Ours over the fastest of the others, both on so many threads.
struct Ratio {
    std::string other; // empty if there is nothing to compare with
    const Series *series;
    double of_best, of_medians;
};

// The ratios of a group, summed up.
struct Summary {
    std::string against; // "best library", or what the group is compared with
    double mean, mean_of_medians, smallest;
    int below_one, count; // 0 if there is nothing to compare with
};

// Whether a contender is one of our instruction sets.
bool is_isa(const Results &results, const std::string &contender);

Ratio ratio_of(const Results &results, const Row &row, int threads);
Summary summary_of(const Results &results, const Group &group, int threads);

// Best rate of the FMA peak; NaN where it was not measured.
double peak_of(const Results &results, const std::string &isa, int threads);
double percent_of_peak(const Results &results, const Series &series, const std::string &isa,
                       int threads);

#endif
