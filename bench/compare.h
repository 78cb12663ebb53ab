// Compares two results: which rates have changed by more than noise.
//
// Rates are relative to the FMA peak of the same run, instruction set and threads, because the
// clock of a machine drifts. Noise is estimated from two sources, added as variances:
// - The rounds: the standard error of a median is 1.2533 s / sqrt(n), with s from the median
//   absolute deviation of the n rounds, which is robust against outliers. Both rates and both peaks
//   count.
// - The other libraries: their code is the same in both runs, so the size of their changes is the
//   size of a change without a cause.
//
// A benchmark is slower if its median has fallen by more than three standard errors and more than
// 3 %, and its best round by more than 3 % too: load on the machine lowers medians, but rarely all
// rounds. Faster is symmetric. With fewer than five rounds on either side the verdict is unknown.
//
// Rounds do not show differences between processes, such as the placement of memory. Six runs of 22
// benchmarks on an idle machine with two Zen 5 processors, compared pairwise: 2 false positives in
// 330 comparisons.
#ifndef LANEWISE_BENCH_COMPARE_H
#define LANEWISE_BENCH_COMPARE_H

#include "results.h"

enum class Verdict { slower, faster, same, unknown };

// The change of a benchmark of Lanewise that both results contain.
struct Change {
    std::string group, row, isa;
    int threads;
    std::string unit;
    double before, after; // median rates, not relative to the peak
    double of_medians;    // after / before, relative to the peak
    double of_best;       // the same for the best rounds
    double noise;         // smallest significant |of_medians - 1|
    Verdict verdict;
};

struct Comparison {
    Results before, after;
    std::vector<Change> changes;
    std::vector<std::string> only_before, only_after; // benchmarks of Lanewise
    std::vector<std::string> differences;             // of machine, compiler, instruction set
    std::map<int, double> drift; // by threads: size of the changes of other libraries; 0 if unknown

    int count(Verdict verdict) const;
};

Comparison compare(const Results &before, const Results &after);

#endif
