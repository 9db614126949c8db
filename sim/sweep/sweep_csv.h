// The table of a sweep as CSV (RFC 4180, but for line ends of one byte).
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/outcome.h"

namespace vpcmirror::sim {

// One line with its end. A cell is quoted where it has to be.
std::string CsvLine(const std::vector<Cell>& cells);

}  // namespace vpcmirror::sim
