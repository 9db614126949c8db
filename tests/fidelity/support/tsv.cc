#include "tests/fidelity/support/tsv.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vpcmirror::fidelity {
namespace {

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line);
  for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
  if (!line.empty() && line.back() == '\t') cells.emplace_back();
  return cells;
}

}  // namespace

std::vector<TsvRow> ReadTsv(const std::string& name) {
  const std::string path = VPCMIRROR_FIDELITY_DATA "/" + name;
  std::ifstream file(path);
  std::vector<std::string> columns;
  std::vector<TsvRow> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> cells = Cells(line);
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    if (cells.size() != columns.size()) {
      throw std::runtime_error(path + ": " + std::to_string(cells.size()) + " columns, not " +
                               std::to_string(columns.size()) + ": " + line);
    }
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < cells.size(); ++i) row.emplace(columns[i], cells[i]);
    rows.emplace_back(std::move(row));
  }
  if (rows.empty()) throw std::runtime_error(path + ": no rows");
  return rows;
}

TsvRow ParseWords(const std::string& words) {
  std::map<std::string, std::string> cells;
  std::istringstream text(words);
  for (std::string word; text >> word;) {
    const std::size_t at = word.find('=');
    if (at == std::string::npos) continue;
    cells.emplace(word.substr(0, at), word.substr(at + 1));
  }
  return TsvRow(std::move(cells));
}

}  // namespace vpcmirror::fidelity
