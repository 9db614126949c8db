// How a path reads.
#include "models/cloud/topology.h"

namespace vpcmirror {

std::string_view ToString(Stop stop) {
  switch (stop) {
    case Stop::kNone:
      return "nothing stops it";
    case Stop::kSourceSecurityGroup:
      return "the sender's security groups do not let it out";
    case Stop::kSourceAcl:
      return "the network ACL of the sender's subnet does not let it out";
    case Stop::kNoRoute:
      return "no route";
    case Stop::kBlackhole:
      return "the route is a blackhole";
    case Stop::kNoSuchAddress:
      return "no ENI has this address";
    case Stop::kPeerHasNoRouteBack:
      return "the other VPC has no route back";
    case Stop::kLoop:
      return "next-hop CVMs send it in a circle";
    case Stop::kTargetAcl:
      return "the network ACL of the receiver's subnet does not let it in";
    case Stop::kTargetSecurityGroup:
      return "the receiver's security groups do not let it in";
  }
  return "";
}

std::string Path::ToText() const {
  std::string text;
  for (const Hop& hop : hops) text += hop.id + ": " + hop.what + "\n";
  if (stop != Stop::kNone) return text + "stopped: " + std::string(ToString(stop)) + "\n";
  return text + (destination ? "arrives\n" : "leaves for the outside\n");
}

}  // namespace vpcmirror
