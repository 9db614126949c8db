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

void CheckColumns(const CsvTable& table, int line, const CsvColumns& wanted,
                  std::vector<ScenarioError>& errors) {
  std::vector<std::string> known = wanted.required;
  known.insert(known.end(), wanted.optional.begin(), wanted.optional.end());
  for (const std::string& column : table.columns) {
    if (std::count(known.begin(), known.end(), column) != 1) {
      errors.push_back(ErrorAt(table.file, line,
                               fmt::format("the column \"{}\" is not known", column),
                               AcceptedNames(column, known)));
    } else if (std::count(table.columns.begin(), table.columns.end(), column) != 1) {
      errors.push_back(ErrorAt(table.file, line,
                               fmt::format("the column \"{}\" is here twice", column), "once"));
    }
  }
  for (const std::string& column : wanted.required) {
    if (std::count(table.columns.begin(), table.columns.end(), column) == 0) {
      errors.push_back(ErrorAt(table.file, line,
                               fmt::format("the column \"{}\" is missing", column),
                               "the column, with empty cells where nothing is known"));
    }
  }
}

// The first line of `text` without its end, which is taken off the text.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool IsLeftOut(std::string_view line) { return line.empty() || line.front() == '#'; }

}  // namespace

std::vector<std::string> ColumnsOfCsv(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (!IsLeftOut(line)) return SplitLine(line).value_or(std::vector<std::string>{});
  }
  return {};
}

CsvTable ParseCsv(std::string_view text, const std::string& file, const CsvColumns& columns,
                  std::vector<ScenarioError>& errors) {
  CsvTable table;
  table.file = file;
  int line = 0;
  while (!text.empty()) {
    ++line;
    const std::string_view content = TakeLine(text);
    if (IsLeftOut(content)) continue;

    std::optional<std::vector<std::string>> cells = SplitLine(content);
    if (!cells) {
      errors.push_back(ErrorAt(file, line, "a quote that is not closed at the end of its cell",
                               "\"...\" around a whole cell, \"\" for a quote inside it"));
    } else if (table.columns.empty()) {
      table.columns = std::move(*cells);
      CheckColumns(table, line, columns, errors);
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

bool HasColumn(const CsvTable& table, std::string_view column) {
  return std::find(table.columns.begin(), table.columns.end(), column) != table.columns.end();
}

const std::string& CellOf(const CsvTable& table, const CsvRow& row, std::string_view column) {
  static const std::string nothing;
  const auto at = std::find(table.columns.begin(), table.columns.end(), column);
  if (at == table.columns.end()) return nothing;
  return row.cells.at(static_cast<std::size_t>(at - table.columns.begin()));
}

}  // namespace vpcmirror::sim
