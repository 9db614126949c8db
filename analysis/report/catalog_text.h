// The instance catalogue on a terminal.
#pragma once

#include <string>
#include <vector>

#include "analysis/catalog/catalog_lint.h"
#include "analysis/report/result_text.h"
#include "models/cloud/catalog.h"

namespace vpcmirror {

// All end in a newline, and no line of a table is over 80 columns.

// A table; "No instance type is so." for no types.
std::string CatalogListText(const std::vector<CatalogType>& types, const TextStyle& style);
std::string ReceiverListText(const std::vector<CatalogReceiver>& receivers, const TextStyle& style);

// Everything that the row says, what is doubtful about it, and how to read its limits.
std::string CatalogTypeText(const CatalogType& type, const TextStyle& style);
std::string CatalogReceiverText(const CatalogReceiver& receiver, const TextStyle& style);

// What a lint found in one table, as "file:line: name: message (CODE)", each with what to do
// or why it is known; then how many of both.
struct LintedTable {
  std::string file;
  int rows = 0;
  std::vector<CatalogFinding> findings;
};
std::string LintText(const std::vector<LintedTable>& tables, const TextStyle& style);

}  // namespace vpcmirror
