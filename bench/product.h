// The operands of the matrix products, and a check of their results.
#ifndef LANEWISE_BENCH_PRODUCT_H
#define LANEWISE_BENCH_PRODUCT_H

#include "bench.h"
#include "peers.h"

namespace bench
{

// One set of buffers of the size of the largest shape, shared by all shapes and contenders.
struct Operands {
    explicit Operands(const std::vector<Shape> &shapes);
    Floats a, b, c;
};

// Runs the product once and compares elements of C with double precision, within the bound that
// kernels.h states for sets without FMA, which holds for any order of summation. C is filled with
// NaN before. Checks at most 4 million multiplications, but at least 97 elements, from all columns.
bool is_correct(const Shape &shape, const Multiply &multiply, Operands &operands);

} // namespace bench

#endif
