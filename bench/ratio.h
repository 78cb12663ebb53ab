// Rates of Lanewise relative to the FMA peak and to the baselines.
#ifndef LANEWISE_BENCH_RATIO_H
#define LANEWISE_BENCH_RATIO_H

#include "results.h"

// The rate of Lanewise divided by that of the fastest baseline, on the same number of threads.
struct Ratio {
    std::string baseline; // empty if there is none
    const Series *series; // of the baseline
    double of_best, of_medians;
};

// The ratios of a group.
struct Summary {
    std::string baseline;         // its name, or "best library" if several were compared
    double mean, mean_of_medians; // geometric means
    double smallest;
    int below_one, count; // count: rows with a baseline
};

// Returns whether a contender is an instruction set of Lanewise.
bool is_isa(const Results &results, const std::string &contender);

Ratio ratio_of(const Results &results, const Row &row, int threads);
Summary summary_of(const Results &results, const Group &group, int threads);

// The best round of the FMA peak; NaN if it was not measured.
double peak_of(const Results &results, const std::string &isa, int threads);
double percent_of_peak(const Results &results, const Series &series, const std::string &isa,
                       int threads);

#endif
