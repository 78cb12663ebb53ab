// usage: mpirun -n RANKS bench_ranks [--network 784-1024-10] [--batch ROWS_OF_ALL] [--optimizer
// sgd|adam]
//            [--gradients fp32|bf16] [--bucket BYTES] [--steps N] [--rounds N] [--threads N]
// Times training steps over ranks and their parts. Prints one line of JSON; times are in seconds,
// and those of a step are from the best round:
//   step, step_median   a step in the best and in the median round
//   reductions, bytes, wait, exchange   lw_mpi_times of a step
//   peak                floating-point operations per second that all ranks together reach at that
//   time share, share_median the part of peak that the products of a step reach, in the best and in
//   the median round compute             a step of one rank without exchange (compute.h), best
//   round alpha, beta, gamma, taken   the link (link.h)
#include "compute.h"
#include "link.h"

#include <algorithm>
#include <cstdio>
#include <lanewise/internal/peak.h>
#include <stdexcept>

namespace
{

struct Round {
    double step, loss;
    lw_mpi_times times; // of all steps
    double peak;        // of all ranks, if all were as fast as the slowest
};

// FMA peak of all ranks at once, if all were as fast as the slowest. On a machine that other
// processes use, it measures how much of the processors was available.
double measure_peak(unsigned threads, unsigned ranks)
{
    MPI_Barrier(MPI_COMM_WORLD);
    double peak = lw_measure_peak(static_cast<int>(threads));
    MPI_Allreduce(MPI_IN_PLACE, &peak, 1, MPI_DOUBLE, MPI_MIN, MPI_COMM_WORLD);
    return peak * ranks;
}

Round train(Training &training, lw_mpi *mpi, size_t steps)
{
    Round round;
    check(lw_mpi_take_times(mpi, &round.times));
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    for (size_t i = 0; i < steps; i++)
        round.loss = training.step();
    round.step = (MPI_Wtime() - begin) / static_cast<double>(steps);
    check(lw_mpi_take_times(mpi, &round.times));
    return round;
}

struct Results {
    std::vector<Round> rounds; // the best first
    double loss;               // after the last
    Parts compute;
    double flops; // of a step's products

    // Quantile over the rounds of the part of the peak that a step reaches.
    double quantile(double share) const
    {
        std::vector<double> shares;
        for (const Round &round : rounds)
            shares.push_back(flops / round.step / round.peak);
        std::sort(shares.begin(), shares.end());
        return shares[static_cast<size_t>(share * static_cast<double>(shares.size() - 1))];
    }
};

// Alternates rounds of both kinds, because machines drift.
Results measure(const Options &options, lw_mpi *mpi, unsigned threads)
{
    const unsigned ranks = lw_mpi_ranks(mpi)->count;
    const size_t rows = options.batch / ranks;
    Training training(options, rows, threads, *lw_mpi_ranks(mpi));
    Compute compute(options, rows, threads, *lw_mpi_ranks(mpi));
    Results results;
    results.flops = training.flops() * ranks;
    // The first step allocates memory.
    train(training, mpi, 1);
    compute.measure(1);
    for (size_t i = 0; i < options.rounds; i++) {
        const double before = measure_peak(threads, ranks);
        Round round = train(training, mpi, options.steps);
        round.peak = (before + measure_peak(threads, ranks)) / 2;
        results.rounds.push_back(round);
        const Parts parts = compute.measure(options.steps);
        if (i == 0 || parts.sum() < results.compute.sum())
            results.compute = parts;
    }
    results.loss = results.rounds.back().loss;
    std::sort(results.rounds.begin(), results.rounds.end(),
              [](const Round &a, const Round &b) { return a.step < b.step; });
    return results;
}

void print(const Options &options, unsigned ranks, unsigned hosts, unsigned threads,
           const Results &results, const Link &link)
{
    const Round &best = results.rounds.front();
    const double steps = static_cast<double>(options.steps);
    std::printf(
        "{\"network\": \"%s\", \"batch\": %zu, \"optimizer\": \"%s\", \"gradients\": \"%s\", "
        "\"bucket\": %zu, \"ranks\": %u, \"hosts\": %u, \"threads\": %u, ",
        options.network.c_str(), options.batch, options.optimizer.c_str(),
        options.gradients.c_str(), options.bucket, ranks, hosts, threads);
    std::printf("\"step\": %.6g, \"step_median\": %.6g, \"reductions\": %g, \"bytes\": %.9g, "
                "\"wait\": %.6g, \"exchange\": %.6g, \"loss\": %.9g, ",
                best.step, results.rounds[results.rounds.size() / 2].step,
                static_cast<double>(best.times.reductions) / steps, best.times.bytes / steps,
                best.times.wait_seconds / steps, best.times.exchange_seconds / steps, results.loss);
    std::printf("\"peak\": %.6g, \"share\": %.3g, \"share_median\": %.3g, ", best.peak,
                results.quantile(1.0), results.quantile(0.5));
    std::printf("\"compute\": {\"rows\": %.6g, \"gradients\": [", results.compute.rows);
    for (size_t i = 0; i < results.compute.gradients.size(); i++)
        std::printf("%s%.6g", i > 0 ? ", " : "", results.compute.gradients[i]);
    std::printf("], \"update\": %.6g}, \"alpha\": %.6g, \"beta\": %.6g, \"gamma\": %.6g, "
                "\"taken\": %.3g}\n",
                results.compute.update, link.alpha, link.beta, link.gamma, link.taken);
}

void run(int argc, char **argv)
{
    const Options options = parse_options(argc, argv);
    const lw_mpi_options mpi_options = options.mpi();
    lw_mpi *mpi;
    check(lw_mpi_create(&mpi, MPI_COMM_WORLD, &mpi_options));
    const unsigned ranks = lw_mpi_ranks(mpi)->count;
    if (options.batch % ranks != 0)
        throw std::runtime_error("the batch is not a multiple of the ranks");
    unsigned threads, hosts, here;
    check(lw_mpi_threads(mpi, &threads));
    check(lw_mpi_hosts(mpi, &hosts, &here));
    if (options.threads > 0)
        threads = options.threads;
    const Results results = measure(options, mpi, threads);
    const Link link = measure_link();
    if (lw_mpi_ranks(mpi)->rank == 0)
        print(options, ranks, hosts, threads, results, link);
    lw_mpi_destroy(mpi);
}

} // namespace

int main(int argc, char **argv)
{
    int level;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    try {
        run(argc, argv);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_ranks: %s\n", error.what());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    MPI_Finalize();
}
