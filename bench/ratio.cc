#include "ratio.h"

#include <algorithm>
#include <cmath>

bool is_isa(const Results &results, const std::string &contender)
{
    return std::find(results.isas.begin(), results.isas.end(), contender) != results.isas.end();
}

Ratio ratio_of(const Results &results, const Row &row, int threads)
{
    const Series &lanewise = row.of(results.isa, threads);
    Ratio ratio = {"", nullptr, 0.0, 0.0};
    for (const auto &[name, by_threads] : row.contenders) {
        const Series &baseline = row.of(name, threads);
        if (is_isa(results, name) || baseline.empty() || lanewise.empty() ||
            (ratio.series && baseline.best() <= ratio.series->best()))
            continue;
        ratio = {name, &baseline, lanewise.best() / baseline.best(),
                 lanewise.median() / baseline.median()};
    }
    return ratio;
}

double peak_of(const Results &results, const std::string &isa, int threads)
{
    const Series &peak = results.group("peak")->rows[0].of(isa, threads);
    return peak.empty() ? NAN : peak.best();
}

double percent_of_peak(const Results &results, const Series &series, const std::string &isa,
                       int threads)
{
    return 100.0 * series.best() / peak_of(results, isa, threads);
}

Summary summary_of(const Results &results, const Group &group, int threads)
{
    double logs = 0.0, median_logs = 0.0;
    Summary summary = {"", 0.0, 0.0, INFINITY, 0, 0};
    for (const Row &row : group.rows) {
        const Ratio ratio = ratio_of(results, row, threads);
        if (ratio.baseline.empty())
            continue;
        summary.baseline = results.peers.count(ratio.baseline) ? "best library" : ratio.baseline;
        logs += std::log(ratio.of_best);
        median_logs += std::log(ratio.of_medians);
        summary.smallest = std::fmin(summary.smallest, ratio.of_best);
        summary.below_one += ratio.of_best < 1.0;
        summary.count++;
    }
    summary.mean = std::exp(logs / summary.count);
    summary.mean_of_medians = std::exp(median_logs / summary.count);
    return summary;
}
