#include "results.h"

#include <algorithm>
#include <jansson.h>
#include <memory>
#include <stdexcept>

namespace
{

using Json = std::unique_ptr<json_t, decltype(&json_decref)>;

// A name group/row/contender/threads, where the row may contain further slashes.
struct Name {
    std::string group, row, contender;
    int threads;
};

Name split(const std::string &name)
{
    std::vector<std::string> parts;
    for (size_t begin = 0; begin <= name.size();) {
        const size_t end = std::min(name.find('/', begin), name.size());
        parts.push_back(name.substr(begin, end - begin));
        begin = end + 1;
    }
    // Google Benchmark appends /real_time and /repeats:N.
    while (!parts.empty() &&
           (parts.back() == "real_time" || parts.back().find(':') != std::string::npos))
        parts.pop_back();
    if (parts.size() < 4)
        throw std::runtime_error("'" + name + "' is not group/row/contender/threads");
    Name result{parts[0], parts[1], parts[parts.size() - 2], std::stoi(parts.back())};
    for (size_t i = 2; i + 2 < parts.size(); i++)
        result.row += " " + parts[i];
    return result;
}

// Returns the element of that name, appended if there is none.
template <typename Named> Named &find_or_add(std::vector<Named> &all, const std::string &name)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Named &one) { return one.name == name; });
    if (found != all.end())
        return *found;
    all.push_back({});
    all.back().name = name;
    return all.back();
}

template <typename Value> void add_once(std::vector<Value> &all, const Value &value)
{
    if (std::find(all.begin(), all.end(), value) == all.end())
        all.push_back(value);
}

std::string text(json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

void add_round(Series &series, json_t *run)
{
    series.unit = json_object_get(run, "GFLOP/s") ? "GFLOP/s" : "GB/s";
    const double rate = json_number_value(json_object_get(run, series.unit.c_str()));
    if (series.empty() || rate > series.best()) {
        const char *key;
        json_t *value;
        json_object_foreach(run, key, value) if (json_is_number(value)) series.counters[key] =
            json_number_value(value);
    }
    series.rates.push_back(rate);
}

void add_run(Results &results, json_t *run)
{
    if (text(run, "run_type") != "iteration")
        return;
    const Name name = split(text(run, "name"));
    if (json_is_true(json_object_get(run, "error_occurred"))) {
        add_once(results.errors, name.group + " " + name.row + ", " + name.contender + " on " +
                                     threads_text(name.threads) + ": " +
                                     text(run, "error_message"));
        return;
    }
    add_once(results.threads, name.threads);
    if (name.group == "peak")
        add_once(results.isas, name.contender);
    Row &row = find_or_add(find_or_add(results.groups, name.group).rows, name.row);
    add_round(row.contenders[name.contender][name.threads], run);
}

void add_program(Results &results, json_t *program)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(program, "context"), key, value)
    {
        const std::string name = key;
        if (json_is_integer(value))
            results.context[name] = std::to_string(json_integer_value(value));
        else if (json_is_string(value) && name.rfind("peer_", 0) == 0)
            results.peers[name.substr(5)] = json_string_value(value);
        else if (json_is_string(value))
            results.context[name] = json_string_value(value);
    }
    // Interleaved rounds are in random order; family_index is the order of registration.
    std::multimap<json_int_t, json_t *> runs;
    size_t i;
    json_array_foreach(json_object_get(program, "benchmarks"), i, value)
        runs.insert({json_integer_value(json_object_get(value, "family_index")), value});
    for (const auto &run : runs)
        add_run(results, run.second);
}

} // namespace

std::string threads_text(int threads)
{
    return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

double Series::best() const
{
    return *std::max_element(rates.begin(), rates.end());
}

double Series::median() const
{
    std::vector<double> sorted = rates;
    std::sort(sorted.begin(), sorted.end());
    const size_t half = sorted.size() / 2;
    return sorted.size() % 2 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}

const Series &Row::of(const std::string &contender, int threads) const
{
    static const Series none;
    const auto found = contenders.find(contender);
    if (found == contenders.end())
        return none;
    const auto series = found->second.find(threads);
    return series == found->second.end() ? none : series->second;
}

std::string Results::context_text(const std::string &key) const
{
    const auto found = context.find(key);
    return found == context.end() ? "unknown" : found->second;
}

const Group *Results::group(const std::string &name) const
{
    for (const Group &one : groups)
        if (one.name == name)
            return &one;
    return nullptr;
}

Results read_results(const std::string &path)
{
    json_error_t error;
    const Json root(json_load_file(path.c_str(), 0, &error), json_decref);
    if (!root)
        throw std::runtime_error(path + ":" + std::to_string(error.line) + ": " + error.text);
    Results results;
    size_t i;
    json_t *program;
    json_array_foreach(root.get(), i, program) add_program(results, program);
    if (results.groups.empty())
        throw std::runtime_error(path + ": contains no results");
    if (!results.group("peak"))
        throw std::runtime_error(path + ": the peak was not measured");
    results.isa = results.context["lanewise_isa"];
    std::sort(results.threads.begin(), results.threads.end());
    return results;
}
