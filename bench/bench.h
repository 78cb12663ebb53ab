// What the benchmark programs share. Rates are reported beside the FMA peak that the same process
// measured, because on a shared machine only such a ratio means anything.
#ifndef LANEWISE_BENCH_H
#define LANEWISE_BENCH_H

#include <benchmark/benchmark.h>
#include <lanewise/kernels.h>

#include <functional>
#include <string>
#include <vector>

// Each program defines this; main calls it.
void register_benchmarks();

namespace bench
{

// Uniform numbers in [-1, 1), the same in every run.
std::vector<float> random_floats(size_t n, unsigned seed);

// Where a benchmark runs: one of the machine's instruction sets on so many threads.
struct Place {
    std::string isa;
    int threads;
};

// Selects the place for the calling thread; ends the benchmark with an error if it cannot.
bool select(benchmark::State &state, const Place &place);

// Every available instruction set on 1 and on all threads.
const std::vector<Place> &places();

// Registers name/isa/threads for every place.
using Body = std::function<void(benchmark::State &, const Place &)>;
void register_everywhere(const std::string &name, const Body &body);

// Counters GFLOP/s and percent of the peak of the place, from the operations of one iteration.
void count_flops(benchmark::State &state, const Place &place, double flops_per_iteration);

// Counter GB/s, from the bytes read and written in one iteration.
void count_bytes(benchmark::State &state, double bytes_per_iteration);

// Ends the benchmark with an error unless the status is LW_OK.
bool check(benchmark::State &state, lw_status status);

} // namespace bench

#endif
