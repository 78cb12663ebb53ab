#include "compare.h"
#include "ratio.h"

#include <algorithm>
#include <cmath>

namespace
{

constexpr double min_change = 0.03;
constexpr double standard_errors = 3.0;
constexpr size_t min_rounds = 5;
constexpr size_t min_baselines = 5; // rows, for an estimate of the drift
// For normally distributed values: standard deviation / median absolute deviation, and standard
// error of the median / standard error of the mean.
constexpr double deviation_factor = 1.4826, median_error_factor = 1.2533;

// The relative standard error of the median rate.
double relative_error(const Series &series)
{
    const double median = series.median();
    Series deviations;
    for (const double rate : series.rates)
        deviations.rates.push_back(std::fabs(rate - median));
    return median_error_factor * deviation_factor * deviations.median() /
           (std::sqrt(static_cast<double>(series.rates.size())) * median);
}

Verdict judge(const Change &change)
{
    if (change.of_medians < 1.0 - change.noise && change.of_best < 1.0 - min_change)
        return Verdict::slower;
    // Inverted, so that exchanging the two results exchanges the verdicts.
    if (1.0 / change.of_medians < 1.0 - change.noise && 1.0 / change.of_best < 1.0 - min_change)
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
        variance += std::pow(relative_error(*series), 2);
    change.noise = std::max(min_change, standard_errors * std::sqrt(variance));
    if (std::min(before.rates.size(), after.rates.size()) >= min_rounds)
        change.verdict = judge(change);
    return change;
}

// Calls visit(group, row, isa, threads, series) for each benchmark of Lanewise.
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
    const Group *found = results.group(group);
    if (found)
        for (const Row &one : found->rows)
            if (one.name == row)
                return one.of(isa, threads);
    return none;
}

// The typical size of the changes of the other libraries that both results have in the same
// version.
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
    return sizes.rates.size() < min_baselines ? 0.0 : deviation_factor * sizes.median();
}

std::vector<std::string> differences(const Results &before, const Results &after)
{
    static const struct {
        const char *key, *name;
    } compared[] = {{"cpu_model", "processor"}, {"num_cpus", "number of processors"},
                    {"caches", "caches"},       {"compiler", "compiler"},
                    {"lanewise", "Lanewise"},   {"lanewise_isa", "instruction set"}};
    std::vector<std::string> found;
    for (const auto &[key, name] : compared)
        if (before.context_text(key) != after.context_text(key))
            found.push_back(std::string(name) + ": " + before.context_text(key) + " before, " +
                            after.context_text(key) + " after");
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
