#include "sim/sweep/sweep_csv.h"

#include <string_view>

namespace vpcmirror::sim {
namespace {

std::string InCsv(std::string text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string CsvLine(const std::vector<Cell>& cells) {
  std::string line;
  for (const Cell& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    line += InCsv(ToText(cell));
  }
  return line + "\n";
}

}  // namespace vpcmirror::sim
