// A provider profile from its JSON.
#pragma once

#include <string>
#include <string_view>

#include "models/cloud/provider_profile.h"
#include "sim/input/schema_check.h"

namespace vpcmirror::sim {

// Throws ScenarioException with every error at once.
ProviderProfile ReadProfile(std::string_view text, const std::string& file, const Schema& schema);

}  // namespace vpcmirror::sim
