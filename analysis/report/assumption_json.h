// An assumption as every JSON output has it.
#pragma once

#include <nlohmann/json.hpp>

#include "models/cloud/provider_profile.h"

namespace vpcmirror {

inline nlohmann::ordered_json AssumptionJson(const Assumption& assumption) {
  return {{"name", assumption.name},
          {"value", assumption.value},
          {"text", assumption.text},
          {"source", assumption.source},
          {"overridden", assumption.overridden}};
}

}  // namespace vpcmirror
