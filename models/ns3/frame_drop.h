// Where a frame or a copy can be lost in the packet engine's models.
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
  kIngressBandwidth,
  kIngressPacketRate,
  kSecurityGroup,
  kAcl,
  kNoRoute,
};
inline constexpr std::size_t kFrameDrops = 7;

// A copy, after it left its source ENI.
enum class CopyLoss : std::uint8_t {
  kReceiverSecurityGroup,
  kReceiverAcl,
  kReceiverBandwidth,
  kReceiverPacketRate,
  kReceiverRing,  // the software digests too little and its ring is full
  kNotReceived,   // the ENI that has the address runs no receiver
};
inline constexpr std::size_t kCopyLosses = 6;

std::string_view ToString(FrameDrop drop);
std::string_view ToString(CopyLoss loss);

constexpr FrameDrop EgressDrop(BindingLimit limit) {
  return limit == BindingLimit::kBandwidth ? FrameDrop::kEgressBandwidth
                                           : FrameDrop::kEgressPacketRate;
}
constexpr FrameDrop IngressDrop(BindingLimit limit) {
  return limit == BindingLimit::kBandwidth ? FrameDrop::kIngressBandwidth
                                           : FrameDrop::kIngressPacketRate;
}
constexpr DropReason CopyDrop(BindingLimit limit) {
  return limit == BindingLimit::kBandwidth ? DropReason::kEgressBandwidth
                                           : DropReason::kEgressPacketRate;
}

}  // namespace vpcmirror
