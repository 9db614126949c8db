// Ranges of addresses that hold what is known of them.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/wire/address.h"
#include "sim/import/inventory.h"

namespace vpcmirror::sim {

// Empty where the text is none, or not IPv4.
std::optional<IpPrefix> PrefixOf(const std::optional<FoundText>& text);
// Empty where the text is none, or not IPv6.
std::optional<IpPrefix> Ipv6PrefixOf(const std::optional<FoundText>& text);
std::optional<IpAddress> AddressOf(const std::optional<FoundText>& text);

// The longest range that holds all; at most `longest` bits. Requires IPv4, at least one.
IpPrefix RangeOver(std::span<const IpPrefix> ranges, int longest);

// A subnet's range in which all the addresses can be those of ENIs: none is the network's,
// its gateway's (the first) or the broadcast address. Empty: there are none.
std::optional<IpPrefix> SubnetRangeFor(std::span<const IpAddress> addresses, int longest);

}  // namespace vpcmirror::sim
