// Results and comparisons as pages to look at.
#ifndef LANEWISE_BENCH_PAGE_DATA_H
#define LANEWISE_BENCH_PAGE_DATA_H

#include "compare.h"

#include <memory>
#include <page.h>

using Json = std::unique_ptr<json_t, decltype(&json_decref)>;

// What report/benchmarks.js and report/comparison.js show.
Json data_of(const Results &results);
Json data_of(const Comparison &comparison, const std::string &before, const std::string &after);

// Writes a page, whole or not at all. Throws std::runtime_error.
void write_page(const std::string &path, page_kind kind, const Json &data);

#endif
