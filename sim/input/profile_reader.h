// A provider profile from its JSON.
#pragma once

#include <string>
#include <string_view>

#include "models/cloud/provider_profile.h"
#include "sim/input/schema_check.h"

namespace vpcmirror::sim {

// The profile keeps: ranges are ordered, an Encapsulation can be made of its
// tunnel, each assumption and each quota is named once, and the value of an
// assumption that the model acts on is the value that the profile sets.
// Throws ScenarioException with every error at once.
ProviderProfile ReadProfile(std::string_view text, const std::string& file, const Schema& schema);

}  // namespace vpcmirror::sim
