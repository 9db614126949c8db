#include "sim/input/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "models/scenario/nearest.h"

namespace vpcmirror::sim {
namespace {

ScenarioError ErrorAt(const std::string& file, int line, std::string message,
                      std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.line = line;
  error.column = 1;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  return error;
}

// Empty when a quote is not closed or text follows one.
std::optional<std::vector<std::string>> SplitLine(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (line.substr(i + 1, 1) == "\"") {
        cells.back() += line[++i];
      } else {
        quoted = false;
        if (i + 1 < line.size() && line[i + 1] != ',') return std::nullopt;
      }
    } else if (c == ',') {
      cells.emplace_back();
    } else if (c == '"' && cells.back().empty()) {
      quoted = true;
    } else {
      cells.back() += c;
    }
  }
  return quoted ? std::nullopt : std::optional(std::move(cells));
}

void CheckColumns(const CsvTable& table, int line, const std::vector<std::string>& wanted,
                  std::vector<ScenarioError>& errors) {
  for (const std::string& column : table.columns) {
    if (std::count(wanted.begin(), wanted.end(), column) != 1) {
      errors.push_back(ErrorAt(table.file, line,
                               fmt::format("the column \"{}\" is not known", column),
                               AcceptedNames(column, wanted)));
    } else if (std::count(table.columns.begin(), table.columns.end(), column) != 1) {
      errors.push_back(ErrorAt(table.file, line,
                               fmt::format("the column \"{}\" is here twice", column), "once"));
    }
  }
  for (const std::string& column : wanted) {
    if (std::count(table.columns.begin(), table.columns.end(), column) == 0) {
      errors.push_back(ErrorAt(table.file, line,
                               fmt::format("the column \"{}\" is missing", column),
                               "the column, with empty cells where nothing is known"));
    }
  }
}

}  // namespace

CsvTable ParseCsv(std::string_view text, const std::string& file,
                  const std::vector<std::string>& columns, std::vector<ScenarioError>& errors) {
  CsvTable table;
  table.file = file;
  const std::size_t errors_before = errors.size();
  int line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!content.empty() && content.back() == '\r') content.remove_suffix(1);
    if (content.empty() || content.front() == '#') continue;

    std::optional<std::vector<std::string>> cells = SplitLine(content);
    if (!cells) {
      errors.push_back(ErrorAt(file, line, "a quote that is not closed at the end of its cell",
                               "\"...\" around a whole cell, \"\" for a quote inside it"));
    } else if (table.columns.empty()) {
      table.columns = std::move(*cells);
      CheckColumns(table, line, columns, errors);
      if (errors.size() > errors_before) return table;
    } else if (cells->size() != table.columns.size()) {
      errors.push_back(ErrorAt(file, line, fmt::format("found {} cells", cells->size()),
                               fmt::format("{}, as the header has", table.columns.size())));
    } else {
      CsvRow row;
      row.line = line;
      row.cells = std::move(*cells);
      table.rows.push_back(std::move(row));
    }
  }
  if (table.columns.empty()) {
    errors.push_back(ErrorAt(file, 1, "the table is empty", "a header line and rows"));
  }
  return table;
}

const std::string& CellOf(const CsvTable& table, const CsvRow& row, std::string_view column) {
  const auto at = std::find(table.columns.begin(), table.columns.end(), column);
  return row.cells.at(static_cast<std::size_t>(at - table.columns.begin()));
}

}  // namespace vpcmirror::sim
