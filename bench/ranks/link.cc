#include "link.h"

#include <algorithm>
#include <mpi.h>
#include <vector>

namespace
{

constexpr size_t most_bytes = 4 << 20;

// The best of some exchanges of so many bytes both ways at once, as the rounds of a sum are: where hosts share processors,
// or a link is fast, copying what goes and what comes takes longer than one way alone. Many of short messages, which
// take less time than another process that has the processor for once.
double exchange_seconds(std::vector<char> &out, std::vector<char> &in, size_t n, int other)
{
    const int rounds = n < 65536 ? 300 : 7;
    const int count = static_cast<int>(n);
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        const double begin = MPI_Wtime();
        MPI_Sendrecv(out.data(), count, MPI_CHAR, other, 0, in.data(), count, MPI_CHAR, other, 0,
                     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        best = std::min(best, MPI_Wtime() - begin);
    }
    return best;
}

// alpha is the time of the shortest message, and the line from there is that of the least squares, which the long messages
// decide: those of a link that lets a burst pass at more than its rate are not on a line with the short ones.
void fit_line(Link &link, int other)
{
    constexpr size_t least_bytes = 8;
    std::vector<char> out(most_bytes), in(most_bytes);
    link.alpha = exchange_seconds(out, in, least_bytes, other);
    double squares = 0.0, products = 0.0;
    for (size_t n = 2 * least_bytes; n <= most_bytes; n *= 2) {
        const double more = static_cast<double>(n - least_bytes);
        squares += more * more;
        products += more * (exchange_seconds(out, in, n, other) - link.alpha);
    }
    link.beta = products / squares;
}

// As MPI does it, in pieces as long as those that are sent.
double addition_seconds()
{
    constexpr int rounds = 10, floats = 1 << 18;
    const std::vector<float> x(floats, 1.0f);
    std::vector<float> y(floats, 1.0f);
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        const double begin = MPI_Wtime();
        MPI_Reduce_local(x.data(), y.data(), floats, MPI_FLOAT, MPI_SUM);
        best = std::min(best, MPI_Wtime() - begin);
    }
    return best / (floats * sizeof(float));
}

} // namespace

Link measure_link()
{
    int rank, count;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    Link link;
    if (count > 1 && (rank == 0 || rank == count - 1))
        fit_line(link, rank == 0 ? count - 1 : 0);
    link.gamma = addition_seconds();
    MPI_Barrier(MPI_COMM_WORLD);
    return link;
}
