// The results as tables, the ratios to other libraries summed up at the end.
#ifndef LANEWISE_BENCH_TABLES_H
#define LANEWISE_BENCH_TABLES_H

#include "results.h"

// Prints to standard output. The peak has to be among the results.
void print_tables(Results &results);

#endif
