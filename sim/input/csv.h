// Comma-separated tables with a header line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/error.h"

namespace vpcmirror::sim {

struct CsvRow {
  int line = 0;
  std::vector<std::string> cells;  // as many as the table has columns
};

// Quotes as in RFC 4180, but no line break inside a cell. Lines that are empty
// or begin with # are left out.
struct CsvTable {
  std::string file;
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;
};

// Errors (each with its line) go to `errors`; a broken row is in the table no more.
// Requires the columns to be exactly `columns`, in any order.
CsvTable ParseCsv(std::string_view text, const std::string& file,
                  const std::vector<std::string>& columns, std::vector<ScenarioError>& errors);

// The cell of `row` in the named column, which must exist.
const std::string& CellOf(const CsvTable& table, const CsvRow& row, std::string_view column);

}  // namespace vpcmirror::sim
