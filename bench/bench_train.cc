// Whole training steps: samples per second of the networks in use.
#include "bench.h"

#include <lanewise/nn.h>

namespace
{

struct Network {
    const char *name;
    std::vector<size_t> sizes; // inputs, then units of each layer
    lw_activation hidden, output;
    lw_loss loss;
    size_t batch;
    bool adam;
};

const Network networks[] = {
    {"and_2-1", {2, 1}, LW_LINEAR, LW_SIGMOID, LW_MSE, 4, false},
    {"xor_2-2-1", {2, 2, 1}, LW_RELU, LW_SIGMOID, LW_BINARY_CROSS_ENTROPY, 4, false},
    {"circle_2-10-5-1", {2, 10, 5, 1}, LW_RELU, LW_SIGMOID, LW_MSE, 8000, false},
    {"disk_2-64-64-2", {2, 64, 64, 2}, LW_RELU, LW_SOFTMAX, LW_CROSS_ENTROPY, 32, false},
    {"admissions_6-1", {6, 1}, LW_LINEAR, LW_SIGMOID, LW_MSE, 360, false},
    {"fashion_784-128-10", {784, 128, 10}, LW_RELU, LW_SOFTMAX, LW_CROSS_ENTROPY, 64, false},
    {"fashion_784-128-10a", {784, 128, 10}, LW_RELU, LW_SOFTMAX, LW_CROSS_ENTROPY, 64, true},
    {"fashion_512-256_b128",
     {784, 512, 256, 10},
     LW_RELU,
     LW_SOFTMAX,
     LW_CROSS_ENTROPY,
     128,
     false},
    {"fashion_512-256_b128a",
     {784, 512, 256, 10},
     LW_RELU,
     LW_SOFTMAX,
     LW_CROSS_ENTROPY,
     128,
     true},
    {"simplechains_24-8-2", {24, 8, 2}, LW_TANH, LW_LINEAR, LW_MSE, 200, false},
    {"fashion_1024x3_b256a",
     {784, 1024, 1024, 1024, 10},
     LW_RELU,
     LW_SOFTMAX,
     LW_CROSS_ENTROPY,
     256,
     true},
};

// Two operations per product: forward, weights, and the inputs of all layers but the first.
double flops_per_step(const Network &network)
{
    double weights = 0.0, first = 0.0;
    for (size_t i = 0; i + 1 < network.sizes.size(); i++) {
        const double w = static_cast<double>(network.sizes[i] * network.sizes[i + 1]);
        weights += w;
        first = i == 0 ? w : first;
    }
    return static_cast<double>(network.batch) * (6.0 * weights - 2.0 * first);
}

void train(benchmark::State &state, const Network &network)
{
    std::vector<lw_layer_spec> layers;
    for (size_t i = 1; i < network.sizes.size(); i++) {
        const bool last = i + 1 == network.sizes.size();
        layers.push_back(
            {network.sizes[i], last ? network.output : network.hidden, LW_INIT_DEFAULT, 0.0f});
    }
    lw_net *net = nullptr;
    if (!bench::check(state,
                      lw_net_create(&net, network.sizes[0], layers.data(), layers.size(), 1)))
        return;
    const size_t outputs = network.sizes.back();
    const auto x = bench::random_floats(network.batch * network.sizes[0], 1);
    std::vector<int32_t> labels(network.batch);
    for (size_t i = 0; i < network.batch; i++)
        labels[i] = static_cast<int32_t>(i % (outputs > 1 ? outputs : 2));
    const lw_target target = {nullptr, labels.data()};
    const lw_optimizer optimizer = network.adam ? lw_adam(1e-3f) : lw_sgd(1e-2f);
    double value = 0.0;
    const auto step = [&] {
        return lw_train_step(net, network.loss, &optimizer, network.batch, x.data(), &target,
                             &value);
    };
    bool right = bench::check(state, step());
    const double first = value;
    right = right && bench::check(state, step());
    if (right && !(value < first))
        state.SkipWithError("a step does not lower the loss");
    else if (right) {
        for (auto _ : state)
            step();
        bench::count_flops(state, flops_per_step(network));
        state.counters["samples/s"] = benchmark::Counter(
            static_cast<double>(network.batch), benchmark::Counter::kIsIterationInvariantRate);
    }
    lw_net_destroy(net);
}

} // namespace

void register_benchmarks(const std::vector<std::string> &arguments)
{
    bench::expect_no_arguments(arguments);
    for (const Network &network : networks)
        bench::register_everywhere(
            std::string("train/") + network.name,
            [network](benchmark::State &state, int) { train(state, network); });
}
