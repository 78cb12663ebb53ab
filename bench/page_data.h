// Writes results and comparisons as HTML pages.
#ifndef LANEWISE_BENCH_PAGE_DATA_H
#define LANEWISE_BENCH_PAGE_DATA_H

#include "compare.h"

#include <memory>
#include <page.h>

using Json = std::unique_ptr<json_t, decltype(&json_decref)>;

// The JSON data that report/benchmarks.js and report/comparison.js display.
Json data_of(const Results &results);
Json data_of(const Comparison &comparison, const std::string &before, const std::string &after);

// Replaces the file atomically. Throws std::runtime_error on failure, with the file unchanged.
void write_page(const std::string &path, page_kind kind, const Json &data);

#endif
