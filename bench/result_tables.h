// Prints results as Markdown: a table per group, then a summary of the ratios to the baselines.
#ifndef LANEWISE_BENCH_RESULT_TABLES_H
#define LANEWISE_BENCH_RESULT_TABLES_H

#include "results.h"

void print_results(const Results &results);

#endif
