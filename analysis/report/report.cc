#include "analysis/report/report.h"

namespace vpcmirror {

void AddSection(Report& report, Table table) {
  if (table.rows.empty()) return;
  Section section{.key = table.key, .title = table.title};
  section.blocks.push_back(std::move(table));
  report.sections.push_back(std::move(section));
}

}  // namespace vpcmirror
