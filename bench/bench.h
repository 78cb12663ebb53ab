// What the benchmark programs share. A benchmark is named group/row/contender/threads, where the
// row may have parts of its own; the report makes its tables from these names alone.
#ifndef LANEWISE_BENCH_H
#define LANEWISE_BENCH_H

#include <benchmark/benchmark.h>
#include <lanewise/kernels.h>

#include <functional>
#include <new>
#include <string>
#include <vector>

// Each program defines this; main calls it with the arguments that are not Google Benchmark's.
// Throws for arguments that it cannot use.
void register_benchmarks(const std::vector<std::string> &arguments);

namespace bench
{

// Begins on a cache line, as the parameters of networks do.
template <typename T> struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::align_val_t line{64};
    T *allocate(size_t n) { return static_cast<T *>(::operator new(n * sizeof(T), line)); }
    void deallocate(T *p, size_t) { ::operator delete(p, line); }
    bool operator==(const CacheLineAllocator &) const { return true; }
    bool operator!=(const CacheLineAllocator &) const { return false; }
};
using Floats = std::vector<float, CacheLineAllocator<float>>;

// Uniform numbers in [-1, 1), the same in every run.
Floats random_floats(size_t n, unsigned seed);

// The benchmark's loop: counters, setup, and `for (auto _ : state)`.
using Body = std::function<void(benchmark::State &, int threads)>;

// Registers group/row on every available instruction set and 1, 2, 4, ... and all threads.
void register_everywhere(const std::string &row, const Body &body);

// Registers what that is to be compared with, on the same threads: contender is a peer's name, or
// says what the time is held against. Runs with the instruction set that Lanewise uses by itself.
void register_contender(const std::string &row, const std::string &contender, const Body &body);

// Counter GFLOP/s, from the operations of one iteration.
void count_flops(benchmark::State &state, double flops_per_iteration);

// Counter GB/s, from the bytes read and written in one iteration.
void count_bytes(benchmark::State &state, double bytes_per_iteration);

// Ends the benchmark with an error unless the status is LW_OK.
bool check(benchmark::State &state, lw_status status);

// Whether got[i] is within tolerance * max(1, |want(i)|) for the first, the last and about 500 more i.
bool is_near(const Floats &got, const std::function<double(size_t)> &want, double tolerance);

// For programs without arguments.
void expect_no_arguments(const std::vector<std::string> &arguments);

} // namespace bench

#endif
