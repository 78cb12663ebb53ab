#include "link.h"

#include <algorithm>
#include <array>
#include <mpi.h>
#include <numeric>
#include <vector>

namespace
{

// MPI sends short messages at once. Before a long one the ranks agree, so that it begins later; TCP's become long at 64 KB,
// and the line is that of messages which certainly are.
constexpr size_t short_bytes = 8, least_bytes = 256 << 10, most_bytes = 4 << 20;

using Exchange = std::array<MPI_Request, 2>;

// It is sent before the other's is asked for. The other way round Open MPI sends the agreement to what comes before it says
// what will, so that a rank that is a little late begins its message when all of the other's has passed: twice the time.
Exchange begin_exchange(std::vector<char> &out, std::vector<char> &in, size_t n, int other)
{
    Exchange exchange;
    MPI_Isend(out.data(), static_cast<int>(n), MPI_CHAR, other, 0, MPI_COMM_WORLD, &exchange[0]);
    MPI_Irecv(in.data(), static_cast<int>(n), MPI_CHAR, other, 0, MPI_COMM_WORLD, &exchange[1]);
    return exchange;
}

void wait(Exchange exchange)
{
    MPI_Waitall(2, exchange.data(), MPI_STATUSES_IGNORE);
}

// The best of some series of exchanges of so many bytes both ways at once, as the rounds of a sum are: where hosts share
// processors, or a link is fast, copying what goes and what comes takes longer than one way alone. Of a series the mean,
// because one exchange is over at once where the other rank began it earlier. Many of short messages, which
// take less time than another process that has the processor for once.
double exchange_seconds(std::vector<char> &out, std::vector<char> &in, size_t n, int other)
{
    const int rounds = n < least_bytes ? 30 : 3, times = n < least_bytes ? 10 : 4;
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        const double begin = MPI_Wtime();
        for (int i = 0; i < times; i++)
            wait(begin_exchange(out, in, n, other));
        best = std::min(best, (MPI_Wtime() - begin) / times);
    }
    return best;
}

// The line of the least squares through long messages' times. A link that lets a burst pass at more than its rate has one that
// begins too early, below the time of a short message; that time is alpha then, and the line goes through it.
void fit_line(Link &link, int other)
{
    std::vector<char> out(most_bytes), in(most_bytes);
    const double shortest = exchange_seconds(out, in, short_bytes, other);
    std::vector<double> bytes, seconds;
    for (size_t n = least_bytes; n <= most_bytes; n *= 2) {
        bytes.push_back(static_cast<double>(n));
        seconds.push_back(exchange_seconds(out, in, n, other));
    }
    const double count = static_cast<double>(bytes.size());
    const double sum = std::accumulate(bytes.begin(), bytes.end(), 0.0),
                 times = std::accumulate(seconds.begin(), seconds.end(), 0.0),
                 squares = std::inner_product(bytes.begin(), bytes.end(), bytes.begin(), 0.0),
                 products = std::inner_product(bytes.begin(), bytes.end(), seconds.begin(), 0.0);
    link.beta = (count * products - sum * times) / (count * squares - sum * sum);
    link.alpha = (times - link.beta * sum) / count;
    if (link.alpha < shortest) {
        link.alpha = shortest;
        link.beta = (products - shortest * sum) / squares;
    }
}

// What is computed between two calls of MPI, in the milliseconds that a layer's gradients take.
void compute(std::vector<float> &x)
{
    constexpr int times = 50;
    for (int i = 0; i < times; i++)
        for (float &value : x)
            value = value * 0.5f + 1.0f;
}

double compute_seconds(std::vector<float> &x)
{
    double best = 1e9;
    for (int round = 0; round < 20; round++) {
        const double begin = MPI_Wtime();
        compute(x);
        best = std::min(best, MPI_Wtime() - begin);
    }
    return best;
}

// The share of the time of an exchange in which less is computed than without one, when least is.
double taken_share(int other)
{
    constexpr int rounds = 9;
    std::vector<float> x(1 << 16, 1.0f);
    std::vector<char> out(most_bytes), in(most_bytes);
    const double alone = compute_seconds(x);
    double least = 1.0;
    for (int round = 0; round < rounds; round++) {
        wait(begin_exchange(out, in, short_bytes, other));
        const double begin = MPI_Wtime();
        Exchange exchange = begin_exchange(out, in, most_bytes, other);
        double computed = 0.0;
        for (int done = 0; !done; computed += alone) {
            compute(x);
            MPI_Testall(2, exchange.data(), &done, MPI_STATUSES_IGNORE);
        }
        least = std::min(least, 1.0 - computed / (MPI_Wtime() - begin));
    }
    return std::max(0.0, least);
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
    if (count > 1 && (rank == 0 || rank == count - 1)) {
        const int other = rank == 0 ? count - 1 : 0;
        fit_line(link, other);
        link.taken = taken_share(other);
    }
    link.gamma = addition_seconds();
    MPI_Barrier(MPI_COMM_WORLD);
    return link;
}
