#include "compare_main.h"
#include "markdown.h"
#include "page_data.h"

#include <cmath>
#include <cstdio>

namespace
{

using Lines = std::vector<std::vector<std::string>>;

const std::vector<std::string> head = {"benchmark", "ISA",    "threads",     "unit", "before",
                                       "after",     "change", "best rounds", "noise"};

std::string signed_percent(double ratio)
{
    if (std::isnan(ratio))
        return "-";
    const std::string number = decimal(100.0 * (ratio - 1.0), 1);
    return (ratio >= 1.0 ? "+" : "") + number + "%";
}

std::vector<std::string> line_of(const Change &change)
{
    const auto rate = [](double value) { return decimal(value, value < 10.0 ? 2 : 1); };
    return {change.group + " " + change.row,
            change.isa,
            std::to_string(change.threads),
            change.unit,
            rate(change.before),
            rate(change.after),
            signed_percent(change.of_medians),
            signed_percent(change.of_best),
            std::isnan(change.noise) ? "-" : decimal(100.0 * change.noise, 1) + "%"};
}

void print_changes(const char *title, const Comparison &comparison, Verdict verdict)
{
    Lines lines = {head};
    for (const Change &change : comparison.changes)
        if (change.verdict == verdict)
            lines.push_back(line_of(change));
    if (lines.size() == 1)
        return;
    std::printf("## %s\n\n", title);
    print_table(lines);
}

// The geometric mean of the changes of each group.
void print_groups(const Comparison &comparison)
{
    struct Sum {
        double logs = 0.0;
        int count = 0;
    };
    std::vector<std::pair<std::string, Sum>> sums;
    for (const Change &change : comparison.changes) {
        if (change.verdict == Verdict::unknown)
            continue;
        const std::string name = change.group + ", " + threads_text(change.threads);
        auto found = sums.begin();
        while (found != sums.end() && found->first != name)
            ++found;
        if (found == sums.end())
            found = sums.insert(found, {name, {}});
        found->second.logs += std::log(change.of_medians);
        found->second.count++;
    }
    Lines lines = {{"group", "benchmarks", "mean change"}};
    for (const auto &[name, sum] : sums)
        lines.push_back(
            {name, std::to_string(sum.count), signed_percent(std::exp(sum.logs / sum.count))});
    if (lines.size() == 1)
        return;
    std::puts("## Groups: geometric means\n");
    print_table(lines);
}

void print_names(const char *title, const std::vector<std::string> &names)
{
    if (names.empty())
        return;
    std::printf("## %s\n\n", title);
    for (const std::string &name : names)
        std::printf("- %s\n", name.c_str());
    std::puts("");
}

std::string origin(const Results &results)
{
    return results.context_text("date").substr(0, 16) + ", " + results.context_text("cpu_model") +
           ", Lanewise " + results.context_text("lanewise") + ", " +
           results.context_text("compiler");
}

void print_head(const Comparison &comparison, const std::string &before, const std::string &after)
{
    std::printf("# Changes\n\n- before: %s: %s\n- after: %s: %s\n", before.c_str(),
                origin(comparison.before).c_str(), after.c_str(), origin(comparison.after).c_str());
    for (const std::string &difference : comparison.differences)
        std::printf("- **different** %s\n", difference.c_str());
    std::printf("- %d slower, %d faster, %d unchanged, %d with too few rounds\n\n",
                comparison.count(Verdict::slower), comparison.count(Verdict::faster),
                comparison.count(Verdict::same), comparison.count(Verdict::unknown));
    std::puts(
        "Rates are medians of the rounds; changes are relative to the FMA peak of the same run. A\n"
        "benchmark is slower or faster if its median has changed by more than noise, and its best\n"
        "round by more than 3 %. Noise is three times the standard errors of the medians and the\n"
        "changes of other libraries between the two runs, at least 3 %. At least five rounds on\n"
        "both sides are required.\n");
    for (const auto &[threads, drift] : comparison.drift)
        if (drift > 0.0)
            std::printf("- other libraries on %s: changes of %.1f %%\n",
                        threads_text(threads).c_str(), 100.0 * drift);
    std::puts("");
}

void print_comparison(const Comparison &comparison)
{
    print_changes("Slower", comparison, Verdict::slower);
    print_changes("Faster", comparison, Verdict::faster);
    print_groups(comparison);
    print_changes("Unchanged", comparison, Verdict::same);
    print_changes("Too few rounds", comparison, Verdict::unknown);
    print_names("Only before", comparison.only_before);
    print_names("Only after", comparison.only_after);
}

} // namespace

int compare_main(const std::string &before, const std::string &after, const char *page)
{
    const Comparison comparison = compare(read_results(before), read_results(after));
    print_head(comparison, before, after);
    print_comparison(comparison);
    if (page)
        write_page(page, PAGE_COMPARISON, data_of(comparison, before, after));
    return comparison.count(Verdict::slower) == 0 ? 0 : 1;
}
