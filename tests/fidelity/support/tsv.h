// The tables of truths under tests/fidelity/data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpcmirror::fidelity {

// One line of a table, by the names of its columns.
class TsvRow {
 public:
  explicit TsvRow(std::map<std::string, std::string> cells) : cells_(std::move(cells)) {}

  // Throw std::out_of_range for a column that is not there, std::invalid_argument
  // for a number that is none.
  const std::string& Text(const std::string& column) const { return cells_.at(column); }
  double Number(const std::string& column) const { return std::stod(cells_.at(column)); }
  std::int64_t Integer(const std::string& column) const { return std::stoll(cells_.at(column)); }

 private:
  std::map<std::string, std::string> cells_;
};

// Lines that begin with '#' are comments. Throws std::runtime_error when the file
// cannot be read, holds no row, or a line has another number of columns than the first.
std::vector<TsvRow> ReadTsv(const std::string& name);

// "rho=0.5 K=5" as a row of its own.
TsvRow ParseWords(const std::string& words);

}  // namespace vpcmirror::fidelity
