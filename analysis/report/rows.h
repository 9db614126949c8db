// The tables of a report, and their rows' IDs.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "analysis/report/report.h"

namespace vpcmirror {

// In the order of the report.
template <class Visit>
void ForEachTable(const Report& report, Visit visit) {
  for (const Section& section : report.sections) {
    for (const ReportPart& block : section.blocks) {
      if (const Table* table = std::get_if<Table>(&block)) visit(*table);
    }
  }
}

// Of several columns, with ';' between them.
inline std::string IdOf(const Table& table, const std::vector<Value>& row) {
  std::string id;
  bool is_first = true;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (table.columns[i].role != Role::kId) continue;
    if (!is_first) id += ';';
    is_first = false;
    id += row[i].text;
  }
  return id;
}

}  // namespace vpcmirror
