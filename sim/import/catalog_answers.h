// Rows of the instance catalogue from what a cloud's API says of its types.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/cloud/catalog.h"
#include "models/scenario/error.h"
#include "sim/import/document.h"

namespace vpcmirror::sim {

struct AnswerSettings {
  std::string as_of;     // of every row; ISO date
  std::string source;    // of every row; empty: the call's name and the file's
  std::string currency;  // of the answer's prices, which it does not say; empty: they are left out
};

// A row for each type, in the order of the answers. What is wrong with an item is in `faults`,
// with line and JSON Pointer, and the item is left out; a figure that is absent is not known.
struct AnsweredTypes {
  std::vector<CatalogType> types;
  std::vector<ScenarioError> faults;
  std::vector<std::string> notes;  // sentences
};

// Of DescribeZoneInstanceConfigInfos, with or without its "Response". A type is listed for
// each zone and way of paying: it is one row, and its price the dearest of those by the hour.
AnsweredTypes TencentTypesOf(const std::vector<std::shared_ptr<const Document>>& answers,
                             const AnswerSettings& settings);
// Of describe-instance-types. The baseline of all network cards is the bandwidth; where a
// card lacks it, the bandwidth is not known.
AnsweredTypes AwsTypesOf(const std::vector<std::shared_ptr<const Document>>& answers,
                         const AnswerSettings& settings);

}  // namespace vpcmirror::sim
