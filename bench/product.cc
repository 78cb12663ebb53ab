#include "product.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bench
{

namespace
{

Floats largest_operand(const std::vector<Shape> &shapes, size_t Shape::*rows, size_t Shape::*cols,
                       unsigned seed)
{
    size_t size = 0;
    for (const Shape &s : shapes)
        size = std::max(size, s.*rows * s.*cols);
    return random_floats(size, seed);
}

} // namespace

Operands::Operands(const std::vector<Shape> &shapes)
    : a(largest_operand(shapes, &Shape::m, &Shape::k, 1)),
      b(largest_operand(shapes, &Shape::k, &Shape::n, 2)),
      c(largest_operand(shapes, &Shape::m, &Shape::n, 3))
{
}

bool is_correct(const Shape &s, const Multiply &multiply, Operands &operands)
{
    const Floats &a = operands.a, &b = operands.b;
    const size_t all = s.m * s.n, checked = std::max<size_t>(97, 4000000 / s.k);
    size_t step = 1 + all / (checked + 1);
    while (std::gcd(step, s.n) != 1)
        step++;
    std::fill_n(operands.c.begin(), all, std::numeric_limits<float>::quiet_NaN());
    multiply(s, a.data(), b.data(), operands.c.data());
    for (size_t element = 0; element < all; element += step) {
        const size_t i = element / s.n, j = element % s.n;
        double sum = 0.0, sum_abs = 0.0;
        for (size_t p = 0; p < s.k; p++) {
            const double left = s.transa ? a[p * s.m + i] : a[i * s.k + p];
            const double right = s.transb ? b[j * s.k + p] : b[p * s.n + j];
            sum += left * right;
            sum_abs += std::fabs(left * right);
        }
        const double roundings = 2.0 * static_cast<double>(s.k) + 2.0;
        const double bound = roundings * 0x1p-24 / (1.0 - roundings * 0x1p-24) * sum_abs;
        if (!(std::fabs(operands.c[element] - sum) <= bound))
            return false;
    }
    return true;
}

} // namespace bench
