#include "models/cloud/frame_drop.h"

#include <array>

namespace vpcmirror {
namespace {

// What losing to a limit is called, where the frame is.
struct LimitNames {
  FrameDrop egress;
  FrameDrop ingress;
  DropReason copy;
  CopyLoss receiver;
};
constexpr std::array<LimitNames, 5> kLimitNames = {{
    {FrameDrop::kEgressBandwidth, FrameDrop::kIngressBandwidth, DropReason::kEgressBandwidth,
     CopyLoss::kReceiverBandwidth},
    {FrameDrop::kEgressPacketRate, FrameDrop::kIngressPacketRate, DropReason::kEgressPacketRate,
     CopyLoss::kReceiverPacketRate},
    {FrameDrop::kEgressCpu, FrameDrop::kIngressCpu, DropReason::kEgressCpu, CopyLoss::kReceiverCpu},
    {FrameDrop::kEgressMemory, FrameDrop::kIngressMemory, DropReason::kEgressMemory,
     CopyLoss::kReceiverMemory},
    // Flows are limited where they leave.
    {FrameDrop::kEgressFlow, FrameDrop::kIngressBandwidth, DropReason::kEgressFlow,
     CopyLoss::kReceiverBandwidth},
}};

const LimitNames& NamesOf(BindingLimit limit) {
  return kLimitNames[static_cast<std::size_t>(limit)];
}

}  // namespace

FrameDrop EgressDrop(BindingLimit limit) { return NamesOf(limit).egress; }
FrameDrop IngressDrop(BindingLimit limit) { return NamesOf(limit).ingress; }
DropReason CopyDrop(BindingLimit limit) { return NamesOf(limit).copy; }
CopyLoss ReceiverLoss(BindingLimit limit) { return NamesOf(limit).receiver; }

std::string_view ToString(FrameDrop drop) {
  switch (drop) {
    case FrameDrop::kEgressBandwidth:
      return "egress_bandwidth";
    case FrameDrop::kEgressPacketRate:
      return "egress_packet_rate";
    case FrameDrop::kEgressCpu:
      return "egress_cpu";
    case FrameDrop::kEgressMemory:
      return "egress_memory";
    case FrameDrop::kEgressFlow:
      return "egress_flow";
    case FrameDrop::kIngressBandwidth:
      return "ingress_bandwidth";
    case FrameDrop::kIngressPacketRate:
      return "ingress_packet_rate";
    case FrameDrop::kIngressCpu:
      return "ingress_cpu";
    case FrameDrop::kIngressMemory:
      return "ingress_memory";
    case FrameDrop::kSecurityGroup:
      return "security_group";
    case FrameDrop::kAcl:
      return "acl";
    case FrameDrop::kNoRoute:
      return "no_route";
    case FrameDrop::kDetached:
      return "detached";
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
    case CopyLoss::kReceiverCpu:
      return "receiver_cpu";
    case CopyLoss::kReceiverMemory:
      return "receiver_memory";
    case CopyLoss::kReceiverRing:
      return "receiver_ring";
    case CopyLoss::kNotReceived:
      return "not_received";
    case CopyLoss::kLoadBalancerListener:
      return "load_balancer_listener";
    case CopyLoss::kLoadBalancerBackend:
      return "load_balancer_backend";
    case CopyLoss::kLoadBalancerBandwidth:
      return "load_balancer_bandwidth";
    case CopyLoss::kLoadBalancerMtu:
      return "load_balancer_mtu";
    case CopyLoss::kReceiverDetached:
      return "receiver_detached";
    case CopyLoss::kReceiverDown:
      return "receiver_down";
  }
  return "unknown";
}

}  // namespace vpcmirror
