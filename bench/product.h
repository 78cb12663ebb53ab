// The operands of the products to be timed, and whether a product is right.
#ifndef LANEWISE_BENCH_PRODUCT_H
#define LANEWISE_BENCH_PRODUCT_H

#include "bench.h"
#include "peers.h"

namespace bench
{

// One set of buffers as large as the largest shape needs, so that every contender reads and writes
// the same memory, and hundreds of shapes fit.
struct Operands {
    explicit Operands(const std::vector<Shape> &shapes);
    Floats a, b, c;
};

// Runs the product once and holds elements of C against double precision, with the bound of kernels.h
// for sets without FMA, which any order of summation keeps; an element that is not written is wrong.
// Takes as many elements, from all columns, as 4 million multiplications allow, but at least 97.
bool is_right(const Shape &shape, const Multiply &multiply, Operands &operands);

} // namespace bench

#endif
