#include "networks.h"
#include "data_sets.h"

namespace bench
{

double Network::flops_per_row() const
{
    double weights = 0.0;
    for (size_t i = 1; i < sizes.size(); i++)
        weights += static_cast<double>(sizes[i - 1] * sizes[i]);
    return 6.0 * weights - 2.0 * static_cast<double>(sizes[0] * sizes[1]);
}

lw_net *Network::create() const
{
    std::vector<lw_layer_spec> layers;
    for (size_t i = 1; i < sizes.size(); i++)
        layers.push_back(
            {sizes[i], i + 1 == sizes.size() ? output : hidden, LW_INIT_DEFAULT, 0.0f});
    lw_net *net = nullptr;
    (void)!lw_net_create_mlp(&net, sizes[0], layers.data(), layers.size(), 1);
    return net;
}

const std::vector<Network> &networks()
{
    const lw_optimizer sgd = lw_sgd(1e-2f), adam = lw_adam(1e-3f);
    constexpr lw_activation linear = LW_ACTIVATION_LINEAR, relu = LW_ACTIVATION_RELU,
                            sigmoid = LW_ACTIVATION_SIGMOID, softmax = LW_ACTIVATION_SOFTMAX,
                            tanh = LW_ACTIVATION_TANH;
    // clang-format off
    static const std::vector<Network> all = {
        {"and_2-1", {2, 1}, linear, sigmoid, LW_LOSS_MSE, sgd, LW_FULL_BATCH, and_table},
        {"xor_2-2-1", {2, 2, 1}, relu, sigmoid, LW_LOSS_BINARY_CROSS_ENTROPY, sgd, LW_FULL_BATCH,
         xor_table},
        {"circle_2-10-5-1", {2, 10, 5, 1}, relu, sigmoid, LW_LOSS_MSE, sgd, LW_FULL_BATCH, circle},
        {"disk_2-64-64-2", {2, 64, 64, 2}, relu, softmax, LW_LOSS_CROSS_ENTROPY, sgd, 32, disk},
        {"admissions_6-1", {6, 1}, linear, sigmoid, LW_LOSS_MSE, sgd, LW_FULL_BATCH, admissions},
        {"fashion_784-128-10", {784, 128, 10}, relu, softmax, LW_LOSS_CROSS_ENTROPY, sgd, 64,
         fashion_mnist},
        {"fashion_784-128-10a", {784, 128, 10}, relu, softmax, LW_LOSS_CROSS_ENTROPY, adam, 64,
         fashion_mnist},
        {"fashion_512-256_b128", {784, 512, 256, 10}, relu, softmax, LW_LOSS_CROSS_ENTROPY,
         sgd, 128, fashion_mnist},
        {"fashion_512-256_b128a", {784, 512, 256, 10}, relu, softmax, LW_LOSS_CROSS_ENTROPY,
         adam, 128, fashion_mnist},
        {"simplechains_24-8-2", {24, 8, 2}, tanh, linear, LW_LOSS_MSE, sgd, LW_FULL_BATCH,
         simple_chains},
        {"fashion_1024x3_b256a", {784, 1024, 1024, 1024, 10}, relu, softmax, LW_LOSS_CROSS_ENTROPY,
         adam, 256, fashion_mnist},
    };
    // clang-format on
    return all;
}

} // namespace bench
