// The ways of copies for programs: `paths` of scenarios/schema/findings.schema.json.
#pragma once

#include <nlohmann/json.hpp>

#include "analysis/report/paths.h"

namespace vpcmirror {

nlohmann::ordered_json PathsJson(const PathsReport& report);

}  // namespace vpcmirror
