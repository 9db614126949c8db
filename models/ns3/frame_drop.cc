#include "models/ns3/frame_drop.h"

namespace vpcmirror {

std::string_view ToString(FrameDrop drop) {
  switch (drop) {
    case FrameDrop::kEgressBandwidth:
      return "egress_bandwidth";
    case FrameDrop::kEgressPacketRate:
      return "egress_packet_rate";
    case FrameDrop::kIngressBandwidth:
      return "ingress_bandwidth";
    case FrameDrop::kIngressPacketRate:
      return "ingress_packet_rate";
    case FrameDrop::kSecurityGroup:
      return "security_group";
    case FrameDrop::kAcl:
      return "acl";
    case FrameDrop::kNoRoute:
      return "no_route";
  }
  return "unknown";
}

std::string_view ToString(CopyLoss loss) {
  switch (loss) {
    case CopyLoss::kReceiverSecurityGroup:
      return "receiver_security_group";
    case CopyLoss::kReceiverAcl:
      return "receiver_acl";
    case CopyLoss::kReceiverBandwidth:
      return "receiver_bandwidth";
    case CopyLoss::kReceiverPacketRate:
      return "receiver_packet_rate";
    case CopyLoss::kReceiverRing:
      return "receiver_ring";
    case CopyLoss::kNotReceived:
      return "not_received";
  }
  return "unknown";
}

}  // namespace vpcmirror
