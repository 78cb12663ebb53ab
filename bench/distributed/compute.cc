#include "compute.h"

#include <algorithm>
#include <numeric>
#include <utility>

double Parts::sum() const
{
    return std::accumulate(gradients.begin(), gradients.end(), rows + update);
}

double Compute::lap(Compute *compute)
{
    const double now = MPI_Wtime();
    return now - std::exchange(compute->last_, now);
}

lw_ranks Compute::silent_ranks(const lw_ranks &ranks)
{
    lw_ranks silent = {};
    silent.size = sizeof silent;
    silent.rank = ranks.rank;
    // A single rank would not store its gradients.
    silent.count = std::max(2u, ranks.count);
    silent.user = this;
    // The reduction of the loss comes first, after the rows.
    silent.allreduce_f64 = [](void *user, size_t, double *) {
        auto *compute = static_cast<Compute *>(user);
        compute->parts_.rows += lap(compute);
        return LW_OK;
    };
    // The gradients of a wide layer come in pieces.
    silent.allreduce_f32 = [](void *user, size_t n, float *) {
        auto *compute = static_cast<Compute *>(user);
        compute->parts_.gradients.at(compute->layer_) += lap(compute);
        compute->floats_ += n;
        if (compute->floats_ >= compute->training_.gradients()[compute->layer_]) {
            compute->layer_++;
            compute->floats_ = 0;
        }
        return LW_OK;
    };
    silent.wait = [](void *user) {
        lap(static_cast<Compute *>(user));
        return LW_OK;
    };
    return silent;
}

Compute::Compute(const Options &options, size_t rows, unsigned threads, const lw_ranks &ranks)
    : training_(options, rows, threads, silent_ranks(ranks))
{
}

Parts Compute::measure(size_t steps)
{
    parts_ = Parts();
    parts_.gradients.resize(training_.gradients().size());
    MPI_Barrier(MPI_COMM_WORLD);
    for (size_t i = 0; i < steps; i++) {
        layer_ = 0;
        last_ = MPI_Wtime();
        training_.step();
        parts_.update += lap(this);
    }
    std::vector<double> all = parts_.gradients;
    all.insert(all.end(), {parts_.rows, parts_.update});
    for (double &seconds : all)
        seconds /= static_cast<double>(steps);
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_MAX,
                  MPI_COMM_WORLD);
    Parts slowest;
    slowest.gradients.assign(all.begin(), all.end() - 2);
    slowest.rows = all.end()[-2];
    slowest.update = all.back();
    return slowest;
}
