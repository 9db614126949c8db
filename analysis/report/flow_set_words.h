// Sets of flows in words and ranges.
#pragma once

#include <string>
#include <vector>

#include "models/mirror/flow_set.h"

namespace vpcmirror {

// A sentence part for each box, boxes that read as one joined: "tcp to 10.0.1.0/24 port 443",
// "all IPv6", "later fragments of udp". Of long lists of ranges a few stand for all, with
// how many more there are.
std::vector<std::string> FlowSetPhrases(const FlowSet& flows);

// "10.0.0.0/24", "10.0.0.5-10.0.0.9": every range of the set.
std::vector<std::string> AddressRangeTexts(const RangeSet<AddressNumber>& set, IpFamily family);
// "443", "1024-65535".
std::vector<std::string> PortRangeTexts(const RangeSet<std::uint16_t>& set);

}  // namespace vpcmirror
