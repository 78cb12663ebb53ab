#include "page_data.h"
#include "ratio.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace
{

json_t *text(const std::string &value)
{
    return page_text(value.c_str());
}

json_t *texts(const std::vector<std::string> &values)
{
    json_t *array = json_array();
    for (const std::string &value : values)
        json_array_append_new(array, text(value));
    return array;
}

json_t *texts(const std::map<std::string, std::string> &values)
{
    json_t *object = json_object();
    for (const auto &[name, value] : values)
        json_object_set_new(object, name.c_str(), text(value));
    return object;
}

json_t *numbers(const std::vector<int> &values)
{
    json_t *array = json_array();
    for (const int value : values)
        json_array_append_new(array, json_integer(value));
    return array;
}

json_t *peak_data(const Results &results)
{
    json_t *rows = json_array();
    for (const int threads : results.threads) {
        json_t *rates = json_object();
        for (const std::string &isa : results.isas)
            json_object_set_new(rates, isa.c_str(), page_number(peak_of(results, isa, threads)));
        json_array_append_new(rows, json_pack("{s:i, s:o}", "threads", threads, "rates", rates));
    }
    return rows;
}

json_t *contender_data(const Results &results, const Row &row, int threads)
{
    json_t *contenders = json_object();
    for (const auto &[name, by_threads] : row.contenders) {
        const Series &series = row.of(name, threads);
        if (series.empty())
            continue;
        json_t *one = json_pack("{s:o, s:o, s:i}", "best", page_number(series.best()), "median",
                                page_number(series.median()), "rounds",
                                static_cast<int>(series.rates.size()));
        if (is_isa(results, name) && series.unit == "GFLOP/s")
            json_object_set_new(one, "percent",
                                page_number(percent_of_peak(results, series, name, threads)));
        for (const char *counter : {"samples_per_second", "us/step"})
            if (series.counters.count(counter))
                json_object_set_new(one, counter, page_number(series.counters.at(counter)));
        json_object_set_new(contenders, name.c_str(), one);
    }
    return contenders;
}

json_t *row_data(const Results &results, const Row &row, int threads)
{
    json_t *data = json_pack("{s:o, s:o}", "name", text(row.name), "contenders",
                             contender_data(results, row, threads));
    const Ratio ratio = ratio_of(results, row, threads);
    if (!ratio.baseline.empty())
        json_object_set_new(data, "best_baseline",
                            json_pack("{s:o, s:f, s:f}", "name", text(ratio.baseline), "ratio",
                                      ratio.of_best, "ratio_of_medians", ratio.of_medians));
    return data;
}

json_t *group_data(const Results &results, const Group &group)
{
    json_t *by_threads = json_array();
    std::string unit;
    for (const int threads : results.threads) {
        json_t *rows = json_array();
        for (const Row &row : group.rows) {
            const Series &lanewise = row.of(results.isa, threads);
            if (lanewise.empty())
                continue;
            unit = lanewise.unit;
            json_array_append_new(rows, row_data(results, row, threads));
        }
        json_t *data = json_pack("{s:i, s:o}", "threads", threads, "rows", rows);
        const Summary summary = summary_of(results, group, threads);
        if (summary.count > 0)
            json_object_set_new(data, "summary",
                                json_pack("{s:o, s:f, s:f, s:f, s:i, s:i}", "baseline",
                                          text(summary.baseline), "mean", summary.mean,
                                          "mean_of_medians", summary.mean_of_medians, "smallest",
                                          summary.smallest, "below_one", summary.below_one, "count",
                                          summary.count));
        if (json_array_size(rows) > 0)
            json_array_append_new(by_threads, data);
        else
            json_decref(data);
    }
    return json_pack("{s:o, s:o, s:o}", "name", text(group.name), "unit", text(unit), "threads",
                     by_threads);
}

json_t *change_data(const Change &change)
{
    static const char *const verdicts[] = {"slower", "faster", "same", "unknown"};
    return json_pack(
        "{s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "group", text(change.group),
        "row", text(change.row), "isa", text(change.isa), "threads", change.threads, "unit",
        text(change.unit), "before", page_number(change.before), "after", page_number(change.after),
        "of_medians", page_number(change.of_medians), "of_best", page_number(change.of_best),
        "noise", page_number(change.noise), "verdict", verdicts[static_cast<int>(change.verdict)]);
}

Json owned(json_t *data)
{
    if (!data)
        throw std::runtime_error("out of memory for the page");
    return Json(data, json_decref);
}

} // namespace

Json data_of(const Results &results)
{
    json_t *groups = json_array();
    for (const Group &group : results.groups)
        if (group.name != "peak")
            json_array_append_new(groups, group_data(results, group));
    return owned(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "context",
                           texts(results.context), "peers", texts(results.peers), "isa",
                           text(results.isa), "isas", texts(results.isas), "threads",
                           numbers(results.threads), "peak", peak_data(results), "groups", groups,
                           "errors", texts(results.errors)));
}

Json data_of(const Comparison &comparison, const std::string &before, const std::string &after)
{
    json_t *changes = json_array();
    for (const Change &change : comparison.changes)
        json_array_append_new(changes, change_data(change));
    return owned(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "before", text(before),
                           "after", text(after), "before_context", texts(comparison.before.context),
                           "after_context", texts(comparison.after.context), "differences",
                           texts(comparison.differences), "changes", changes, "only_before",
                           texts(comparison.only_before), "only_after",
                           texts(comparison.only_after)));
}

void write_page(const std::string &path, page_kind kind, const Json &data)
{
    const std::string temporary = path + ".new";
    std::FILE *file = std::fopen(temporary.c_str(), "w");
    if (!file)
        throw std::runtime_error(path + ": cannot write: " + std::strerror(errno));
    bool written = page_write(file, kind, data.get()) == 0 && !std::ferror(file);
    written = std::fclose(file) == 0 && written;
    if (!written || std::rename(temporary.c_str(), path.c_str()) != 0) {
        const std::string reason = std::strerror(errno);
        std::remove(temporary.c_str());
        throw std::runtime_error(path + ": cannot write: " + reason);
    }
}
