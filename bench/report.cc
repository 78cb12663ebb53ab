// usage: bench_report RESULTS.json
// Prints what the programs measured as tables, the ratios to other libraries summed up at the end.
#include "tables.h"

#include <cstdio>
#include <stdexcept>

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fputs("usage: bench_report RESULTS.json\n", stderr);
        return 2;
    }
    try {
        Results results = read_results(argv[1]);
        if (!results.group("peak"))
            throw std::runtime_error(std::string(argv[1]) + ": the peak was not measured");
        print_tables(results);
        return results.errors.empty() ? 0 : 1;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_report: %s\n", error.what());
        return 2;
    }
}
