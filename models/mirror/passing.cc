#include "models/mirror/passing.h"

#include <algorithm>

#include "models/wire/byte_order.h"

namespace vpcmirror {
namespace {

// Both ends of a frame as its network header has them.
struct Ends {
  IpAddress source;
  IpAddress destination;
};

// RFC 826 with IPv4 over Ethernet: sender and target have protocol addresses.
std::optional<Ends> EndsOf(const FrameInfo& frame, std::span<const std::byte> captured) {
  if (frame.has_flow) return Ends{frame.flow.source, frame.flow.destination};
  constexpr std::size_t kArpBytes = 28;
  constexpr std::size_t kSenderAt = 14;
  constexpr std::size_t kTargetAt = 24;
  if (frame.ether_type != kEtherTypeArp) return std::nullopt;
  if (captured.size() < frame.network_offset + kArpBytes) return std::nullopt;
  const std::byte* arp = captured.data() + frame.network_offset;
  if (LoadBe16(arp + 2) != kEtherTypeIpv4) return std::nullopt;
  return Ends{IpAddress::V4(LoadBe32(arp + kSenderAt)), IpAddress::V4(LoadBe32(arp + kTargetAt))};
}

bool IsUnspecified(const IpAddress& address) {
  return address.high_bits() == 0 && address.low_bits() == 0;
}

// IEEE 802: the first bit on the wire, which is the lowest of the first octet.
bool IsGroup(const MacAddress& mac) { return (std::to_integer<unsigned>(mac.octets[0]) & 1u) != 0; }

}  // namespace

std::optional<Direction> PassingDirection(const FrameInfo& frame,
                                          std::span<const std::byte> captured,
                                          const OwnAddresses& own) noexcept {
  if (own.mac == frame.source_mac) return Direction::kEgress;
  if (own.mac == frame.destination_mac) return Direction::kIngress;
  if (const std::optional<Ends> ends = EndsOf(frame, captured)) {
    const auto is_own = [&](const IpAddress& address) {
      return std::any_of(own.ip.begin(), own.ip.end(),
                         [&](const IpPrefix& each) { return each.Contains(address); });
    };
    if (is_own(ends->source)) return Direction::kEgress;
    if (is_own(ends->destination)) return Direction::kIngress;
    if (!own.mac && IsUnspecified(ends->source)) return Direction::kEgress;
  }
  if (IsGroup(frame.destination_mac)) return Direction::kIngress;
  return std::nullopt;
}

}  // namespace vpcmirror
