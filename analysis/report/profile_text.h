// Provider profiles as a network engineer reads them on a terminal.
#pragma once

#include <string>

#include "analysis/report/profile_json.h"
#include "analysis/report/result_text.h"
#include "models/cloud/provider_profile.h"

namespace vpcmirror {

// A table of all: name, title, date, how filters are made, encapsulation, and
// which are experimental. Ends in a newline.
std::string ProfileListText(const ProviderProfiles& profiles, const TextStyle& style);

// Everything that the profile says, with its sources. What no document states
// is marked with a star before it, and told among the assumptions. Ends in a newline.
std::string ProfileText(const ProviderProfile& profile, const TextStyle& style);

}  // namespace vpcmirror
