// Files of shapes of matrix products. A line is `name op m n k`. op is NN, NT or TN, with T for an
// operand that is stored transposed. A size may be a list such as 1,2,4; the line then describes
// every combination. k may be the letter n for k = n. `#` starts a comment.
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
    // Each operand moved once: the minimum.
    double bytes() const;
    // For example "square/NN/256x256x256".
    std::string title() const;
};

// Throws std::runtime_error with file and line if a line is invalid or the file has no shapes.
std::vector<Shape> read_shapes(const std::string &path);

} // namespace bench

#endif
