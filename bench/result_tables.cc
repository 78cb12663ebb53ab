#include "result_tables.h"
#include "markdown.h"
#include "ratio.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace
{

// Rates on several threads below this fraction of the rate on one are reported; the rest is noise.
constexpr double min_speedup = 0.97;

std::string rate_cell(const Results &results, const Series &series, const std::string &isa,
                      int threads)
{
    if (series.empty())
        return "-";
    const std::string rate = decimal(series.best(), series.best() < 10.0 ? 2 : 1);
    if (series.unit != "GFLOP/s")
        return rate;
    std::string percent = decimal(percent_of_peak(results, series, isa, threads), 0);
    percent.insert(0, percent.size() < 3 ? 3 - percent.size() : 0, ' ');
    return rate + " " + percent + "%";
}

// The names of the counters of a group other than its rate.
std::vector<std::string> extra_counters(const Group &group, const std::string &isa, int threads)
{
    const Series &series = group.rows[0].of(isa, threads);
    std::vector<std::string> found;
    for (const char *counter : {"samples_per_second", "us/step", "ns/element", "GB/s"})
        if (counter != series.unit && series.counters.count(counter))
            found.push_back(counter);
    return found;
}

std::string counter_cell(const Series &series, const std::string &counter)
{
    const auto value = series.counters.find(counter);
    return value == series.counters.end() ? "-"
                                          : decimal(value->second, value->second < 1000.0 ? 2 : 0);
}

void print_group(const Results &results, const Group &group, int threads)
{
    const std::vector<std::string> counters = extra_counters(group, results.isa, threads);
    // For training, the column of the baseline shows the time per step instead of the rate.
    const bool steps = std::count(counters.begin(), counters.end(), "us/step") > 0;
    const bool compared = std::any_of(group.rows.begin(), group.rows.end(), [&](const Row &row) {
        return !ratio_of(results, row, threads).baseline.empty();
    });
    std::vector<std::string> head = {group.rows[0].of(results.isa, threads).unit};
    head.insert(head.end(), results.isas.begin(), results.isas.end());
    head.insert(head.end(), counters.begin(), counters.end());
    if (compared)
        head.insert(head.end(), {"baseline", steps ? "baseline us/step" : "baseline rate", "ratio",
                                 "median ratio"});
    std::vector<std::vector<std::string>> lines = {head};
    for (const Row &row : group.rows) {
        std::vector<std::string> line = {row.name};
        for (const std::string &isa : results.isas)
            line.push_back(rate_cell(results, row.of(isa, threads), isa, threads));
        const Series &lanewise = row.of(results.isa, threads);
        for (const std::string &counter : counters)
            line.push_back(counter_cell(lanewise, counter));
        const Ratio ratio = ratio_of(results, row, threads);
        if (!ratio.baseline.empty())
            line.insert(line.end(), {ratio.baseline,
                                     steps ? counter_cell(*ratio.series, "us/step")
                                           : decimal(ratio.series->best(), 2),
                                     decimal(ratio.of_best, 2), decimal(ratio.of_medians, 2)});
        line.resize(head.size(), "-");
        lines.push_back(line);
    }
    std::printf("## %s, %s\n\n", group.name.c_str(), threads_text(threads).c_str());
    print_table(lines);
}

void print_peak(const Results &results)
{
    std::vector<std::vector<std::string>> lines = {{"GFLOP/s"}};
    for (const std::string &isa : results.isas)
        lines[0].push_back(isa);
    for (const int threads : results.threads) {
        std::vector<std::string> line = {threads_text(threads)};
        for (const std::string &isa : results.isas)
            line.push_back(decimal(peak_of(results, isa, threads), 1));
        lines.push_back(line);
    }
    std::puts("## peak\n");
    print_table(lines);
}

// m, n and k of a row such as "layer NN 32x64x64".
struct Sizes {
    int m = 0, n = 0, k = 0;
    explicit Sizes(const std::string &row)
    {
        std::sscanf(row.c_str() + row.rfind(' ') + 1, "%dx%dx%d", &m, &n, &k);
    }
};

// Prints a value per row of the sweep, with batch sizes down and layer widths across.
template <typename Value>
void print_grid(const std::string &title, const Group &sweep, const Value &value)
{
    std::map<int, std::map<int, std::string>> cells;
    std::vector<std::string> head = {"batch"};
    for (const Row &row : sweep.rows) {
        const Sizes sizes(row.name);
        cells[sizes.m][sizes.n] = value(row);
    }
    for (const auto &[width, cell] : cells.begin()->second)
        head.push_back(std::to_string(width));
    std::vector<std::vector<std::string>> lines = {head};
    for (const auto &[batch, row] : cells) {
        std::vector<std::string> line = {std::to_string(batch)};
        for (const auto &[width, cell] : row)
            line.push_back(cell);
        line.resize(head.size(), "-");
        lines.push_back(line);
    }
    std::printf("## %s\n\n", title.c_str());
    print_table(lines);
}

void print_sweep(const Results &results, const Group &sweep, int threads)
{
    const std::string shape = ", batch size x width, " + threads_text(threads);
    print_grid("sweep: percent of the FMA peak" + shape, sweep, [&](const Row &row) {
        const Series &lanewise = row.of(results.isa, threads);
        return lanewise.empty()
                   ? std::string("-")
                   : decimal(percent_of_peak(results, lanewise, results.isa, threads), 1);
    });
    if (!results.peers.empty())
        print_grid("sweep: ratio to the best baseline" + shape, sweep, [&](const Row &row) {
            const Ratio ratio = ratio_of(results, row, threads);
            return ratio.baseline.empty() ? std::string("-") : decimal(ratio.of_best, 2);
        });
}

std::string joined(const std::vector<std::string> &words)
{
    std::string all;
    for (const std::string &word : words)
        all += (all.empty() ? "" : ", ") + word;
    return all;
}

void print_head(const Results &results)
{
    const auto context = [&](const char *key) { return results.context_text(key); };
    std::printf("# Results\n\n");
    print_item(context("date").substr(0, 10) + ": " + context("cpu_model") + ", " +
               context("num_cpus") + " CPUs, L1 and L2 caches of " + context("caches"));
    print_item("Lanewise " + context("lanewise") + ", compiled with " + context("compiler") +
               "; instruction set " + results.isa + ", selected from " + joined(results.isas));
    bool products = false, training = false;
    for (const auto &[name, version] : results.peers) {
        print_item(name + ": " + version);
        (name.rfind("torch-", 0) == 0 ? training : products) = true;
    }
    if (!products)
        std::puts("- No other library was measured, so products have no baseline.");
    if (!training)
        std::puts("- PyTorch was not measured, so training has no baseline.");
    std::puts(
        "\nA rate is the best of several rounds, interleaved at random. Percentages are relative "
        "to "
        "the FMA\npeak measured in the same rounds. The ratio is the rate of Lanewise with the "
        "selected instruction\nset divided by the rate of the fastest baseline; the median ratio "
        "uses the medians of the rounds.\nAbove 1, Lanewise is faster. Baselines: another library "
        "for matrix products, the bare matrix\nproduct for layers, a copy of memory for vector "
        "functions, PyTorch in its fastest mode for\ntraining. Before timing, results are checked "
        "against double precision, and a training step has to\nlower the loss.\n");
}

void print_summary(const Results &results)
{
    std::vector<std::vector<std::string>> lines = {
        {"ratio", "threads", "mean", "median ratio", "minimum", "below 1", "rows"}};
    for (const Group &group : results.groups)
        for (const int threads : results.threads) {
            const Summary summary = summary_of(results, group, threads);
            if (summary.count > 0)
                lines.push_back({group.name + " to " + summary.baseline, std::to_string(threads),
                                 decimal(summary.mean, 2), decimal(summary.mean_of_medians, 2),
                                 decimal(summary.smallest, 2), std::to_string(summary.below_one),
                                 std::to_string(summary.count)});
        }
    if (lines.size() == 1)
        return;
    std::puts("## Summary: geometric means of the ratios\n");
    print_table(lines);
}

// The sweep is left out: its grid shows them, and there may be over a hundred.
void print_losses(const Results &results)
{
    if (results.peers.empty())
        return;
    std::multimap<double, std::vector<std::string>> losses;
    for (const Group &group : results.groups)
        for (const Row &row : group.rows)
            for (const int threads : results.threads) {
                const Ratio ratio = ratio_of(results, row, threads);
                if (results.peers.count(ratio.baseline) && ratio.of_best < 1.0 &&
                    group.name != "sweep")
                    losses.insert(
                        {ratio.of_best,
                         {group.name + " " + row.name, std::to_string(threads), ratio.baseline,
                          decimal(ratio.of_best, 2), decimal(ratio.of_medians, 2)}});
            }
    std::vector<std::vector<std::string>> lines = {
        {"row", "threads", "library", "ratio", "median ratio"}};
    for (const auto &loss : losses)
        lines.push_back(loss.second);
    std::puts(results.group("sweep") ? "## Slower than another library, without the sweep\n"
                                     : "## Slower than another library\n");
    if (losses.empty())
        std::puts("None.\n");
    else
        print_table(lines);
}

void print_slower(const Results &results)
{
    std::vector<std::vector<std::string>> lines = {{"row", "threads", "rate / rate on 1 thread"}};
    for (const Group &group : results.groups)
        for (const Row &row : group.rows) {
            const Series &one = row.of(results.isa, 1);
            for (const int threads : results.threads) {
                const Series &more = row.of(results.isa, threads);
                if (!one.empty() && !more.empty() && more.best() < min_speedup * one.best())
                    lines.push_back({group.name + " " + row.name, std::to_string(threads),
                                     decimal(more.best() / one.best(), 2)});
            }
        }
    std::puts("## Slower on several threads than on one\n");
    if (lines.size() == 1)
        std::puts("None by more than 3 %.\n");
    else
        print_table(lines);
}

} // namespace

void print_results(const Results &results)
{
    print_head(results);
    print_peak(results);
    for (const Group &group : results.groups)
        for (const int threads : results.threads)
            if (group.name == "sweep")
                print_sweep(results, group, threads);
            else if (group.name != "peak")
                print_group(results, group, threads);
    print_summary(results);
    print_losses(results);
    print_slower(results);
    if (results.errors.empty())
        return;
    std::puts("## Errors\n");
    for (const std::string &error : results.errors)
        print_item(error);
}
