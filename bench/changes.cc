#include "compare.h"
#include "table.h"

#include <cmath>
#include <cstdio>

namespace
{

using Lines = std::vector<std::vector<std::string>>;

const std::vector<std::string> head = {"benchmark", "set",    "threads",        "unit", "before",
                                       "after",     "change", "of best rounds", "noise"};

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
    const auto get = [&](const char *key) {
        const auto found = results.context.find(key);
        return found == results.context.end() ? std::string("unknown") : found->second;
    };
    return get("date").substr(0, 16) + ", " + get("cpu_model") + ", Lanewise " + get("lanewise") +
           ", " + get("compiler");
}

} // namespace

void print_comparison(const Comparison &comparison, const std::string &before,
                      const std::string &after)
{
    std::printf("# Changes\n\n- before: %s: %s\n- after: %s: %s\n", before.c_str(),
                origin(comparison.before).c_str(), after.c_str(), origin(comparison.after).c_str());
    for (const std::string &difference : comparison.differences)
        std::printf("- **not the same** %s\n", difference.c_str());
    std::printf("- %d slower, %d faster, %d unchanged, %d of too few rounds to say\n\n",
                comparison.count(Verdict::slower), comparison.count(Verdict::faster),
                comparison.count(Verdict::same), comparison.count(Verdict::unknown));
    std::puts("Rates are medians of the rounds; changes are those of their shares of the FMA peak "
              "of the same\n"
              "run. Slower or faster is what has changed by more than \"noise\", and in the best "
              "round by more than\n"
              "3 %. Noise is three times the errors of the medians and the size of the other "
              "libraries' changes\n"
              "between the two runs, at least 3 %. It takes five rounds on both sides.\n");
    for (const auto &[threads, drift] : comparison.drift)
        if (drift > 0.0)
            std::printf("- on %s the other libraries have changed by %.1f %%\n",
                        threads_text(threads).c_str(), 100.0 * drift);
    std::puts("");
    print_changes("Slower", comparison, Verdict::slower);
    print_changes("Faster", comparison, Verdict::faster);
    print_groups(comparison);
    print_changes("Unchanged", comparison, Verdict::same);
    print_changes("Too few rounds", comparison, Verdict::unknown);
    print_names("Only before", comparison.only_before);
    print_names("Only after", comparison.only_after);
}
