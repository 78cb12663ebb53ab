// Peers: other libraries that compute the same products. They are loaded at run time with separate
// symbols, because OpenBLAS and BLIS both export cblas_sgemm.
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

// Loads the libraries that CMake found and those of the environment variable LANEWISE_BENCH_PEERS,
// a list of words name=path:kind with kind cblas or dnnl. A word replaces a found library of the
// same name. Throws std::runtime_error if a word is malformed or a library cannot be loaded.
std::vector<Peer> load_peers();

} // namespace bench

#endif
