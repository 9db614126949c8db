// Why a frame is not copied, and why a copy is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vpcmirror {

// In the order in which MirrorTap asks.
enum class Refusal : std::uint8_t {
  kNone,           // copied
  kNeverMirrored,  // ARP, DHCP, metadata, NTP, activation: the provider's list
  kMirrorTraffic,  // a copy, or traffic to a receiver's mirror port: the loop guard
  kNotAdmitted,    // a security group or ACL dropped the frame, and the profile says so
  kStopped,        // the mirror is not RUNNING
  kDirection,      // the mirror collects the other direction
  kFilter,         // the 5-tuple conditions do not hold
  kNextHop,        // the route does not lead to the mirror's NAT gateway
};
inline constexpr std::size_t kRefusals = 8;

// A copy that was decided on and did not leave the source ENI.
enum class DropReason : std::uint8_t {
  kEgressBandwidth,   // the source CVM's bandwidth budget was spent
  kEgressPacketRate,  // the source CVM's packet-rate budget was spent
  kNoRoute,           // the source's route table does not lead to the receiver
  kMtu,               // larger than the MTU, and the policy is to drop
  kHeaderTooLong,     // the outer length field cannot hold it
};
inline constexpr std::size_t kDropReasons = 5;

// "filter", "direction", ...: the words of result.json.
std::string_view ToString(Refusal refusal);
std::string_view ToString(DropReason reason);

}  // namespace vpcmirror
