// usage: bench_report RESULTS.json [PAGE.html]
//        bench_report compare OLD.json NEW.json [PAGE.html]
//
// Prints the results of the benchmark programs as tables, or the changes between two results, and
// writes them as an HTML page. Exit code 1 if a result was wrong or a rate has fallen, 2 on an
// error.
#include "compare_main.h"
#include "page_data.h"
#include "result_tables.h"

#include <cstdio>
#include <stdexcept>

namespace
{

int report_main(const std::string &path, const char *page)
{
    const Results results = read_results(path);
    print_results(results);
    if (page)
        write_page(page, PAGE_BENCHMARKS, data_of(results));
    return results.errors.empty() ? 0 : 1;
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
        return comparing ? compare_main(argv[2], argv[3], page) : report_main(argv[1], page);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "bench_report: %s\n", error.what());
        return 2;
    }
}
