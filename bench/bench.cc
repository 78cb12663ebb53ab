#include "bench.h"

#include <map>
#include <omp.h>
#include <random>

namespace bench
{

std::vector<float> random_floats(size_t n, unsigned seed)
{
    std::mt19937 generator(seed);
    std::vector<float> values(n);
    // Not std::uniform_real_distribution: its numbers differ between standard libraries.
    for (float &value : values)
        value = static_cast<float>(generator() >> 8) * 0x1p-23f - 1.0f;
    return values;
}

bool select(benchmark::State &state, const Place &place)
{
    omp_set_num_threads(place.threads);
    return check(state, lw_isa_select(place.isa.c_str()));
}

const std::vector<Place> &places()
{
    static const std::vector<Place> all = [] {
        std::vector<Place> found;
        const int most = omp_get_max_threads();
        for (size_t i = 0; lw_isa_available(i); i++) {
            found.push_back({lw_isa_available(i), 1});
            if (most > 1)
                found.push_back({lw_isa_available(i), most});
        }
        return found;
    }();
    return all;
}

void register_everywhere(const std::string &name, const Body &body)
{
    for (const Place &place : places()) {
        const std::string full = name + "/" + place.isa + "/" + std::to_string(place.threads);
        benchmark::RegisterBenchmark(full.c_str(), [body, place](benchmark::State &state) {
            if (select(state, place))
                body(state, place);
        })->UseRealTime();
    }
}

void count_flops(benchmark::State &state, const Place &place, double flops_per_iteration)
{
    static std::map<std::string, double> peaks;
    double &peak = peaks[place.isa + "/" + std::to_string(place.threads)];
    if (peak == 0.0)
        peak = lw_measure_peak(place.threads);
    using benchmark::Counter;
    const double rate = flops_per_iteration * 1e-9;
    state.counters["GFLOP/s"] = Counter(rate, Counter::kIsIterationInvariantRate);
    state.counters["%peak"] = Counter(100e9 * rate / peak, Counter::kIsIterationInvariantRate);
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

} // namespace bench

int main(int argc, char **argv)
{
    register_benchmarks();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::AddCustomContext("lanewise", lw_version());
    benchmark::AddCustomContext("compiler", __VERSION__);
    if (benchmark::RunSpecifiedBenchmarks() == 0)
        return 1;
    benchmark::Shutdown();
    return 0;
}
