// Other libraries on the same products, for comparison. They are loaded at run time, each with its
// symbols to itself, because OpenBLAS and BLIS export the same cblas_sgemm.
#ifndef LANEWISE_BENCH_PEERS_H
#define LANEWISE_BENCH_PEERS_H

#include "shapes.h"

#include <functional>

namespace bench
{

// C = op(A) * op(B), all operands dense.
using Multiply = std::function<void(const Shape &, const float *a, const float *b, float *c)>;

struct Peer {
    std::string name, version;
    std::function<void(int threads)> set_threads;
    Multiply multiply;
};

// The libraries that CMake found and those of the environment variable LANEWISE_BENCH_PEERS, whose
// words are name=path:kind, kind cblas or dnnl; a word replaces what was found under its name.
// Throws std::runtime_error for a word that is not so formed and a library that cannot be used.
std::vector<Peer> load_peers();

} // namespace bench

#endif
