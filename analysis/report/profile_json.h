// Provider profiles as JSON.
#pragma once

#include <map>
#include <string>

#include "models/cloud/provider_profile.h"

namespace vpcmirror {

using ProviderProfiles = std::map<std::string, ProviderProfile>;

// In the shape of a profile file, so that it may be read as one. Ends in a newline.
std::string ProfileJson(const ProviderProfile& profile);
// An array of {name, title, as_of, filter, encapsulation, experimental, note}.
// Ends in a newline.
std::string ProfileListJson(const ProviderProfiles& profiles);

}  // namespace vpcmirror
