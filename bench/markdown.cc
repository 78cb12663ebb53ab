#include "markdown.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

void print_table(const std::vector<std::vector<std::string>> &lines)
{
    std::vector<size_t> widths(lines[0].size(), 3); // Markdown requires three dashes
    for (const auto &line : lines)
        for (size_t i = 0; i < line.size(); i++)
            widths[i] = std::max(widths[i], line[i].size());
    for (const auto &line : lines) {
        for (size_t i = 0; i < line.size(); i++) {
            const int width = static_cast<int>(widths[i]);
            std::printf(i == 0 ? "| %-*s |" : " %*s |", width, line[i].c_str());
        }
        std::puts("");
        if (&line != &lines[0])
            continue;
        for (size_t i = 0; i < line.size(); i++)
            std::printf("%s%s%s|", i == 0 ? "|-" : "-", std::string(widths[i], '-').c_str(),
                        i == 0 ? "-" : ":");
        std::puts("");
    }
    std::puts("");
}

void print_item(const std::string &text)
{
    std::istringstream words(text);
    size_t column = 1;
    std::printf("-");
    for (std::string word; words >> word;) {
        if (column + 1 + word.size() > 100) {
            std::printf("\n ");
            column = 1;
        }
        std::printf(" %s", word.c_str());
        column += 1 + word.size();
    }
    std::puts("");
}

std::string decimal(double value, int digits)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}
