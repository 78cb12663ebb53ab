// Two results side by side: which rates have changed by more than noise.
//
// The rule. A rate counts as its share of the FMA peak of the same run, instruction set and threads, because
// machines drift. Noise has two parts, added as variances. The rounds tell how far a median may be off: by a
// standard error of 1.2533 s / sqrt(n), with s from the median absolute deviation of the n rounds, which a few
// disturbed ones do not move; of both rates and both peaks. The other libraries tell what else was different
// between the two runs: they are the same programs, so the size of their own changes is that of no
// change.
//
// A benchmark is slower if its median has fallen by more than three times that and by more than 3 %, and
// its best round by more than 3 % too: a load beside the benchmark moves medians, but seldom all rounds.
// Faster is the same the other way. Fewer than five rounds on either side say nothing.
//
// What rounds cannot tell is how a process differs from the next one, as in where its memory lies: six runs of the same
// 22 benchmarks on a quiet machine with two Zen 5 processors, each pair compared, had 2 of 330 called changed.
#ifndef LANEWISE_BENCH_COMPARE_H
#define LANEWISE_BENCH_COMPARE_H

#include "results.h"

enum class Verdict { slower, faster, same, unknown };

// A benchmark of ours that both results hold.
struct Change {
    std::string group, row, isa;
    int threads;
    std::string unit;
    double before, after; // medians of the rates as they were measured
    double of_medians;    // after over before, as shares of the peak
    double of_best;       // the same of the best rounds
    double noise;         // how far from 1 of_medians has to be
    Verdict verdict;
};

struct Comparison {
    Results before, after;
    std::vector<Change> changes;
    std::vector<std::string> only_before, only_after; // benchmarks of ours
    std::vector<std::string> differences;             // of machine, compiler, instruction set
    std::map<int, double> drift; // by threads: size of the others' changes, 0 if too few say

    int count(Verdict verdict) const;
};

Comparison compare(const Results &before, const Results &after);

void print_comparison(const Comparison &comparison, const std::string &before,
                      const std::string &after);

#endif
