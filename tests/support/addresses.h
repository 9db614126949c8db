// Addresses and prefixes in tests, from text that is known to be right.
#pragma once

#include <string_view>

#include "models/wire/address.h"

namespace vpcmirror {

// Both throw std::bad_optional_access for what is none.
inline IpAddress Address(std::string_view text) { return ParseIpAddress(text).value(); }
inline IpPrefix Prefix(std::string_view text) { return ParseIpPrefix(text).value(); }

}  // namespace vpcmirror
