#include "models/wire/ip_packet.h"

#include <algorithm>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

// RFC 791, 3.1: option types; a route's third octet points behind the last address visited.
constexpr std::uint8_t kOptionEnd = 0;
constexpr std::uint8_t kOptionNothing = 1;
constexpr std::uint8_t kOptionLooseRoute = 131;
constexpr std::uint8_t kOptionStrictRoute = 137;

// IANA, "IPv6 Extension Header Types".
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kNoNextHeader = 59;

constexpr std::uint8_t kPadOne = 0;           // RFC 8200, 4.2
constexpr std::uint8_t kJumboPayload = 0xc2;  // RFC 2675, 2
constexpr std::size_t kHopByHopUnitBytes = 8;
constexpr std::size_t kOptionHeaderBytes = 2;  // type and length

std::uint8_t Octet(std::span<const std::byte> octets, std::size_t at) {
  return std::to_integer<std::uint8_t>(octets[at]);
}

bool HasIpv4SourceRoute(std::span<const std::byte> options) {
  for (std::size_t at = 0; at < options.size();) {
    const std::uint8_t type = Octet(options, at);
    if (type == kOptionEnd) return false;
    if (type == kOptionNothing) {
      ++at;
      continue;
    }
    if (options.size() - at < kOptionHeaderBytes + 1) return false;
    const std::size_t bytes = Octet(options, at + 1);
    const bool is_route = type == kOptionLooseRoute || type == kOptionStrictRoute;
    if (is_route && Octet(options, at + 2) <= bytes) return true;
    at += std::max(bytes, kOptionHeaderBytes);
  }
  return false;
}

std::size_t ExtensionBytes(std::uint8_t protocol, std::size_t length) {
  if (protocol == kFragment) return 8;
  return protocol == kAuthentication ? (length + 2) * 4 : (length + 1) * 8;
}

// `extensions` begins behind the fixed IPv6 header and ends at the transport's.
bool HasRoutingToDo(std::span<const std::byte> extensions, std::uint8_t protocol) {
  for (std::size_t at = 0; extensions.size() - at >= kHopByHopUnitBytes;) {
    if (protocol == kRouting && Octet(extensions, at + 3) != 0) return true;
    const std::size_t bytes = ExtensionBytes(protocol, Octet(extensions, at + 1));
    if (bytes > extensions.size() - at) return true;
    protocol = Octet(extensions, at);
    at += bytes;
  }
  return false;
}

std::span<const std::byte> Ipv6Header(std::span<const std::byte> captured, const FrameInfo& info) {
  return captured.subspan(info.network_offset, kIpv6FixedBytes);
}

}  // namespace

std::size_t PacketEnd(std::span<const std::byte> captured, const FrameInfo& info) noexcept {
  const std::byte* const header = &captured[info.network_offset];
  const bool is_ipv4 = info.flow.source.is_v4();
  const std::size_t length = LoadBe16(header + (is_ipv4 ? kIpv4LengthAt : kIpv6LengthAt));
  const bool is_empty = !is_ipv4 && header[kIpv6NextHeaderAt] == std::byte{kNoNextHeader};
  if (length == 0 && !is_empty) return static_cast<std::size_t>(info.wire_length.count());
  return info.network_offset + length + (is_ipv4 ? 0 : kIpv6FixedBytes);
}

bool HasSourceRoute(std::span<const std::byte> captured, const FrameInfo& info) noexcept {
  const std::size_t at = info.network_offset;
  if (info.flow.source.is_v4()) {
    const std::size_t end = at + std::size_t{4} * (Octet(captured, at) & 0x0fu);
    if (end > captured.size()) return true;
    return HasIpv4SourceRoute(captured.first(end).subspan(at + kIpv4HeaderBytes));
  }
  if (info.transport_offset == 0) return true;
  return HasRoutingToDo(captured.first(info.transport_offset).subspan(at + kIpv6FixedBytes),
                        Octet(captured, at + kIpv6NextHeaderAt));
}

JumboOption FindJumboOption(std::span<const std::byte> captured, const FrameInfo& info) noexcept {
  if (info.flow.source.is_v4()) return JumboOption::kNone;
  if (Octet(Ipv6Header(captured, info), kIpv6NextHeaderAt) != kHopByHop) return JumboOption::kNone;
  const auto behind = captured.subspan(info.network_offset + kIpv6FixedBytes);
  if (behind.size() < kHopByHopUnitBytes) return JumboOption::kNone;
  const std::size_t bytes = (Octet(behind, 1) + std::size_t{1}) * kHopByHopUnitBytes;
  const auto options = behind.first(std::min(bytes, behind.size()));
  for (std::size_t at = 2; options.size() - at >= kOptionHeaderBytes;) {
    const std::uint8_t type = Octet(options, at);
    if (type == kJumboPayload) {
      const bool is_alone = at == 2 && bytes == kHopByHopUnitBytes;
      return is_alone ? JumboOption::kAlone : JumboOption::kAmong;
    }
    at += type == kPadOne ? 1 : kOptionHeaderBytes + Octet(options, at + 1);
    if (at > options.size()) break;
  }
  return JumboOption::kNone;
}

std::optional<std::size_t> ChecksumOffset(std::uint8_t protocol) noexcept {
  switch (protocol) {
    case kProtocolTcp:
      return kTcpChecksumAt;
    case kProtocolUdp:
      return kUdpChecksumAt;
    case kProtocolIcmp:
    case kProtocolIcmpV6:
      return kIcmpChecksumAt;
    default:
      return std::nullopt;
  }
}

std::uint64_t SumPseudoHeader(const FlowKey& flow, std::size_t transport_bytes) noexcept {
  if (flow.protocol == kProtocolIcmp) return 0;
  return std::uint64_t{SumWords(flow.source.octets())} + SumWords(flow.destination.octets()) +
         flow.protocol + transport_bytes;
}

}  // namespace vpcmirror
