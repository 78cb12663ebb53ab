#include "options.h"

#include <charconv>
#include <stdexcept>

namespace
{

size_t number(const std::string &text, size_t least)
{
    size_t value = 0;
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < least)
        throw std::runtime_error("'" + text + "' is not a number of " + std::to_string(least) +
                                 " or more");
    return value;
}

std::vector<size_t> sizes_of(const std::string &network)
{
    std::vector<size_t> sizes;
    for (size_t begin = 0; begin != std::string::npos;) {
        const size_t end = network.find('-', begin);
        sizes.push_back(number(network.substr(begin, end - begin), 1));
        begin = end == std::string::npos ? end : end + 1;
    }
    if (sizes.size() < 2)
        throw std::runtime_error("'" + network + "' has no layer");
    return sizes;
}

std::string one_of(const std::string &value, const std::string &first, const std::string &second)
{
    if (value != first && value != second)
        throw std::runtime_error("'" + value + "' is neither " + first + " nor " + second);
    return value;
}

void set(Options &options, const std::string &name, const std::string &value)
{
    if (name == "--network")
        options.network = value;
    else if (name == "--batch")
        options.batch = number(value, 1);
    else if (name == "--optimizer")
        options.optimizer = one_of(value, "sgd", "adam");
    else if (name == "--gradients")
        options.gradients = one_of(value, "fp32", "bf16");
    else if (name == "--bucket")
        options.bucket = number(value, 0);
    else if (name == "--steps")
        options.steps = number(value, 1);
    else if (name == "--rounds")
        options.rounds = number(value, 1);
    else if (name == "--threads")
        options.threads = static_cast<unsigned>(number(value, 0));
    else
        throw std::runtime_error("unknown option " + name);
}

} // namespace

lw_optimizer Options::make_optimizer() const
{
    return optimizer == "sgd" ? lw_sgd(1e-2f) : lw_adam(1e-3f);
}

lw_mpi_options Options::mpi() const
{
    lw_mpi_options made = {};
    made.size = sizeof made;
    made.bucket_bytes = bucket;
    made.gradients = gradients == "bf16" ? LW_PRECISION_BF16 : LW_PRECISION_FP32;
    return made;
}

Options parse_options(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; i++) {
        const std::string name = argv[i];
        if (i + 1 == argc)
            throw std::runtime_error(name + " needs a value, or is unknown");
        set(options, name, argv[++i]);
    }
    options.sizes = sizes_of(options.network);
    return options;
}
