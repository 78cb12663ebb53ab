// The data sets of the training benchmark. Each is generated or loaded on first use and is the same
// in every run.
#ifndef LANEWISE_BENCH_DATA_SETS_H
#define LANEWISE_BENCH_DATA_SETS_H

#include <lanewise/nn.h>

namespace bench
{

// The four rows of a truth table.
const lw_dataset &and_table();
const lw_dataset &xor_table();

// 8000 points in the square [-5, 5]^2; the target is 1 inside the unit circle.
const lw_dataset &circle();

// 3000 points in the square [-1, 1]^2; the label is 1 outside a disk of half its area.
const lw_dataset &disk();

// Random numbers in the shape of the admissions data (360 x 6) and of a regression (200 x 24).
const lw_dataset &admissions();
const lw_dataset &simple_chains();

// The training images of Fashion-MNIST from Debian's package. Without the package, random numbers
// of the same shape, on which a step takes the same time. Throws std::runtime_error if a file is
// invalid.
const lw_dataset &fashion_mnist();

} // namespace bench

#endif
