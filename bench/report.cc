// usage: bench_report RESULTS.json
//        bench_report compare OLD.json NEW.json
// Prints what the programs measured as tables, or what has changed between two of their results. Exit code 1 if a result was wrong or a rate has fallen; 2 for bad files.
#include "compare.h"
#include "tables.h"

#include <cstdio>
#include <stdexcept>

namespace
{

Results read(const std::string &path)
{
    Results results = read_results(path);
    if (!results.group("peak"))
        throw std::runtime_error(path + ": the peak was not measured");
    return results;
}

int report(const std::string &path)
{
    Results results = read(path);
    print_tables(results);
    return results.errors.empty() ? 0 : 1;
}

int report_changes(const std::string &before, const std::string &after)
{
    const Comparison comparison = compare(read(before), read(after));
    print_comparison(comparison, before, after);
    return comparison.count(Verdict::slower) == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    const bool comparing = argc > 1 && std::string(argv[1]) == "compare";
    const int files = comparing ? argc - 2 : argc - 1, needed = comparing ? 2 : 1;
    if (files != needed) {
        std::fputs("usage: bench_report RESULTS.json\n"
                   "       bench_report compare OLD.json NEW.json\n",
                   stderr);
        return 2;
    }
    try {
        return comparing ? report_changes(argv[2], argv[3]) : report(argv[1]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_report: %s\n", error.what());
        return 2;
    }
}
