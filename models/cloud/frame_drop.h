// Where a frame or a copy can be lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/capacity/rated_queue.h"
#include "models/mirror/refusal.h"

namespace vpcmirror {

// A production frame, at an ENI.
enum class FrameDrop : std::uint8_t {
  kEgressBandwidth,
  kEgressPacketRate,
  kEgressCpu,
  kEgressMemory,
  kEgressFlow,
  kIngressBandwidth,
  kIngressPacketRate,
  kIngressCpu,
  kIngressMemory,
  kSecurityGroup,
  kAcl,
  kNoRoute,
  kDetached,  // the ENI was
};
inline constexpr std::size_t kFrameDrops = 13;

// A copy, after it left its source ENI.
enum class CopyLoss : std::uint8_t {
  kReceiverSecurityGroup,
  kReceiverAcl,
  kReceiverBandwidth,
  kReceiverPacketRate,
  kReceiverCpu,
  kReceiverMemory,
  kReceiverRing,           // the software digests too little and its ring is full
  kNotReceived,            // it left for the outside, or came to an ENI that runs no receiver
  kLoadBalancerListener,   // it has none for the copies' port
  kLoadBalancerBackend,    // no healthy one in reach of the zone where the copy came in
  kLoadBalancerBandwidth,  // of that zone
  kLoadBalancerMtu,        // the chosen backend's is smaller than the copy
  kReceiverDetached,       // the ENI was
  kReceiverDown,           // the software was
};
inline constexpr std::size_t kCopyLosses = 14;

// What nothing but a timeline brings about.
inline constexpr std::size_t kFirstFrameDropOfTimeline =
    static_cast<std::size_t>(FrameDrop::kDetached);
inline constexpr std::size_t kFirstCopyLossOfTimeline =
    static_cast<std::size_t>(CopyLoss::kReceiverDetached);

std::string_view ToString(FrameDrop drop);
std::string_view ToString(CopyLoss loss);

FrameDrop EgressDrop(BindingLimit limit);
FrameDrop IngressDrop(BindingLimit limit);
DropReason CopyDrop(BindingLimit limit);
CopyLoss ReceiverLoss(BindingLimit limit);

}  // namespace vpcmirror
