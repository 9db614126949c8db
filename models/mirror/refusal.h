// Why a frame is not copied, and why a copy is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vpcmirror {

// In the order in which MirrorTap asks.
enum class Refusal : std::uint8_t {
  kNone,            // copied
  kNeverMirrored,   // ARP, DHCP, metadata, NTP, activation: the provider's list
  kMirrorTraffic,   // a copy, or traffic to a receiver's mirror port: the loop guard
  kNotAdmitted,     // a security group or ACL dropped the frame, and the profile says so
  kStopped,         // the mirror is not RUNNING
  kEarlierSession,  // an earlier session of the ENI has copied or refused the frame for all
  kDirection,       // the mirror collects the other direction
  kNextHop,         // the route does not lead to the mirror's NAT gateway
  kFilter,          // no rule matches, or a condition that must hold does not
  kRule,            // a rule says reject, drop, or do not collect
  kNetworkService,  // traffic of a cloud service that the filter does not name
  kSampled,         // the flow is not among those that the sampling keeps
  kNotIp,           // the encapsulation carries IP packets only, and the frame is none
};
inline constexpr std::size_t kRefusals = 13;

// A copy that was decided on and did not leave the source ENI.
enum class DropReason : std::uint8_t {
  kEgressBandwidth,   // the source CVM's bandwidth budget was spent
  kEgressPacketRate,  // the source CVM's packet-rate budget was spent
  kEgressCpu,         // the source CVM's vCPUs were busy
  kEgressMemory,      // the source CVM's egress queue held all the bytes that it may
  kEgressFlow,        // the flow and its copies are more than one flow may send
  kNoRoute,           // the source's route table does not lead to the receiver
  kMtu,               // larger than the MTU, and the policy is to drop
  kHeaderTooLong,     // the outer length field cannot hold it
};
inline constexpr std::size_t kDropReasons = 8;

// "filter", "direction", ...: the words of result.json.
std::string_view ToString(Refusal refusal);
std::string_view ToString(DropReason reason);

}  // namespace vpcmirror
