// The command `bench_report compare`.
#ifndef LANEWISE_BENCH_COMPARE_MAIN_H
#define LANEWISE_BENCH_COMPARE_MAIN_H

#include <string>

// Prints a comparison of two results files and writes it to page as HTML, unless page is NULL.
// Returns the exit code: 1 if a benchmark became slower. Throws std::runtime_error.
int compare_main(const std::string &before, const std::string &after, const char *page);

#endif
