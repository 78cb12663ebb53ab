// Shared by the benchmark programs. A benchmark is named group/row/contender/threads, where the row
// may contain further slashes; the report builds its tables from these names alone.
//
// The contenders of a row run the same operation: Lanewise on each instruction set, and baselines
// (other libraries, the bare product of a layer, a copy of memory). Each is timed in several rounds
// (repetitions of Google Benchmark), and the rounds of all contenders are interleaved at random.
#ifndef LANEWISE_BENCH_H
#define LANEWISE_BENCH_H

#include <benchmark/benchmark.h>
#include <lanewise/kernels.h>

#include <functional>
#include <new>
#include <string>
#include <vector>

// Defined by each program; main calls it with the arguments that Google Benchmark does not consume.
// Throws std::runtime_error if an argument is invalid.
void register_benchmarks(const std::vector<std::string> &arguments);

namespace bench
{

// Aligns to a cache line, like the parameters of networks.
template <typename T> struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::align_val_t line{64};
    T *allocate(size_t n) { return static_cast<T *>(::operator new(n * sizeof(T), line)); }
    void deallocate(T *p, size_t) { ::operator delete(p, line); }
    bool operator==(const CacheLineAllocator &) const { return true; }
    bool operator!=(const CacheLineAllocator &) const { return false; }
};
using Floats = std::vector<float, CacheLineAllocator<float>>;

// Uniform random numbers in [-1, 1), the same in every run.
Floats random_floats(size_t n, unsigned seed);

// A benchmark: setup, the loop `for (auto _ : state)`, and counters.
using Body = std::function<void(benchmark::State &, int threads)>;

// Registers group/row for every available instruction set on 1, 2, 4, ... and all threads.
void register_all_isas(const std::string &row, const Body &body);

// Registers a baseline of group/row for the same thread counts, with the default instruction set.
void register_baseline(const std::string &row, const std::string &baseline, const Body &body);

// Adds the counter GFLOP/s.
void count_flops(benchmark::State &state, double flops_per_iteration);

// Adds the counter GB/s: bytes read and written.
void count_bytes(benchmark::State &state, double bytes_per_iteration);

// Stops the benchmark with an error unless the status is LW_OK. Returns whether it is.
bool check(benchmark::State &state, lw_status status);

// Returns whether actual[i] is within tolerance * max(1, |expected(i)|) for the first, the last and
// about 500 other i.
bool is_near(const Floats &actual, const std::function<double(size_t)> &expected, double tolerance);

// For programs without arguments. Throws if there is one.
void expect_no_arguments(const std::vector<std::string> &arguments);

} // namespace bench

#endif
