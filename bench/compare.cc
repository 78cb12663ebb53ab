#include "compare.h"
#include "ratio.h"

#include <algorithm>
#include <cmath>

namespace
{

constexpr double least_change = 0.03;
constexpr double errors_wanted = 3.0;
constexpr size_t rounds_wanted = 5;
constexpr size_t others_wanted = 5;
constexpr double normal_from_absolute = 1.4826, median_from_mean = 1.2533;

// Relative standard error of the median of the rates.
double error_of(const Series &series)
{
    const double median = series.median();
    Series deviations;
    for (const double rate : series.rates)
        deviations.rates.push_back(std::fabs(rate - median));
    return median_from_mean * normal_from_absolute * deviations.median() /
           (std::sqrt(static_cast<double>(series.rates.size())) * median);
}

// Beyond noise in the median, and in the best round too.
Verdict judge(const Change &change)
{
    if (change.of_medians < 1.0 - change.noise && change.of_best < 1.0 - least_change)
        return Verdict::slower;
    // As factors, so that to exchange the two results exchanges the verdicts.
    if (1.0 / change.of_medians < 1.0 - change.noise && 1.0 / change.of_best < 1.0 - least_change)
        return Verdict::faster;
    return Verdict::same;
}

const Series &peak(const Results &results, const std::string &isa, int threads)
{
    return results.group("peak")->rows[0].of(isa, threads);
}

Change change_of(const Comparison &both, const Series &before, const Series &after,
                 const std::string &isa, int threads)
{
    Change change = {};
    change.isa = isa;
    change.threads = threads;
    change.unit = after.unit;
    change.before = before.median();
    change.after = after.median();
    change.verdict = Verdict::unknown;
    const Series &peak_before = peak(both.before, isa, threads);
    const Series &peak_after = peak(both.after, isa, threads);
    change.of_medians = change.of_best = change.noise = NAN;
    if (peak_before.empty() || peak_after.empty() || before.unit != after.unit ||
        both.drift.count(threads) == 0)
        return change;
    change.of_medians =
        (after.median() / peak_after.median()) / (before.median() / peak_before.median());
    change.of_best = (after.best() / peak_after.best()) / (before.best() / peak_before.best());
    double variance = std::pow(both.drift.at(threads), 2);
    for (const Series *series : {&before, &after, &peak_before, &peak_after})
        variance += std::pow(error_of(*series), 2);
    change.noise = std::max(least_change, errors_wanted * std::sqrt(variance));
    if (std::min(before.rates.size(), after.rates.size()) >= rounds_wanted)
        change.verdict = judge(change);
    return change;
}

// Calls visit(group, row, isa, threads, series) for each benchmark of ours.
template <typename Visit> void for_each(const Results &results, const Visit &visit)
{
    for (const Group &group : results.groups)
        for (const Row &row : group.rows)
            for (const auto &[contender, by_threads] : row.contenders)
                for (const auto &[threads, series] : by_threads)
                    if (group.name != "peak" && is_isa(results, contender))
                        visit(group.name, row.name, contender, threads, series);
}

const Series &find(const Results &results, const std::string &group, const std::string &row,
                   const std::string &isa, int threads)
{
    static const Series none;
    const Group *where = results.group(group);
    if (where)
        for (const Row &one : where->rows)
            if (one.name == row)
                return one.of(isa, threads);
    return none;
}

// The size of the changes of other libraries on so many threads, which are the same in both results.
double drift_of(const Results &before, const Results &after, int threads)
{
    const double peaks =
        peak(after, after.isa, threads).median() / peak(before, before.isa, threads).median();
    Series sizes;
    for (const Group &group : before.groups)
        for (const Row &row : group.rows)
            for (const auto &[name, version] : before.peers) {
                const auto same = after.peers.find(name);
                const Series &old = row.of(name, threads);
                const Series &series = find(after, group.name, row.name, name, threads);
                if (same != after.peers.end() && same->second == version && !old.empty() &&
                    !series.empty())
                    sizes.rates.push_back(
                        std::fabs(std::log(series.median() / old.median() / peaks)));
            }
    return sizes.rates.size() < others_wanted ? 0.0 : normal_from_absolute * sizes.median();
}

std::string text(const Results &results, const std::string &key)
{
    const auto found = results.context.find(key);
    return found == results.context.end() ? "unknown" : found->second;
}

std::vector<std::string> differences(const Results &before, const Results &after)
{
    static const struct {
        const char *key, *name;
    } told[] = {{"cpu_model", "processor"}, {"num_cpus", "number of processors"},
                {"caches", "caches"},       {"compiler", "compiler"},
                {"lanewise", "Lanewise"},   {"lanewise_isa", "instruction set chosen"}};
    std::vector<std::string> found;
    for (const auto &[key, name] : told)
        if (text(before, key) != text(after, key))
            found.push_back(std::string(name) + ": " + text(before, key) + " before, " +
                            text(after, key) + " after");
    return found;
}

} // namespace

int Comparison::count(Verdict verdict) const
{
    return static_cast<int>(
        std::count_if(changes.begin(), changes.end(),
                      [&](const Change &change) { return change.verdict == verdict; }));
}

Comparison compare(const Results &before, const Results &after)
{
    Comparison both = {before, after, {}, {}, {}, differences(before, after), {}};
    for (const int threads : before.threads)
        if (!peak(before, before.isa, threads).empty() && !peak(after, after.isa, threads).empty())
            both.drift[threads] = drift_of(before, after, threads);
    const auto benchmark = [](const std::string &group, const std::string &row,
                              const std::string &isa, int threads) {
        return group + " " + row + ", " + isa + " on " + threads_text(threads);
    };
    for_each(before, [&](const auto &group, const auto &row, const auto &isa, int threads,
                         const Series &old) {
        const Series &series = find(after, group, row, isa, threads);
        if (series.empty() || old.empty()) {
            both.only_before.push_back(benchmark(group, row, isa, threads));
            return;
        }
        Change change = change_of(both, old, series, isa, threads);
        change.group = group;
        change.row = row;
        both.changes.push_back(change);
    });
    for_each(after,
             [&](const auto &group, const auto &row, const auto &isa, int threads, const Series &) {
                 if (find(before, group, row, isa, threads).empty())
                     both.only_after.push_back(benchmark(group, row, isa, threads));
             });
    return both;
}
