// The results of the benchmark programs, read from their JSON.
#ifndef LANEWISE_BENCH_RESULTS_H
#define LANEWISE_BENCH_RESULTS_H

#include <map>
#include <string>
#include <vector>

// The rounds of one contender of a row on one number of threads.
struct Series {
    std::vector<double> rates;              // GFLOP/s if the benchmark counts them, else GB/s
    std::string unit;                       // of the rates
    std::map<std::string, double> counters; // of the best round

    bool empty() const { return rates.empty(); }
    double best() const;
    double median() const;
};

struct Row {
    std::string name;
    std::map<std::string, std::map<int, Series>> contenders; // by name and threads

    // Returns an empty series if there is none.
    const Series &of(const std::string &contender, int threads) const;
};

struct Group {
    std::string name;
    std::vector<Row> rows;
};

struct Results {
    std::map<std::string, std::string> context;
    std::map<std::string, std::string> peers; // name and version
    std::string isa;                          // the set that Lanewise selected
    std::vector<std::string> isas;            // all measured sets, narrowest first
    std::vector<int> threads;
    std::vector<Group> groups; // in order of registration, like their rows
    std::vector<std::string> errors;

    // The value of a context entry, "unknown" if there is none.
    std::string context_text(const std::string &key) const;
    // Returns NULL if there is none.
    const Group *group(const std::string &name) const;
};

// For example "1 thread", "2 threads".
std::string threads_text(int threads);

// Reads a JSON array of Google Benchmark outputs. Throws std::runtime_error if the file is invalid
// or does not contain the FMA peak.
Results read_results(const std::string &path);

#endif
