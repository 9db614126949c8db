// The short way through the headers of most frames, for ParseFrame and for whoever needs the
// flow alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>

#include "models/wire/byte_order.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {

// A whole TCP or UDP packet directly in IPv4 without options or in IPv6, not fragmented,
// behind kTags VLAN tags, no length in it wrong: ParseFrame finds it kWhole, with its ports.
// A template, so that all offsets are constants, of which the compiler makes few and wide
// stores. A view: the bytes must outlive it.
template <std::size_t kTags, IpFamily kFamily>
class PlainFrame {
 public:
  static constexpr std::size_t kNetworkAt = kEthernetHeaderBytes + kTags * kVlanTagBytes;
  static constexpr bool kIsV4 = kFamily == IpFamily::kV4;
  static constexpr std::size_t kTransportAt =
      kNetworkAt + (kIsV4 ? kIpv4HeaderBytes : kIpv6FixedBytes);

  // Requires kNetworkAt + kIpv4HeaderBytes captured bytes, of which the EtherType says kFamily.
  PlainFrame(std::span<const std::byte> captured, Bytes wire_length) noexcept
      : octets_(captured.data()),
        captured_(captured.size()),
        end_(static_cast<std::size_t>(std::max(std::ssize(captured), wire_length.count()))),
        payload_at_(kIsV4 ? Ipv4PayloadAt() : Ipv6PayloadAt()) {}

  // Whether the frame is what this class is about; everything else requires it.
  bool is_plain() const noexcept { return payload_at_ != 0; }

  Bytes wire_length() const noexcept { return Bytes(static_cast<std::int64_t>(end_)); }
  // FlowWordsOf the flow.
  auto Words() const noexcept;
  FrameInfo Info() const noexcept;

 private:
  std::uint8_t Octet(std::size_t at) const noexcept {
    return std::to_integer<std::uint8_t>(octets_[at]);
  }
  std::uint16_t Word(std::size_t at) const noexcept { return LoadBe16(octets_ + at); }
  std::uint8_t protocol() const noexcept {
    return Octet(kNetworkAt + (kIsV4 ? kIpv4ProtocolAt : kIpv6NextHeaderAt));
  }
  IpAddress Address(std::size_t at) const noexcept;

  // Where the transport's payload begins; 0 when the packet is not a plain one.
  std::size_t Ipv4PayloadAt() const noexcept;
  std::size_t Ipv6PayloadAt() const noexcept;
  std::size_t TransportPayloadAt(std::size_t packet_end) const noexcept;

  const std::byte* octets_;
  std::size_t captured_;
  std::size_t end_;  // of the frame
  std::size_t payload_at_;
};

namespace internal {

inline constexpr std::size_t kMostPlainTags = 2;

template <std::size_t kTags, class OfPlain, class OfOther>
[[gnu::always_inline]] inline auto VisitBehindTags(std::span<const std::byte> captured,
                                                   Bytes wire_length, const OfPlain& of_plain,
                                                   const OfOther& of_other) noexcept {
  using Ipv4 = PlainFrame<kTags, IpFamily::kV4>;
  using Ipv6 = PlainFrame<kTags, IpFamily::kV6>;
  const std::uint16_t ether_type = LoadBe16(&captured[Ipv4::kNetworkAt - 2]);
  if (ether_type == kEtherTypeIpv4) [[likely]] {
    const Ipv4 frame(captured, wire_length);
    if (frame.is_plain()) [[likely]]
      return of_plain(frame);
  } else if (ether_type == kEtherTypeIpv6) {
    const Ipv6 frame(captured, wire_length);
    if (frame.is_plain()) [[likely]]
      return of_plain(frame);
  } else if constexpr (kTags < kMostPlainTags) {
    if (IsVlanTag(ether_type)) {
      return VisitBehindTags<kTags + 1>(captured, wire_length, of_plain, of_other);
    }
  }
  return of_other();
}

}  // namespace internal

// of_plain(PlainFrame) of a frame that is one, of_other() of any other. `wire_length` is
// ParseFrame's.
template <class OfPlain, class OfOther>
[[gnu::always_inline]] inline auto VisitPlainFrame(std::span<const std::byte> captured,
                                                   Bytes wire_length, const OfPlain& of_plain,
                                                   const OfOther& of_other) noexcept {
  constexpr std::size_t kLeast =
      PlainFrame<internal::kMostPlainTags, IpFamily::kV4>::kNetworkAt + kIpv4HeaderBytes;
  if (captured.size() < kLeast) [[unlikely]]
    return of_other();
  return internal::VisitBehindTags<0>(captured, wire_length, of_plain, of_other);
}

template <std::size_t kTags, IpFamily kFamily>
[[gnu::always_inline]] inline std::size_t PlainFrame<kTags, kFamily>::Ipv4PayloadAt()
    const noexcept {
  constexpr std::uint8_t kVersionAndWords = 0x45;  // version 4, five words of header
  constexpr std::uint16_t kFragmentMask = 0x3fff;  // "more fragments" and the offset
  if (Octet(kNetworkAt) != kVersionAndWords) return 0;
  if ((Word(kNetworkAt + kIpv4FlagsAt) & kFragmentMask) != 0) return 0;
  return TransportPayloadAt(kNetworkAt + Word(kNetworkAt + kIpv4LengthAt));
}

template <std::size_t kTags, IpFamily kFamily>
[[gnu::always_inline]] inline std::size_t PlainFrame<kTags, kFamily>::Ipv6PayloadAt()
    const noexcept {
  if (captured_ < kTransportAt || Octet(kNetworkAt) >> 4 != 6) return 0;
  return TransportPayloadAt(kTransportAt + Word(kNetworkAt + kIpv6LengthAt));
}

template <std::size_t kTags, IpFamily kFamily>
[[gnu::always_inline]] inline std::size_t PlainFrame<kTags, kFamily>::TransportPayloadAt(
    std::size_t packet_end) const noexcept {
  constexpr std::size_t kAt = kTransportAt;
  if (packet_end > end_) return 0;
  if (protocol() == kProtocolTcp) [[likely]] {
    if (kAt + kTcpMinHeaderBytes > captured_) return 0;
    const std::size_t header_bytes = (Octet(kAt + kTcpWordsAt) >> 2) & 0x3cu;  // 4 * (octet >> 4)
    const std::size_t payload_at = kAt + header_bytes;
    if (header_bytes < kTcpMinHeaderBytes) return 0;
    return payload_at <= captured_ && payload_at <= packet_end ? payload_at : 0;
  }
  if (protocol() != kProtocolUdp || kAt + kUdpHeaderBytes > captured_) return 0;
  const std::size_t length = Word(kAt + kUdpLengthAt);
  return length >= kUdpHeaderBytes && kAt + length <= packet_end ? kAt + kUdpHeaderBytes : 0;
}

template <std::size_t kTags, IpFamily kFamily>
[[gnu::always_inline]] inline IpAddress PlainFrame<kTags, kFamily>::Address(
    std::size_t at) const noexcept {
  if constexpr (kIsV4) {
    return IpAddress::V4(std::span<const std::byte, 4>(octets_ + kNetworkAt + at, 4));
  } else {
    return IpAddress::V6(std::span<const std::byte, 16>(octets_ + kNetworkAt + at, 16));
  }
}

// In either header the destination's address follows the source's.
template <std::size_t kTags, IpFamily kFamily>
[[gnu::always_inline]] inline auto PlainFrame<kTags, kFamily>::Words() const noexcept {
  static_assert(kIpv4DestinationAt == kIpv4SourceAt + 4);
  static_assert(kIpv6DestinationAt == kIpv6SourceAt + 16);
  const std::uint64_t rest =
      PackPortsAndProtocol(LoadBe32(octets_ + kTransportAt), protocol(), Ports::kKnown);
  if constexpr (kIsV4) {
    return Ipv4FlowWords{.addresses = LoadNetworkWord64(octets_ + kNetworkAt + kIpv4SourceAt),
                         .rest = rest};
  } else {
    const std::byte* const at = octets_ + kNetworkAt + kIpv6SourceAt;
    return WideFlowWords{.addresses = {LoadNetworkWord64(at), LoadNetworkWord64(at + 8),
                                       LoadNetworkWord64(at + 16), LoadNetworkWord64(at + 24)},
                         .rest = rest};
  }
}

template <std::size_t kTags, IpFamily kFamily>
[[gnu::always_inline]] inline FrameInfo PlainFrame<kTags, kFamily>::Info() const noexcept {
  const std::byte* const mac = octets_;
  const int vlan_id = kTags == 0 ? 0 : Word(kEthernetHeaderBytes) & kVlanIdMask;
  // Every field, and the addresses octet by octet: for a list with gaps g++ 12
  // clears the whole result first, by "rep stos", and a MAC address that is copied
  // into a variable first takes a way over the stack.
  return {.state = FrameState::kWhole,
          .fault = FrameFault::kNone,
          .has_flow = true,
          .is_fragment = false,
          .vlan_tags = kTags,
          .vlan_id = static_cast<std::uint16_t>(vlan_id),
          .ether_type = kIsV4 ? kEtherTypeIpv4 : kEtherTypeIpv6,
          .network_offset = kNetworkAt,
          .transport_offset = kTransportAt,
          .payload_offset = static_cast<std::uint16_t>(payload_at_),
          .destination_mac = {{mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]}},
          .source_mac = {{mac[6], mac[7], mac[8], mac[9], mac[10], mac[11]}},
          .flow = {.source = Address(kIsV4 ? kIpv4SourceAt : kIpv6SourceAt),
                   .destination = Address(kIsV4 ? kIpv4DestinationAt : kIpv6DestinationAt),
                   .source_port = Word(kTransportAt),
                   .destination_port = Word(kTransportAt + 2),
                   .protocol = protocol(),
                   .ports = Ports::kKnown},
          .captured = Bytes(static_cast<std::int64_t>(captured_)),
          .wire_length = wire_length()};
}

}  // namespace vpcmirror
