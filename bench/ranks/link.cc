#include "link.h"

#include <algorithm>
#include <mpi.h>
#include <vector>

namespace
{

constexpr size_t most_bytes = 4 << 20;

// The best of some journeys there and back, in seconds one way as the first rank sees it. Many of short messages, which
// take less time than another process that has the processor for once.
double message_seconds(std::vector<char> &bytes, size_t n, int rank, int other)
{
    const int rounds = n < 65536 ? 300 : 7;
    const int count = static_cast<int>(n);
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        const double begin = MPI_Wtime();
        if (rank == 0)
            MPI_Send(bytes.data(), count, MPI_CHAR, other, 0, MPI_COMM_WORLD);
        MPI_Recv(bytes.data(), count, MPI_CHAR, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (rank != 0)
            MPI_Send(bytes.data(), count, MPI_CHAR, other, 0, MPI_COMM_WORLD);
        best = std::min(best, (MPI_Wtime() - begin) / 2);
    }
    return best;
}

// alpha is the time of the shortest message, and the line from there is that of the least squares, which the long messages
// decide: those of a link that lets a burst pass at more than its rate are not on a line with the short ones.
void fit_line(Link &link, int rank, int other)
{
    constexpr size_t least_bytes = 8;
    std::vector<char> bytes(most_bytes);
    link.alpha = message_seconds(bytes, least_bytes, rank, other);
    double squares = 0.0, products = 0.0;
    for (size_t n = 2 * least_bytes; n <= most_bytes; n *= 2) {
        const double more = static_cast<double>(n - least_bytes);
        squares += more * more;
        products += more * (message_seconds(bytes, n, rank, other) - link.alpha);
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
        fit_line(link, rank, rank == 0 ? count - 1 : 0);
    link.gamma = addition_seconds();
    MPI_Barrier(MPI_COMM_WORLD);
    return link;
}
