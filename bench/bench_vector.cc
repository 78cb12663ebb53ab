// Benchmarks activations, softmax, losses and optimizer updates against a copy of the same number
// of floats: most of them are limited by memory bandwidth, the others by arithmetic.
#include "bench.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace
{

// Shared by all benchmarks. x is uniform in [-4, 4); positive, the argument of log, is x + 4.
struct Buffers {
    static constexpr size_t size = 1 << 22;
    bench::Floats x = bench::random_floats(size, 1), positive = x;
    bench::Floats y = bench::Floats(size), m = y, v = y;

    Buffers()
    {
        for (size_t i = 0; i < size; i++) {
            x[i] *= 4.0f;
            positive[i] = x[i] + 4.0f + 0x1p-20f;
        }
    }
};

using Call = std::function<void(Buffers &)>;
// The expected y[i] after a call with y, m and v zero.
using Expected = std::function<double(const Buffers &, size_t i)>;

void copy(Buffers &data, size_t n, int threads)
{
    // With fewer floats per thread, a second thread costs more time than it saves.
    const size_t chunk = std::max<size_t>(n / static_cast<size_t>(threads), 1 << 16);
#pragma omp parallel for if (n > chunk)
    for (size_t begin = 0; begin < n; begin += chunk)
        std::memcpy(&data.y[begin], &data.x[begin], sizeof(float) * std::min(chunk, n - begin));
}

// Benchmarks a function of n floats that reads and writes `moved` * n floats in all.
void register_vector(const std::string &row, size_t n, double moved, const Call &call,
                     const Expected &expected)
{
    static const auto data = std::make_shared<Buffers>();
    const double count = static_cast<double>(n);
    bench::register_all_isas("vector/" + row, [=](benchmark::State &state, int) {
        for (auto *zeroed : {&data->y, &data->m, &data->v})
            std::fill_n(zeroed->begin(), n, 0.0f);
        call(*data);
        const bench::Floats y(data->y.begin(), data->y.begin() + static_cast<ptrdiff_t>(n));
        if (!bench::is_near(
                y, [&](size_t i) { return expected(*data, i); }, 1e-5)) {
            state.SkipWithError("the result is wrong");
            return;
        }
        for (auto _ : state)
            call(*data);
        bench::count_bytes(state, sizeof(float) * moved * count);
        state.counters["ns/element"] =
            benchmark::Counter(count * 1e-9, benchmark::Counter::kIsIterationInvariantRate |
                                                 benchmark::Counter::kInvert);
    });
    bench::register_baseline("vector/" + row, "copy", [=](benchmark::State &state, int threads) {
        for (auto _ : state)
            copy(*data, n, threads);
        bench::count_bytes(state, sizeof(float) * 2.0 * count);
    });
}

void register_activations()
{
    static constexpr size_t n = 1 << 20;
    const std::string size = "/" + std::to_string(n);
    const auto sigmoid = [](double z) { return 1.0 / (1.0 + std::exp(-z)); };
    const struct {
        const char *name;
        lw_activation activation;
        std::function<double(double)> expected;
    } activations[] = {
        {"relu", LW_ACTIVATION_RELU, [](double z) { return std::max(0.0, z); }},
        {"sigmoid", LW_ACTIVATION_SIGMOID, sigmoid},
        {"tanh", LW_ACTIVATION_TANH, [](double z) { return std::tanh(z); }},
        {"gelu", LW_ACTIVATION_GELU,
         [=](double z) {
             return z * sigmoid(2.0 * std::sqrt(2.0 / M_PI) * (z + 0.044715 * z * z * z));
         }},
        {"silu", LW_ACTIVATION_SILU, [=](double z) { return z * sigmoid(z); }},
    };
    for (const auto &a : activations)
        register_vector(
            a.name + size, n, 2.0,
            [=, kind = a.activation](Buffers &d) {
                (void)!lw_activate(kind, n, d.x.data(), d.y.data());
            },
            [=, expected = a.expected](const Buffers &d, size_t i) { return expected(d.x[i]); });
    register_vector(
        "exp" + size, n, 2.0, [](Buffers &d) { (void)!lw_vector_exp(n, d.x.data(), d.y.data()); },
        [](const Buffers &d, size_t i) { return std::exp(static_cast<double>(d.x[i])); });
    register_vector(
        "log" + size, n, 2.0,
        [](Buffers &d) { (void)!lw_vector_log(n, d.positive.data(), d.y.data()); },
        [](const Buffers &d, size_t i) { return std::log(static_cast<double>(d.positive[i])); });
}

void register_rows(size_t rows, size_t cols)
{
    const std::string shape = "/" + std::to_string(rows) + "x" + std::to_string(cols);
    const auto softmax = [=](const Buffers &d, size_t i) {
        const float *row = &d.x[i / cols * cols];
        double sum = 0.0;
        for (size_t j = 0; j < cols; j++)
            sum += std::exp(static_cast<double>(row[j]));
        return std::exp(static_cast<double>(d.x[i])) / sum;
    };
    register_vector(
        "softmax" + shape, rows * cols, 2.0,
        [=](Buffers &d) { (void)!lw_softmax(rows, cols, d.x.data(), cols, d.y.data(), cols); },
        softmax);
    std::vector<int32_t> labels(rows);
    for (size_t i = 0; i < rows; i++)
        labels[i] = static_cast<int32_t>(i * 7 % cols);
    register_vector(
        "softmax_cross_entropy" + shape, rows * cols, 2.0,
        [=](Buffers &d) {
            (void)!lw_softmax_cross_entropy(rows, cols, d.x.data(), cols, labels.data(), 1.0f,
                                            d.m.data(), d.y.data(), cols);
        },
        [=](const Buffers &d, size_t i) {
            const bool is_label = i % cols == static_cast<size_t>(labels[i / cols]);
            return softmax(d, i) - (is_label ? 1.0 : 0.0);
        });
}

void register_updates(size_t n)
{
    const std::string size = "/" + std::to_string(n);
    const lw_sgd_update_params sgd = {1e-3f, 0.0f, 0.0f, 0};
    register_vector(
        "sgd" + size, n, 3.0,
        [=](Buffers &d) { (void)!lw_sgd_update(n, &sgd, d.x.data(), d.y.data(), nullptr); },
        [](const Buffers &d, size_t i) { return -1e-3 * d.x[i]; });
    // The first step of Adam has the size of the learning rate, whatever the gradient.
    const lw_adam_update_params adam = {1e-1f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 1};
    register_vector(
        "adam" + size, n, 7.0,
        [=](Buffers &d) {
            (void)!lw_adam_update(n, &adam, d.x.data(), d.y.data(), d.m.data(), d.v.data());
        },
        [](const Buffers &d, size_t i) {
            return d.x[i] > 0.0f ? -0.1 : d.x[i] < 0.0f ? 0.1 : 0.0;
        });
}

} // namespace

void register_benchmarks(const std::vector<std::string> &arguments)
{
    bench::expect_no_arguments(arguments);
    register_activations();
    register_rows(128, 10);
    register_rows(4096, 10);
    register_rows(4096, 1000);
    register_updates(1 << 14);
    register_updates(1 << 22);
}
