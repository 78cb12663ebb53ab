// usage: bench_report RESULTS.json [PAGE.html]
//        bench_report compare OLD.json NEW.json [PAGE.html]
// Prints what the programs measured as tables, or what has changed between two of their results, and makes
// a page of the same to look at. Exit code 1 if a result was wrong or a rate has fallen; 2 for bad files.
#include "compare.h"
#include "page_data.h"
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

int report(const std::string &path, const char *page)
{
    Results results = read(path);
    print_tables(results);
    if (page)
        write_page(page, PAGE_BENCHMARKS, data_of(results));
    return results.errors.empty() ? 0 : 1;
}

int report_changes(const std::string &before, const std::string &after, const char *page)
{
    const Comparison comparison = compare(read(before), read(after));
    print_comparison(comparison, before, after);
    if (page)
        write_page(page, PAGE_COMPARISON, data_of(comparison, before, after));
    return comparison.count(Verdict::slower) == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    const bool comparing = argc > 1 && std::string(argv[1]) == "compare";
    const int files = comparing ? argc - 2 : argc - 1, needed = comparing ? 2 : 1;
    if (files < needed || files > needed + 1) {
        std::fputs("usage: bench_report RESULTS.json [PAGE.html]\n"
                   "       bench_report compare OLD.json NEW.json [PAGE.html]\n",
                   stderr);
        return 2;
    }
    const char *page = files > needed ? argv[argc - 1] : nullptr;
    try {
        return comparing ? report_changes(argv[2], argv[3], page) : report(argv[1], page);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_report: %s\n", error.what());
        return 2;
    }
}
