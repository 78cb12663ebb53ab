// usage: bench_gemm SHAPES.txt ...
// lw_sgemm and the peers on the shapes of the files, one group for each file.
#include "bench.h"
#include "product.h"

#include <filesystem>
#include <memory>
#include <stdexcept>

namespace
{

void lanewise(const bench::Shape &s, const float *a, const float *b, float *c)
{
    lw_sgemm(s.transa, s.transb, s.m, s.n, s.k, 1.0f, a, s.lda(), b, s.ldb(), 0.0f, c, s.n);
}

// The contender's loop over one shape; its first round begins with the check.
bench::Body timed(const bench::Shape &shape, const bench::Multiply &multiply,
                  const std::shared_ptr<bench::Operands> &operands)
{
    return [=, right = false](benchmark::State &state, int) mutable {
        right = right || bench::is_right(shape, multiply, *operands);
        if (!right) {
            state.SkipWithError("the product is wrong");
            return;
        }
        for (auto _ : state)
            multiply(shape, operands->a.data(), operands->b.data(), operands->c.data());
        bench::count_flops(state, shape.flops());
        bench::count_bytes(state, shape.bytes());
    };
}

// The peer's thread count is set for each benchmark: the rounds of all places are mixed.
bench::Body with_threads(const bench::Peer &peer, const bench::Body &body)
{
    return [=](benchmark::State &state, int threads) {
        peer.set_threads(threads);
        body(state, threads);
    };
}

} // namespace

void register_benchmarks(const std::vector<std::string> &files)
{
    if (files.empty())
        throw std::runtime_error("usage: bench_gemm SHAPES.txt ...");
    const std::vector<bench::Peer> peers = bench::load_peers();
    for (const bench::Peer &peer : peers)
        benchmark::AddCustomContext("peer_" + peer.name, peer.version);
    for (const std::string &file : files) {
        const std::vector<bench::Shape> shapes = bench::read_shapes(file);
        const auto operands = std::make_shared<bench::Operands>(shapes);
        for (const bench::Shape &shape : shapes) {
            const std::string row =
                std::filesystem::path(file).stem().string() + "/" + shape.title();
            bench::register_everywhere(row, timed(shape, lanewise, operands));
            for (const bench::Peer &peer : peers)
                bench::register_contender(
                    row, peer.name, with_threads(peer, timed(shape, peer.multiply, operands)));
        }
    }
}
