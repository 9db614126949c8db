// The flows that a workload's streams are made of.
#pragma once

#include <algorithm>

#include "models/scenario/valid_scenario.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// The 5-tuple of the stream's flow number `index`, as its `from` end sends it.
FlowKey FlowOf(const Workload& workload, const Stream& stream, int index);

// The longest frame of a response: 1,500 bytes of IP.
inline constexpr Bytes kLongestResponseFrame{1514};

// Calls `take(frame)` for each frame that answers a request: full ones first, none shorter
// than its headers.
template <class Take>
void ForEachResponseFrame(Bytes response, Bytes headers, Take&& take) {
  for (Bytes left = response; left > Bytes(0); left -= kLongestResponseFrame) {
    take(std::max(std::min(left, kLongestResponseFrame), headers));
  }
}

}  // namespace vpcmirror
