#include "training.h"

#include <cstdio>
#include <random>

void check(lw_status status)
{
    if (status == LW_OK)
        return;
    std::fprintf(stderr, "bench_ranks: %s\n", lw_last_error());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

namespace
{

lw_net *make_net(const std::vector<size_t> &sizes)
{
    std::vector<lw_layer_spec> layers;
    for (size_t i = 1; i < sizes.size(); i++)
        layers.push_back({sizes[i],
                          i + 1 == sizes.size() ? LW_ACTIVATION_SOFTMAX : LW_ACTIVATION_RELU,
                          LW_INIT_DEFAULT, 0.0f});
    lw_net *net = nullptr;
    check(lw_net_create_mlp(&net, sizes[0], layers.data(), layers.size(), 1));
    return net;
}

} // namespace

Training::Training(const Options &options, size_t rows, unsigned threads, const lw_ranks &ranks)
    : rows_(rows), net_(make_net(options.sizes)), optimizer_(options.make_optimizer()),
      x_(rows * options.sizes.front()), labels_(rows)
{
    for (size_t i = options.sizes.size() - 1; i > 0; i--) {
        gradients_.push_back((options.sizes[i - 1] + 1) * options.sizes[i]);
        const size_t products = i > 1 ? 3 : 2;
        flops_ +=
            static_cast<double>(2 * rows * products * options.sizes[i - 1] * options.sizes[i]);
    }
    lw_net_set_threads(net_.get(), threads);
    check(lw_net_set_ranks(net_.get(), &ranks));
    std::mt19937 random(ranks.rank + 1);
    for (float &x : x_)
        x = static_cast<float>(random() % 256) / 255.0f; // like pixels
    for (int32_t &label : labels_)
        label = static_cast<int32_t>(random() % options.sizes.back());
}

double Training::step()
{
    lw_target target = {};
    target.labels = labels_.data();
    double loss;
    check(
        lw_train_step(net_.get(), LW_LOSS_DEFAULT, &optimizer_, rows_, x_.data(), &target, &loss));
    return loss;
}
