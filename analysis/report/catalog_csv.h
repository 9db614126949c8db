// The instance catalogue as comma-separated tables.
#pragma once

#include <string>
#include <vector>

#include "models/cloud/catalog.h"

namespace vpcmirror {

// A row for each, whatever its provider; units are in the names of the columns.
std::string CatalogListCsv(const std::vector<CatalogType>& types);
std::string ReceiverListCsv(const std::vector<CatalogReceiver>& receivers);

// As the files of a data folder's catalog/: read again, they are the same rows. Prices and
// `known` have columns only where some row has one. All are of one provider, "tencent" or "aws".
std::string TencentTypesCsv(const std::vector<CatalogType>& types);
std::string AwsTypesCsv(const std::vector<CatalogType>& types);

}  // namespace vpcmirror
