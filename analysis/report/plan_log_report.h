// The flow logs that a plan is for: as sentences, as a table, for machines.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analysis/plan/plan_log.h"

namespace vpcmirror {

// What is left out, where anything is; which window sized the fleet, what is assumed of bursts,
// what became of the records, which interfaces are which ENIs and which are none.
std::vector<std::string> LogWords(const PlannedLog& log);

// Cells of the windows that are compared: the first row has their names.
std::vector<std::vector<std::string>> LogTable(const PlannedLog& log);

// By "log" of scenarios/schema/plan.schema.json; null without one. `outline_json` writes what a
// plan has of a run.
using OutlineToJson = nlohmann::ordered_json (*)(const Outline& outline);
nlohmann::ordered_json LogJson(const std::optional<PlannedLog>& log, OutlineToJson outline_json);

}  // namespace vpcmirror
