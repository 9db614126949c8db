// Reads the headers of an Ethernet frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/units/quantity.h"
#include "models/wire/address.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeArp = 0x0806;
inline constexpr std::uint16_t kEtherTypeVlan = 0x8100;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr std::uint16_t kEtherTypeQinQ = 0x88a8;
inline constexpr std::size_t kEthernetHeaderBytes = 14;

// 802.1Q and 802.1ad.
constexpr bool IsVlanTag(std::uint16_t ether_type) {
  return ether_type == kEtherTypeVlan || ether_type == kEtherTypeQinQ;
}

// Bytes of a frame that are enough for ParseFrame in all but contrived cases:
// Ethernet, two tags, the longest IPv4 or a usual IPv6 header, TCP with options.
inline constexpr std::size_t kHeaderSnapBytes = 160;

enum class FrameState : std::uint8_t {
  kWhole,      // every header up to the transport was read
  kCutShort,   // the capture ends inside a header (snaplen); what was read holds
  kMalformed,  // a length or version in the frame contradicts the frame
};

// Why a frame is kMalformed; kNone otherwise.
enum class FrameFault : std::uint8_t {
  kNone,
  kEthernetTooShort,   // the frame ends inside its Ethernet header or a tag
  kTooManyTags,        // more than kMaxVlanTags
  kIpVersion,          // EtherType says one version, the header another
  kIpHeaderLength,     // IHL under 5, or header beyond the packet or frame
  kIpTotalLength,      // total or payload length beyond the frame
  kExtensionHeaders,   // more than kMaxExtensionHeaders, or one beyond the packet
  kTransportTooShort,  // no room for the transport header in the packet or first fragment
  kTransportLength,    // TCP data offset or UDP length contradicts the packet
};

inline constexpr int kMaxVlanTags = 4;
inline constexpr int kMaxExtensionHeaders = 8;

struct FrameInfo {
  FrameState state = FrameState::kWhole;
  FrameFault fault = FrameFault::kNone;
  bool has_flow = false;               // IPv4 or IPv6 addresses and protocol were read into `flow`
  bool is_fragment = false;            // any IP fragment, first included; not an atomic one
  std::uint16_t vlan_tags = 0;         // 802.1Q and 802.1ad
  std::uint16_t vlan_id = 0;           // of the outermost tag
  std::uint16_t ether_type = 0;        // behind the tags
  std::uint16_t network_offset = 0;    // of the first byte behind Ethernet and tags
  std::uint16_t transport_offset = 0;  // 0 when there is none
  std::uint16_t payload_offset = 0;    // behind the transport header; 0 when unknown
  MacAddress destination_mac;
  MacAddress source_mac;
  FlowKey flow;
  Bytes captured{};     // bytes that were there to read
  Bytes wire_length{};  // of the frame, without FCS

  friend bool operator==(const FrameInfo&, const FrameInfo&) = default;
};

// Never reads outside `captured`, never throws, never allocates. `wire_length`
// is the frame's length on the wire without FCS, at least captured.size(); a
// smaller value is raised to it. Offsets in the result are at most the number of
// captured bytes (which a header without payload behind it reaches) or 0. ARP and
// other non-IP frames are kWhole without a flow.
//
// What was read before a frame is found cut short or malformed holds: ports too,
// where their four bytes are there. Where the chain of IPv6 extension headers
// cannot be followed to its end, flow.protocol is that of the first header not
// read. Bytes behind the IP packet are Ethernet padding and no fault. A total
// length of 0 (IPv6: payload length) is what a capture of a segmentation-offload
// super-frame holds and means: to the end of the frame.
FrameInfo ParseFrame(std::span<const std::byte> captured, Bytes wire_length) noexcept;

// Gives the same answer, header by header and for any frame. ParseFrame leaves to
// it what is not whole TCP or UDP directly in IPv4 or IPv6; public so that tests
// can hold the short way to the long one.
FrameInfo ParseFrameStepwise(std::span<const std::byte> captured, Bytes wire_length) noexcept;

std::string_view ToString(FrameFault fault);

}  // namespace vpcmirror
