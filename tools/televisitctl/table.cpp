#include "table.hpp"

#include <algorithm>
#include <iomanip>

namespace televisit::ctl {

void print_table(const std::vector<Row>& rows, std::ostream& out) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const Row& row : rows) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i)
            out << std::left << std::setw(static_cast<int>(widths[i])) << row[i] << "  ";
        if (!row.empty()) out << row.back();
        out << '\n';
    }
}

}  // namespace televisit::ctl
