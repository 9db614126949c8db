// Lists of prices from their JSON.
#pragma once

#include <string>
#include <string_view>

#include "models/cloud/prices.h"
#include "sim/input/schema_check.h"

namespace vpcmirror::sim {

// Throws ScenarioException with every error at once.
PriceList ReadPriceList(std::string_view text, const std::string& file, const Schema& schema);

// All of a data folder's prices/*.json; none where it has no such folder, since no price need
// be known. Throws ScenarioException with every error at once.
PriceLists LoadPrices(const std::string& data_folder);

}  // namespace vpcmirror::sim
