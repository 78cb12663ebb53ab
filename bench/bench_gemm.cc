// lw_sgemm on squares, on the three products of dense layers, and on narrow and tiny shapes.
#include "bench.h"

#include <cmath>

namespace
{

struct Shape {
    const char *name;
    int transa, transb;
    size_t m, n, k;
};

const Shape shapes[] = {
    {"square", 0, 0, 64, 64, 64},
    {"square", 0, 0, 256, 256, 256},
    {"square", 0, 0, 1024, 1024, 1024},
    {"square", 0, 1, 1024, 1024, 1024},
    {"square", 1, 0, 1024, 1024, 1024},
    {"forward", 0, 0, 128, 512, 784},
    {"backward_input", 0, 1, 128, 784, 512},
    {"backward_weights", 1, 0, 784, 512, 128},
    {"forward", 0, 0, 32, 64, 64},
    {"forward", 0, 0, 128, 10, 256},
    {"one_row", 0, 0, 1, 512, 784},
    {"odd", 0, 0, 31, 33, 17},
};

// The largest error of some elements against double precision, over the bound of kernels.h.
double error_over_bound(const Shape &s, const std::vector<float> &a, const std::vector<float> &b,
                        const std::vector<float> &c)
{
    double worst = 0.0;
    for (size_t element = 0; element < s.m * s.n; element += 1 + s.m * s.n / 97) {
        const size_t i = element / s.n, j = element % s.n;
        double sum = 0.0, sum_abs = 0.0;
        for (size_t p = 0; p < s.k; p++) {
            const double left = s.transa ? a[p * s.m + i] : a[i * s.k + p];
            const double right = s.transb ? b[j * s.k + p] : b[p * s.n + j];
            sum += left * right;
            sum_abs += std::fabs(left * right);
        }
        const double roundings = 2.0 * static_cast<double>(s.k) + 2.0;
        const double bound = roundings * 0x1p-24 / (1.0 - roundings * 0x1p-24) * sum_abs;
        worst = std::fmax(worst, std::fabs(c[element] - sum) / bound);
    }
    return worst;
}

void gemm(benchmark::State &state, const bench::Place &place, const Shape &s)
{
    const std::vector<float> a = bench::random_floats(s.m * s.k, 1);
    const std::vector<float> b = bench::random_floats(s.k * s.n, 2);
    std::vector<float> c(s.m * s.n);
    const auto multiply = [&] {
        return lw_sgemm(s.transa, s.transb, s.m, s.n, s.k, 1.0f, a.data(), s.transa ? s.m : s.k,
                        b.data(), s.transb ? s.k : s.n, 0.0f, c.data(), s.n);
    };
    if (!bench::check(state, multiply()))
        return;
    if (error_over_bound(s, a, b, c) > 1.0) {
        state.SkipWithError("the product is wrong");
        return;
    }
    for (auto _ : state)
        multiply();
    const double flops =
        2.0 * static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
    bench::count_flops(state, place, flops);
}

} // namespace

void register_benchmarks()
{
    for (const Shape &s : shapes) {
        const std::string name = std::string("gemm_") + s.name + "/" + std::to_string(s.m) + "x" +
                                 std::to_string(s.n) + "x" + std::to_string(s.k) + "/" +
                                 (s.transa ? "T" : "N") + (s.transb ? "T" : "N");
        bench::register_everywhere(name, [s](benchmark::State &state, const bench::Place &place) {
            gemm(state, place, s);
        });
    }
}
