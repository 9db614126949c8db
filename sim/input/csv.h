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

// The columns that a table has, in any order.
struct CsvColumns {
  std::vector<std::string> required;
  std::vector<std::string> optional;
};

// Errors (each with its line) go to `errors`; a broken row is in the table no more. With
// columns that are missing, or that are not known, the others are read all the same.
CsvTable ParseCsv(std::string_view text, const std::string& file, const CsvColumns& columns,
                  std::vector<ScenarioError>& errors);

bool HasColumn(const CsvTable& table, std::string_view column);
// The cell of `row` in the named column; empty where the table lacks the column.
const std::string& CellOf(const CsvTable& table, const CsvRow& row, std::string_view column);

// The names in the header line, before anything is known of them; none in an empty text.
std::vector<std::string> ColumnsOfCsv(std::string_view text);

}  // namespace vpcmirror::sim
