// The instance catalogue as JSON; units are in the keys, null is not known.
#pragma once

#include <string>
#include <vector>

#include "analysis/report/catalog_text.h"
#include "models/cloud/catalog.h"

namespace vpcmirror {

// All end in a newline. Lists are arrays of what the other function gives of one.
std::string CatalogListJson(const std::vector<CatalogType>& types);
std::string CatalogTypeJson(const CatalogType& type);
std::string ReceiverListJson(const std::vector<CatalogReceiver>& receivers);
std::string CatalogReceiverJson(const CatalogReceiver& receiver);
// {"findings": [{code, file, line, name, message, advice, known_because}], "rows", "found",
// "known"}.
std::string LintJson(const std::vector<LintedTable>& tables);

}  // namespace vpcmirror
