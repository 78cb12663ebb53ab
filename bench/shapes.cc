#include "shapes.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bench
{

namespace
{

// The operands of one product of this size take 12 GB.
constexpr size_t max_size = 32768;

size_t read_size(const std::string &text)
{
    size_t used = 0, value = 0;
    if (!text.empty() && text[0] >= '0' && text[0] <= '9' && text.size() < 10)
        value = std::stoul(text, &used);
    if (used != text.size() || value < 1 || value > max_size)
        throw std::runtime_error("'" + text + "' is not a size from 1 to " +
                                 std::to_string(max_size));
    return value;
}

std::vector<size_t> read_sizes(const std::string &list)
{
    std::vector<size_t> sizes;
    for (size_t begin = 0; begin <= list.size();) {
        const size_t end = std::min(list.find(',', begin), list.size());
        sizes.push_back(read_size(list.substr(begin, end - begin)));
        begin = end + 1;
    }
    return sizes;
}

void read_line(const std::string &line, std::vector<Shape> &shapes)
{
    std::istringstream in(line);
    std::string name, op, m_list, n_list, k_list, extra;
    if (!(in >> name))
        return;
    if (!(in >> op >> m_list >> n_list >> k_list) || in >> extra)
        throw std::runtime_error("expected `name op m n k`");
    if (op != "NN" && op != "NT" && op != "TN")
        throw std::runtime_error("op '" + op + "' is not NN, NT or TN");
    for (const size_t m : read_sizes(m_list))
        for (const size_t n : read_sizes(n_list))
            for (const size_t k : k_list == "n" ? std::vector<size_t>{n} : read_sizes(k_list))
                shapes.push_back({name, op[0] == 'T', op[1] == 'T', m, n, k});
}

} // namespace

double Shape::flops() const
{
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

double Shape::bytes() const
{
    return static_cast<double>(sizeof(float) * (m * k + k * n + m * n));
}

std::string Shape::title() const
{
    return name + "/" + (transa ? "T" : "N") + (transb ? "T" : "N") + "/" + std::to_string(m) +
           "x" + std::to_string(n) + "x" + std::to_string(k);
}

std::vector<Shape> read_shapes(const std::string &path)
{
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error(path + ": cannot be read");
    std::vector<Shape> shapes;
    size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        number++;
        try {
            read_line(line.substr(0, line.find('#')), shapes);
        } catch (const std::runtime_error &error) {
            throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what());
        }
    }
    if (shapes.empty())
        throw std::runtime_error(path + ": contains no shapes");
    return shapes;
}

} // namespace bench
