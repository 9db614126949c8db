// Mirrors that copy all traffic of some hosts, in the words of each provider.
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror::sim {

struct EverythingFrom {
  std::string_view provider;  // one that there is no shape for here gets Tencent's
  std::string_view source;    // name of a host
  int count = 1;              // of its members
  std::string_view receiver;  // name of a host, all of whose members receive where the cloud allows
  int receivers = 1;          // its members
};

// The value of "mirrors" in a scenario. Clouds whose sessions have one target
// send the copies of each source to one of the receivers in turn.
std::string MirrorEverything(const EverythingFrom& asked);

}  // namespace vpcmirror::sim
