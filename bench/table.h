// Tables that are Markdown and can be read in a terminal as they are.
#ifndef LANEWISE_BENCH_TABLE_H
#define LANEWISE_BENCH_TABLE_H

#include <string>
#include <vector>

// Prints to standard output, aligned: the first column left, the others right. The first line is the
// head; all have as many cells.
void print_table(const std::vector<std::vector<std::string>> &lines);

// For example decimal(1.25, 1) is "1.2".
std::string decimal(double value, int digits);

#endif
