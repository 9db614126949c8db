#include "models/mirror/refusal.h"

namespace vpcmirror {

std::string_view ToString(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "none";
    case Refusal::kNeverMirrored:
      return "never_mirrored";
    case Refusal::kMirrorTraffic:
      return "mirror_traffic";
    case Refusal::kNotAdmitted:
      return "not_admitted";
    case Refusal::kStopped:
      return "stopped";
    case Refusal::kEarlierSession:
      return "earlier_session";
    case Refusal::kDirection:
      return "direction";
    case Refusal::kNextHop:
      return "next_hop";
    case Refusal::kFilter:
      return "filter";
    case Refusal::kRule:
      return "rule";
    case Refusal::kNetworkService:
      return "network_service";
    case Refusal::kSampled:
      return "sampled";
    case Refusal::kNotIp:
      return "not_ip";
  }
  return "unknown";
}

std::string_view ToString(DropReason reason) {
  switch (reason) {
    case DropReason::kEgressBandwidth:
      return "egress_bandwidth";
    case DropReason::kEgressPacketRate:
      return "egress_packet_rate";
    case DropReason::kEgressCpu:
      return "egress_cpu";
    case DropReason::kEgressMemory:
      return "egress_memory";
    case DropReason::kEgressFlow:
      return "egress_flow";
    case DropReason::kNoRoute:
      return "no_route";
    case DropReason::kMtu:
      return "mtu";
    case DropReason::kHeaderTooLong:
      return "header_too_long";
  }
  return "unknown";
}

}  // namespace vpcmirror
