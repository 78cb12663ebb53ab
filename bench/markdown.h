// Prints Markdown that is readable in a terminal.
#ifndef LANEWISE_BENCH_MARKDOWN_H
#define LANEWISE_BENCH_MARKDOWN_H

#include <string>
#include <vector>

// Prints to standard output: the first column left-aligned, the others right-aligned. The first
// line is the header; all lines have the same number of cells.
void print_table(const std::vector<std::vector<std::string>> &lines);

// Prints a list item to standard output, with lines of at most 100 columns.
void print_item(const std::string &text);

// The number with that many decimals, for example decimal(1.25, 1) is "1.2".
std::string decimal(double value, int digits);

#endif
