// usage: bench_gemm SHAPES.txt ...
//
// Benchmarks lw_sgemm against other libraries on the shapes of the files; each file is a group.
#include "bench.h"
#include "product.h"

#include <filesystem>
#include <memory>
#include <stdexcept>

namespace
{

void lanewise(const bench::Shape &s, const float *a, const float *b, float *c)
{
    (void)!lw_sgemm(s.transa, s.transb, s.m, s.n, s.k, 1.0f, a, s.lda(), b, s.ldb(), 0.0f, c, s.n);
}

// Times one shape. The first round checks the result before.
bench::Body time_product(const bench::Shape &shape, const bench::Multiply &multiply,
                         const std::shared_ptr<bench::Operands> &operands)
{
    return [=, correct = false](benchmark::State &state, int) mutable {
        correct = correct || bench::is_correct(shape, multiply, *operands);
        if (!correct) {
            state.SkipWithError("the product is wrong");
            return;
        }
        for (auto _ : state)
            multiply(shape, operands->a.data(), operands->b.data(), operands->c.data());
        bench::count_flops(state, shape.flops());
        bench::count_bytes(state, shape.bytes());
    };
}

// Sets the peer's thread count before each round: rounds of different counts are interleaved.
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
            bench::register_all_isas(row, time_product(shape, lanewise, operands));
            for (const bench::Peer &peer : peers)
                bench::register_baseline(
                    row, peer.name,
                    with_threads(peer, time_product(shape, peer.multiply, operands)));
        }
    }
}
