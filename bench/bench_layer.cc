// The fused dense layer, activations, softmax, losses and optimizer updates.
#include "bench.h"

namespace
{

struct Layer {
    size_t batch, in, out;
};

std::string layer_name(const char *what, const Layer &l)
{
    return std::string(what) + "/" + std::to_string(l.batch) + "x" + std::to_string(l.in) + "x" +
           std::to_string(l.out);
}

double flops_of(const Layer &l)
{
    return 2.0 * static_cast<double>(l.batch) * static_cast<double>(l.in) *
           static_cast<double>(l.out);
}

void register_layer(const Layer &l)
{
    using bench::Place;
    using benchmark::State;
    bench::register_everywhere(layer_name("forward_relu", l), [l](State &state,
                                                                  const Place &place) {
        const auto x = bench::random_floats(l.batch * l.in, 1);
        const auto w = bench::random_floats(l.in * l.out, 2), b = bench::random_floats(l.out, 3);
        std::vector<float> y(l.batch * l.out);
        for (auto _ : state)
            lw_linear_forward(l.batch, l.in, l.out, x.data(), l.in, w.data(), l.out, b.data(),
                              LW_RELU, nullptr, 0, y.data(), l.out);
        bench::count_flops(state, place, flops_of(l));
    });
    bench::register_everywhere(
        layer_name("backward_input_relu", l), [l](State &state, const Place &place) {
            const auto dz = bench::random_floats(l.batch * l.out, 1);
            const auto w = bench::random_floats(l.in * l.out, 2);
            const auto saved = bench::random_floats(l.batch * l.in, 3);
            std::vector<float> dx(l.batch * l.in);
            for (auto _ : state)
                lw_linear_backward_input(l.batch, l.in, l.out, dz.data(), l.out, w.data(), l.out,
                                         LW_RELU, saved.data(), l.in, dx.data(), l.in);
            bench::count_flops(state, place, flops_of(l));
        });
    bench::register_everywhere(
        layer_name("backward_weights", l), [l](State &state, const Place &place) {
            const auto x = bench::random_floats(l.batch * l.in, 1);
            const auto dz = bench::random_floats(l.batch * l.out, 2);
            std::vector<float> dw(l.in * l.out), db(l.out);
            for (auto _ : state)
                lw_linear_backward_weights(l.batch, l.in, l.out, x.data(), l.in, dz.data(), l.out,
                                           0.0f, dw.data(), l.out, db.data());
            bench::count_flops(state, place, flops_of(l));
        });
}

// A vector function of n floats that reads and writes so many of them.
void register_vector(const std::string &name, size_t n, double floats_moved,
                     const std::function<void(const float *x, float *y)> &call)
{
    bench::register_everywhere(
        name + "/" + std::to_string(n), [=](benchmark::State &state, const bench::Place &) {
            auto x = bench::random_floats(n, 1);
            for (float &value : x)
                value = 4.0f * value;
            std::vector<float> y(n);
            for (auto _ : state)
                call(x.data(), y.data());
            bench::count_bytes(state, 4.0 * floats_moved);
            state.counters["ns/element"] = benchmark::Counter(
                static_cast<double>(n) * 1e-9,
                benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
        });
}

void register_rows(size_t rows, size_t cols)
{
    const std::string shape = std::to_string(rows) + "x" + std::to_string(cols);
    const size_t n = rows * cols;
    register_vector("softmax/" + shape, n, 2.0 * static_cast<double>(n),
                    [=](const float *x, float *y) { lw_softmax(rows, cols, x, cols, y, cols); });
    std::vector<int32_t> labels(rows);
    for (size_t i = 0; i < rows; i++)
        labels[i] = static_cast<int32_t>(i * 7 % cols);
    register_vector("cross_entropy/" + shape, n, 2.0 * static_cast<double>(n),
                    [=, loss = std::vector<float>(rows)](const float *x, float *y) mutable {
                        lw_softmax_cross_entropy(rows, cols, x, cols, labels.data(), 1.0f,
                                                 loss.data(), y, cols);
                    });
}

void register_updates(size_t n)
{
    const double size = static_cast<double>(n);
    const lw_sgd_update_params sgd = {1e-3f, 0.0f, 0.0f, 0};
    register_vector("sgd", n, 3.0 * size,
                    [=](const float *x, float *y) { lw_sgd_update(n, &sgd, x, y, nullptr); });
    const lw_adam_update_params adam = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 10};
    register_vector("adam", n, 7.0 * size,
                    [=, m = std::vector<float>(n), v = std::vector<float>(n)](const float *x,
                                                                              float *y) mutable {
                        lw_adam_update(n, &adam, x, y, m.data(), v.data());
                    });
}

} // namespace

void register_benchmarks()
{
    register_layer({32, 64, 64});
    register_layer({128, 784, 512});
    const size_t n = 1 << 20;
    register_vector("exp", n, 2.0 * n, [](const float *x, float *y) { lw_exp(1 << 20, x, y); });
    const struct {
        const char *name;
        lw_activation activation;
    } activations[] = {{"relu", LW_RELU},
                       {"sigmoid", LW_SIGMOID},
                       {"tanh", LW_TANH},
                       {"gelu", LW_GELU},
                       {"silu", LW_SILU}};
    for (const auto &a : activations)
        register_vector(a.name, n, 2.0 * n, [a](const float *x, float *y) {
            lw_activate(a.activation, 1 << 20, x, y);
        });
    register_rows(128, 10);
    register_rows(4096, 10);
    register_rows(4096, 1000);
    register_updates(1 << 14);
    register_updates(1 << 22);
}
