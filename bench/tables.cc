#include "tables.h"
#include "ratio.h"
#include "table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace
{

// Slower than this on more threads than one is worth a line; less is noise.
constexpr double slower = 0.97;

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

// The counters that a group has besides its rate.
std::vector<std::string> more_counters(const Group &group, const std::string &isa, int threads)
{
    const Series &series = group.rows[0].of(isa, threads);
    std::vector<std::string> found;
    for (const char *counter : {"samples_per_second", "us/step", "ns/element", "GB/s"})
        if (counter != series.unit && series.at.count(counter))
            found.push_back(counter);
    return found;
}

std::string counter_cell(const Series &series, const std::string &counter)
{
    const auto value = series.at.find(counter);
    return value == series.at.end() ? "-" : decimal(value->second, value->second < 1000.0 ? 2 : 0);
}

void print_group(const Results &results, const Group &group, int threads)
{
    const std::vector<std::string> counters = more_counters(group, results.isa, threads);
    // A step is known by its time.
    const bool steps = std::count(counters.begin(), counters.end(), "us/step") > 0;
    const bool compared = std::any_of(group.rows.begin(), group.rows.end(), [&](const Row &row) {
        return !ratio_of(results, row, threads).other.empty();
    });
    std::vector<std::string> head = {group.rows[0].of(results.isa, threads).unit};
    head.insert(head.end(), results.isas.begin(), results.isas.end());
    head.insert(head.end(), counters.begin(), counters.end());
    if (compared)
        head.insert(head.end(),
                    {"best other", steps ? "its us/step" : "its rate", "ratio", "of medians"});
    std::vector<std::vector<std::string>> lines = {head};
    for (const Row &row : group.rows) {
        std::vector<std::string> line = {row.name};
        for (const std::string &isa : results.isas)
            line.push_back(rate_cell(results, row.of(isa, threads), isa, threads));
        const Series &ours = row.of(results.isa, threads);
        for (const std::string &counter : counters)
            line.push_back(counter_cell(ours, counter));
        const Ratio ratio = ratio_of(results, row, threads);
        if (!ratio.other.empty())
            line.insert(line.end(), {ratio.other,
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

// m, n, k of a row of products, "layer NN 32x64x64".
struct Sizes {
    int m = 0, n = 0, k = 0;
    explicit Sizes(const std::string &row)
    {
        std::sscanf(row.c_str() + row.rfind(' ') + 1, "%dx%dx%d", &m, &n, &k);
    }
};

// A number for each row of the sweep, batches down and widths across.
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
    const std::string where = ", batch x width, " + threads_text(threads);
    print_grid("sweep: percent of the peak" + where, sweep, [&](const Row &row) {
        const Series &ours = row.of(results.isa, threads);
        return ours.empty() ? std::string("-")
                            : decimal(percent_of_peak(results, ours, results.isa, threads), 1);
    });
    if (!results.peers.empty())
        print_grid("sweep: ratio to the best other" + where, sweep, [&](const Row &row) {
            const Ratio ratio = ratio_of(results, row, threads);
            return ratio.other.empty() ? std::string("-") : decimal(ratio.of_best, 2);
        });
}

std::string joined(const std::vector<std::string> &words)
{
    std::string all;
    for (const std::string &word : words)
        all += (all.empty() ? "" : ", ") + word;
    return all;
}

void print_head(Results &results)
{
    auto &context = results.context;
    std::printf("# Results\n\n");
    std::printf("- %s, on %s\n", context["date"].substr(0, 10).c_str(),
                (context["cpu_model"] + ", " + context["num_cpus"] + " CPUs, caches of " +
                 context["caches"])
                    .c_str());
    std::printf("- Lanewise %s, %s; chooses %s by itself, which \"ours\" means, of %s\n",
                context["lanewise"].c_str(), context["compiler"].c_str(), results.isa.c_str(),
                joined(results.isas).c_str());
    bool products = false, training = false;
    for (const auto &[name, version] : results.peers) {
        std::printf("- %s: %s\n", name.c_str(), version.c_str());
        (name.rfind("torch-", 0) == 0 ? training : products) = true;
    }
    if (!products)
        std::puts("- no other library was run: products are compared with nothing");
    if (!training)
        std::puts("- PyTorch was not run: training is compared with nothing");
    std::puts(
        "\nRates are the best of the rounds, which are mixed at random; percentages are of the "
        "FMA peak measured\namong them. \"ratio\" is ours over the best other, also from "
        "the medians of the rounds. The other is\na library for products, the bare product "
        "for layers, a copy for vectors, PyTorch in its best mode, run\nin turn with ours, for "
        "training. Before they were timed, results were held against double precision,\n"
        "and training steps seen to lower the loss.\n");
}

void print_summary(const Results &results)
{
    std::vector<std::vector<std::string>> lines = {
        {"ratio", "threads", "mean", "of medians", "smallest", "below 1", "of"}};
    for (const Group &group : results.groups)
        for (const int threads : results.threads) {
            const Summary summary = summary_of(results, group, threads);
            if (summary.count > 0)
                lines.push_back({group.name + " to " + summary.against, std::to_string(threads),
                                 decimal(summary.mean, 2), decimal(summary.mean_of_medians, 2),
                                 decimal(summary.smallest, 2), std::to_string(summary.below_one),
                                 std::to_string(summary.count)});
        }
    if (lines.size() == 1)
        return;
    std::puts("## Summary: geometric means of the ratios\n");
    print_table(lines);
}

// The sweep has its grid: below 1 may be most of its 140 products.
void print_losses(const Results &results)
{
    if (results.peers.empty())
        return;
    std::multimap<double, std::vector<std::string>> losses;
    for (const Group &group : results.groups)
        for (const Row &row : group.rows)
            for (const int threads : results.threads) {
                const Ratio ratio = ratio_of(results, row, threads);
                if (results.peers.count(ratio.other) && ratio.of_best < 1.0 &&
                    group.name != "sweep")
                    losses.insert(
                        {ratio.of_best,
                         {group.name + " " + row.name, std::to_string(threads), ratio.other,
                          decimal(ratio.of_best, 2), decimal(ratio.of_medians, 2)}});
            }
    std::vector<std::vector<std::string>> lines = {{"row", "threads", "to", "ratio", "of medians"}};
    for (const auto &loss : losses)
        lines.push_back(loss.second);
    std::puts(results.group("sweep") ? "## Where we lose, besides the sweep\n"
                                     : "## Where we lose\n");
    if (losses.empty())
        std::puts("Nowhere.\n");
    else
        print_table(lines);
}

void print_slower(const Results &results)
{
    std::vector<std::vector<std::string>> lines = {{"ours", "threads", "of the rate on one"}};
    for (const Group &group : results.groups)
        for (const Row &row : group.rows) {
            const Series &one = row.of(results.isa, 1);
            for (const int threads : results.threads) {
                const Series &more = row.of(results.isa, threads);
                if (!one.empty() && !more.empty() && more.best() < slower * one.best())
                    lines.push_back({group.name + " " + row.name, std::to_string(threads),
                                     decimal(more.best() / one.best(), 2)});
            }
        }
    std::puts("## Where more threads are slower than one\n");
    if (lines.size() == 1)
        std::puts("Nowhere by more than 3 %.\n");
    else
        print_table(lines);
}

} // namespace

void print_tables(Results &results)
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
        std::printf("- %s\n", error.c_str());
}
