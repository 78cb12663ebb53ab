// What the benchmark programs measured, read from their JSON.
#ifndef LANEWISE_BENCH_RESULTS_H
#define LANEWISE_BENCH_RESULTS_H

#include <map>
#include <string>
#include <vector>

// The rounds of one contender on one row.
struct Series {
    std::vector<double> rates;        // GFLOP/s where there are any, otherwise GB/s
    std::string unit;                 // of the rates
    std::map<std::string, double> at; // all counters of the best round

    bool empty() const { return rates.empty(); }
    double best() const;
    double median() const;
};

struct Row {
    std::string name;
    std::map<std::string, std::map<int, Series>> contenders; // by name and threads

    const Series &of(const std::string &contender, int threads) const;
};

struct Group {
    std::string name;
    std::vector<Row> rows;
};

struct Results {
    std::map<std::string, std::string> context;
    std::map<std::string, std::string> peers; // name and version
    std::string isa;                          // the set that Lanewise chose by itself
    std::vector<std::string> isas;            // all of them, narrowest first
    std::vector<int> threads;
    std::vector<Group> groups; // these and their rows as they were registered
    std::vector<std::string> errors;

    // NULL where there is none.
    const Group *group(const std::string &name) const;
};

// "1 thread", "2 threads".
std::string threads_text(int threads);

// Reads an array of what Google Benchmark wrote. Throws std::runtime_error.
Results read_results(const std::string &path);

#endif
