#include "link.h"

#include <algorithm>
#include <array>
#include <mpi.h>
#include <numeric>
#include <vector>

namespace
{

// MPI sends short messages at once (eager protocol) and negotiates long ones first (rendezvous).
// Over TCP the limit is 64 KB; the line is fitted to messages well above it.
constexpr size_t short_bytes = 8, min_bytes = 256 << 10, max_bytes = 4 << 20;

using Exchange = std::array<MPI_Request, 2>;

// Sends before it posts the receive. In the other order Open MPI accepts the incoming message
// before it announces the outgoing one, so that a rank that is slightly late sends only after it
// has received everything: twice the time.
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

// Seconds of an exchange of n bytes in both directions at once, as in the rounds of an all-reduce:
// copying both ways takes longer than one way where hosts share processors or a link is fast. Best
// of several series; of a series the mean, because a single exchange takes no time on the rank that
// starts it later. Short messages get more series, since one time slice of another process is
// longer than all of them.
double exchange_seconds(std::vector<char> &out, std::vector<char> &in, size_t n, int other)
{
    const int rounds = n < min_bytes ? 30 : 3, times = n < min_bytes ? 10 : 4;
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        const double begin = MPI_Wtime();
        for (int i = 0; i < times; i++)
            wait(begin_exchange(out, in, n, other));
        best = std::min(best, (MPI_Wtime() - begin) / times);
    }
    return best;
}

// Least-squares line through the times of long messages. On a link that passes bursts above its
// rate, the intercept is below the time of a short message; then alpha is that time, and the line
// goes through it.
void fit_line(Link &link, int other)
{
    std::vector<char> out(max_bytes), in(max_bytes);
    const double shortest = exchange_seconds(out, in, short_bytes, other);
    std::vector<double> bytes, seconds;
    for (size_t n = min_bytes; n <= max_bytes; n *= 2) {
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

// Computation between two MPI calls: a few milliseconds, as the gradients of a layer take.
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

// Fraction of the processor that an exchange takes from a computation; the smallest of several
// measurements.
double taken_fraction(int other)
{
    constexpr int rounds = 9;
    std::vector<float> x(1 << 16, 1.0f);
    std::vector<char> out(max_bytes), in(max_bytes);
    const double alone = compute_seconds(x);
    double smallest = 1.0;
    for (int round = 0; round < rounds; round++) {
        wait(begin_exchange(out, in, short_bytes, other));
        const double begin = MPI_Wtime();
        Exchange exchange = begin_exchange(out, in, max_bytes, other);
        double computed = 0.0;
        for (int done = 0; !done; computed += alone) {
            compute(x);
            MPI_Testall(2, exchange.data(), &done, MPI_STATUSES_IGNORE);
        }
        smallest = std::min(smallest, 1.0 - computed / (MPI_Wtime() - begin));
    }
    return std::max(0.0, smallest);
}

// Seconds per byte of a local reduction by MPI, in pieces as large as a bucket.
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
        link.taken = taken_fraction(other);
    }
    link.gamma = addition_seconds();
    MPI_Barrier(MPI_COMM_WORLD);
    return link;
}
