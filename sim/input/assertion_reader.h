// An assertion as people write it: "hosts[web[3]].cpu.cores_used <= 2.5".
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "models/scenario/assertion.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {

// PATH OP VALUE. Which paths there are and what each leads to is asked of
// `result_schema`, the published schema of result.json; whether there is an element
// of that name is left to Validate.
Parsed<Assertion> ParseAssertion(std::string_view text, const nlohmann::json& result_schema);

}  // namespace vpcmirror::sim
