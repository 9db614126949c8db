// Instance types and receivers from their tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/catalog.h"
#include "models/scenario/error.h"

namespace vpcmirror::sim {

// A table, or several together. Rows in the order of their files; what is wrong with one is
// in `errors` with file and line, and what of it could be read is among the rows.
struct Catalog {
  std::vector<CatalogType> types;
  std::vector<CatalogReceiver> receivers;
  std::vector<ScenarioError> errors;
};

// Tables of instance types, and which columns each has: catalog/tencent-cvm.csv (limits of
// in and out together) and catalog/aws-ec2.csv (baseline bandwidth, per direction).
void ReadTencentTypes(std::string_view text, const std::string& file, Catalog& into);
void ReadAwsTypes(std::string_view text, const std::string& file, Catalog& into);
// catalog/receivers.csv.
void ReadReceivers(std::string_view text, const std::string& file, Catalog& into);
// Any of the three: the one whose columns its header has most of.
void ReadCatalogTable(std::string_view text, const std::string& file, Catalog& into);

// The files of a data folder's catalog/, in the order in which they are read.
std::vector<std::string> CatalogFiles(const std::string& data_folder);
// All three of them; one that cannot be read is an error among the others.
Catalog ReadCatalog(const std::string& data_folder);

}  // namespace vpcmirror::sim
