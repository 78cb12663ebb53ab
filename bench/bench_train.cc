// Benchmarks training as users run it: lw_fit over a data set whose rows are shuffled.
#include "bench.h"
#include "networks.h"

#include <algorithm>
#include <stdexcept>

namespace
{

using bench::Network;

// Returns whether a training step on the first rows lowers their loss.
bool learns(benchmark::State &state, const Network &network, lw_net *net, const lw_dataset &data,
            size_t batch)
{
    double losses[2];
    for (double &loss : losses)
        if (!bench::check(state, lw_train_step(net, network.loss, &network.optimizer, batch, data.x,
                                               &data.target, &loss)))
            return false;
    if (!(losses[1] < losses[0]))
        state.SkipWithError("a step does not lower the loss");
    return losses[1] < losses[0];
}

// For small data sets: runs lw_fit for about 1000 steps at a time, each step an iteration of the
// benchmark, so that the setup of lw_fit (a check of all data) is negligible. Uses no callback:
// with one, lw_fit reads the clock in every step, which takes as long as a step of a 2-1 network,
// and opens a parallel region for every step instead of one for all.
lw_status fit_epochs(benchmark::State &state, lw_net *net, const lw_dataset &data,
                     lw_fit_options options, size_t steps_per_epoch)
{
    options.epochs = std::max<size_t>(1, 1000 / steps_per_epoch);
    const size_t steps = options.epochs * steps_per_epoch;
    lw_status status = LW_OK;
    while (status == LW_OK && state.KeepRunningBatch(static_cast<benchmark::IterationCount>(steps)))
        status = lw_fit(net, &data, &options);
    return status;
}

// For large data sets: one run of lw_fit, each step an iteration of the benchmark. The callback of
// the first step starts the clock, so that the setup of lw_fit (check of all data, first shuffle,
// allocation of the batch) is not timed. The shuffle of every further epoch is.
lw_status fit_one_run(benchmark::State &state, lw_net *net, const lw_dataset &data,
                      lw_fit_options options)
{
    options.epochs = SIZE_MAX;
    options.user = &state;
    options.on_batch = [](void *user, const lw_batch_report *) {
        return static_cast<int>(!static_cast<benchmark::State *>(user)->KeepRunning());
    };
    return lw_fit(net, &data, &options);
}

lw_status fit(benchmark::State &state, const Network &network, lw_net *net, const lw_dataset &data)
{
    lw_fit_options options = {};
    options.size = sizeof options;
    options.loss = network.loss;
    options.optimizer = network.optimizer;
    options.batch_size = network.batch;
    // Checking this many floats takes less time than a step of a large network.
    constexpr size_t max_small_data = 100000;
    if (data.rows * data.inputs > max_small_data)
        return fit_one_run(state, net, data, options);
    return fit_epochs(state, net, data, options, data.rows / std::min(network.batch, data.rows));
}

void train(benchmark::State &state, const Network &network, lw_precision precision)
{
    lw_dataset data;
    try {
        data = network.data();
    } catch (const std::exception &error) {
        state.SkipWithError(error.what());
        return;
    }
    const size_t batch = std::min(network.batch, data.rows);
    data.rows -= data.rows % batch; // every step has the same number of rows
    lw_net *net = network.create();
    if (bench::check(state, net ? lw_net_set_precision(net, precision) : LW_ENOMEM) &&
        learns(state, network, net, data, batch) &&
        bench::check(state, fit(state, network, net, data))) {
        const double rows = static_cast<double>(batch);
        bench::count_flops(state, rows * network.flops_per_row());
        state.counters["samples_per_second"] =
            benchmark::Counter(rows, benchmark::Counter::kIsIterationInvariantRate);
        state.counters["us/step"] = benchmark::Counter(
            1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    }
    lw_net_destroy(net);
}

} // namespace

void register_benchmarks(const std::vector<std::string> &arguments)
{
    bench::expect_no_arguments(arguments);
    for (const Network &network : bench::networks())
        bench::register_all_isas("train/" + network.name, [&network](benchmark::State &state, int) {
            train(state, network, LW_PRECISION_FP32);
        });
    for (const Network &network : bench::networks())
        if (network.is_wide())
            bench::register_all_isas("train_bf16/" + network.name,
                                     [&network](benchmark::State &state, int) {
                                         train(state, network, LW_PRECISION_BF16);
                                     });
}
