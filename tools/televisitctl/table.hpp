#pragma once
/// Columns as wide as what is in them.

#include <ostream>
#include <string>
#include <vector>

namespace televisit::ctl {

using Row = std::vector<std::string>;

/// The first row is the heading.
void print_table(const std::vector<Row>& rows, std::ostream& out);

}  // namespace televisit::ctl
