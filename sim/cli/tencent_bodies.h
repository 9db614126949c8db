// A scenario's mirrors as Tencent Cloud's API takes them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/input/examine_scenario.h"

namespace vpcmirror::sim {

struct TencentBody {
  std::string name;  // of the mirror
  nlohmann::ordered_json body;
};

struct TencentExport {
  std::vector<TencentBody> bodies;  // in the order of the scenario
  std::vector<std::string> notes;   // sentences: what the bodies do not say
};

// What stands for an object that the scenario gives no ID of the cloud.
enum class WithoutId : std::uint8_t {
  kRefuse,
  kName,  // its name in the scenario, with a note
};

// The bodies of CreateTrafficMirror. Requires examined.sound and no errors. Throws
// ScenarioException with all that keeps a mirror from being written as one: another cloud's
// shape, an object without an ID, an option that the API does not have.
TencentExport TencentBodies(const ExaminedScenario& examined, WithoutId without_id);

}  // namespace vpcmirror::sim
