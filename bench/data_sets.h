// What the networks of the training benchmark are trained on. Each is made or read when it is first
// asked for, and is the same in every run.
#ifndef LANEWISE_BENCH_DATA_SETS_H
#define LANEWISE_BENCH_DATA_SETS_H

#include <lanewise/nn.h>

namespace bench
{

// The four rows of a truth table.
const lw_dataset &and_table();
const lw_dataset &xor_table();

// 8000 points of the square [-5, 5]^2; the target is 1 within the unit circle.
const lw_dataset &circle();

// 3000 points of the square [-1, 1]^2; the label is 1 outside a disk of half its area.
const lw_dataset &disk();

// Random numbers in the shape of the admissions and of a small regression.
const lw_dataset &admissions();
const lw_dataset &simple_chains();

// The images to train on, from Debian's package where it is installed; otherwise random numbers of that
// shape, on which a step takes as long. Throws std::runtime_error for files that are damaged.
const lw_dataset &fashion_mnist();

} // namespace bench

#endif
