// Files of shapes. A line is `name op m n k`: op is NN, NT or TN, T for an operand that is stored
// transposed. Each size may be a list, as 1,2,4, and the line then stands for every combination;
// k may be the letter n, for k = n. `#` starts a comment.
#ifndef LANEWISE_BENCH_SHAPES_H
#define LANEWISE_BENCH_SHAPES_H

#include <cstddef>
#include <string>
#include <vector>

namespace bench
{

// C = op(A) * op(B), C m x n.
struct Shape {
    std::string name;
    bool transa, transb;
    size_t m, n, k;

    size_t lda() const { return transa ? m : k; }
    size_t ldb() const { return transb ? k : n; }
    double flops() const;
    // Each operand moved once: what cannot be avoided.
    double bytes() const;
    // For example "square/NN/256x256x256".
    std::string title() const;
};

// Throws std::runtime_error with file and line for what is not a shape, and for a file without any.
std::vector<Shape> read_shapes(const std::string &path);

} // namespace bench

#endif
