// What the open ways of copies have in common: whose loss silences a mirror, and what
// fails apart from what.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/reach/reachability.h"

namespace vpcmirror {

// A part of the way that may be lost, or that an edit may close.
struct Component {
  enum class Kind : std::uint8_t {
    kSourceSubnet,
    kRouteTable,
    kGateway,  // peering or CCN
    kNextHop,  // a CVM that forwards
    kLoadBalancer,
    kAcl,
    kSecurityGroup,
    kZone,
    kReceiver,  // host
  };
  Kind kind = Kind::kReceiver;
  std::size_t index = 0;  // in the Deployment; of a zone that of a subnet in it

  friend auto operator<=>(const Component&, const Component&) = default;
};

// Whether it can fail by itself, as a machine or a zone does; tables and rules only change.
bool CanFail(Component::Kind kind);
std::string_view ToString(Component::Kind kind);                          // "receiver"
std::string NameOf(const Deployment& deployment, const Component& each);  // "ids", "gz-3"

struct MirrorFailures {
  // Without any of these nothing of the mirror arrives: the articulation points that part
  // all its sources from all its receivers, from the sources on. Of a single source its
  // subnet is not among them, nor is a zone of a single receiver.
  std::vector<Component> single_points;
  std::size_t open = 0;  // reaches
};

// Sources, and all that their copies pass, which share nothing with any other group.
struct FailureGroup {
  std::vector<std::size_t> mirrors;
  std::size_t sources = 0;  // ENIs
  std::vector<Component> components;
};

struct Failures {
  std::vector<MirrorFailures> mirrors;  // as Reachability has them
  std::vector<FailureGroup> groups;     // connected components of all open ways
};

Failures FailuresOf(const Deployment& deployment, const Reachability& reachability);

// What an open reach passes, from its source on.
std::vector<Component> ComponentsOf(const Deployment& deployment, const MirrorReach& mirror,
                                    const Reach& reach);

}  // namespace vpcmirror
