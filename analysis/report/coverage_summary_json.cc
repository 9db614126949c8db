#include "analysis/report/coverage_summary_json.h"

#include <cstddef>
#include <string>

namespace vpcmirror {

nlohmann::ordered_json CoverageSummaryJson(const CoverageSummary& summary) {
  using Json = nlohmann::ordered_json;
  const auto number = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  Json json = {{"enis", number(summary.covered())},
               {"bytes", number(summary.seen)},
               {"covered_enis", summary.covered_enis},
               {"all_enis", summary.enis},
               {"unseen", Json::object()}};
  for (std::size_t i = 0; i < kUnseenReasons; ++i) {
    json["unseen"][std::string(ToString(static_cast<Unseen>(i)))] = summary.unseen[i];
  }
  return json;
}

}  // namespace vpcmirror
