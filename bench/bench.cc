#include "bench.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <lanewise/internal/cache.h>
#include <lanewise/internal/peak.h>
#include <omp.h>
#include <random>
#include <stdexcept>

namespace bench
{

namespace
{

// 1, 2, 4, ... and all threads.
const std::vector<int> &thread_counts()
{
    static const std::vector<int> all = [] {
        std::vector<int> counts;
        const int max_threads = omp_get_max_threads();
        for (int threads = 1; threads < max_threads; threads *= 2)
            counts.push_back(threads);
        counts.push_back(max_threads);
        return counts;
    }();
    return all;
}

// The instruction set that Lanewise selects at startup.
const std::string &default_isa()
{
    static const std::string name = lw_isa_name();
    return name;
}

benchmark::internal::Benchmark *register_one(const std::string &name, const std::string &isa,
                                             int threads, const Body &body)
{
    const std::string full = name + "/" + std::to_string(threads);
    const auto run = [body, isa, threads](benchmark::State &state) {
        omp_set_num_threads(threads);
        if (check(state, lw_isa_select(isa.c_str())))
            body(state, threads);
    };
    return benchmark::RegisterBenchmark(full.c_str(), run)->UseRealTime();
}

// The clock of a shared machine drifts, so rates are compared with the FMA peak of the same run,
// measured in rounds among the others.
void register_peak()
{
    register_all_isas("peak/fma", [](benchmark::State &state, int threads) {
        double peak = 0.0;
        for (auto _ : state)
            peak = lw_measure_peak(threads);
        state.counters["GFLOP/s"] = peak * 1e-9;
    });
}

std::string cpu_model()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.rfind("model name", 0) == 0)
            return line.substr(line.find(':') + 2);
    return "unknown";
}

std::string caches()
{
    return std::to_string(lw_cache_bytes(1) / 1024) + " and " +
           std::to_string(lw_cache_bytes(2) / 1024) + " KiB";
}

void add_context()
{
    benchmark::AddCustomContext("lanewise", lw_version());
    benchmark::AddCustomContext("lanewise_isa", default_isa());
    benchmark::AddCustomContext("cpu_model", cpu_model());
    benchmark::AddCustomContext("caches", caches());
    benchmark::AddCustomContext("compiler", LANEWISE_COMPILER);
}

} // namespace

Floats random_floats(size_t n, unsigned seed)
{
    std::mt19937 generator(seed);
    Floats values(n);
    // std::uniform_real_distribution differs between standard libraries.
    for (float &value : values)
        value = static_cast<float>(generator() >> 8) * 0x1p-23f - 1.0f;
    return values;
}

void register_all_isas(const std::string &row, const Body &body)
{
    for (size_t i = 0; const char *isa = lw_isa_available(i); i++)
        for (const int threads : thread_counts()) {
            auto *registered = register_one(row + "/" + isa, isa, threads, body);
            // The scalar set is a reference, 15 times slower than AVX-512: one round is enough.
            if (std::string(isa) == "scalar")
                registered->Repetitions(1);
        }
}

void register_baseline(const std::string &row, const std::string &baseline, const Body &body)
{
    for (const int threads : thread_counts())
        register_one(row + "/" + baseline, default_isa(), threads, body);
}

void count_flops(benchmark::State &state, double flops_per_iteration)
{
    state.counters["GFLOP/s"] = benchmark::Counter(flops_per_iteration * 1e-9,
                                                   benchmark::Counter::kIsIterationInvariantRate);
}

void count_bytes(benchmark::State &state, double bytes_per_iteration)
{
    state.counters["GB/s"] = benchmark::Counter(bytes_per_iteration * 1e-9,
                                                benchmark::Counter::kIsIterationInvariantRate);
}

bool check(benchmark::State &state, lw_status status)
{
    if (status != LW_OK)
        state.SkipWithError(lw_last_error());
    return status == LW_OK;
}

bool is_near(const Floats &actual, const std::function<double(size_t)> &expected, double tolerance)
{
    const auto near = [&](size_t i) {
        const double value = expected(i);
        return std::fabs(actual[i] - value) <= tolerance * std::fmax(1.0, std::fabs(value));
    };
    for (size_t i = 0; i < actual.size(); i += 1 + actual.size() / 500)
        if (!near(i))
            return false;
    return near(actual.size() - 1);
}

void expect_no_arguments(const std::vector<std::string> &arguments)
{
    if (!arguments.empty())
        throw std::runtime_error("unexpected argument '" + arguments[0] + "'");
}

} // namespace bench

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    try {
        bench::add_context();
        bench::register_peak();
        register_benchmarks({argv + 1, argv + argc});
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 2;
    }
    if (benchmark::RunSpecifiedBenchmarks() == 0)
        return 1;
    benchmark::Shutdown();
    return 0;
}
