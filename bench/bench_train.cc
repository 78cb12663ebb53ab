// Training as a user has it: lw_fit over a data set whose rows are shuffled and gathered.
#include "bench.h"
#include "networks.h"

#include <algorithm>
#include <stdexcept>

namespace
{

using bench::Network;

// Whether a step on the first rows lowers the loss on them.
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

// Runs of lw_fit of so many steps that the call itself, which looks at all data once, does not count: a step is an
// iteration of the benchmark. There is no callback: lw_fit would look at the clock for it, which takes as
// long as a step of two by one, and its threads would not wait for the next step.
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

// One run of lw_fit, of which each step is an iteration of the benchmark. The callback of the first
// step starts the clock: what a run does once (the check of all data, the first order of the rows, room
// for the batch) is not timed, a new order in every epoch is.
lw_status fit(benchmark::State &state, const Network &network, lw_net *net, const lw_dataset &data)
{
    lw_fit_options options = {};
    options.size = sizeof options;
    options.loss = network.loss;
    options.optimizer = network.optimizer;
    options.batch_size = network.batch;
    constexpr size_t few_floats =
        100000; // that are looked at in less time than a step of a large network
    if (data.rows * data.inputs <= few_floats)
        return fit_epochs(state, net, data, options,
                          data.rows / std::min(network.batch, data.rows));
    options.epochs = SIZE_MAX;
    options.user = &state;
    options.on_batch = [](void *user, const lw_batch_report *) {
        return static_cast<int>(!static_cast<benchmark::State *>(user)->KeepRunning());
    };
    return lw_fit(net, &data, &options);
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
    data.rows -= data.rows % batch; // so that every step has as many rows
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
        bench::register_everywhere(
            "train/" + network.name,
            [&network](benchmark::State &state, int) { train(state, network, LW_FP32); });
    for (const Network &network : bench::networks())
        if (network.is_wide())
            bench::register_everywhere(
                "train_bf16/" + network.name,
                [&network](benchmark::State &state, int) { train(state, network, LW_BF16); });
}
