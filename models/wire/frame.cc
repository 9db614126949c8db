#include "models/wire/frame.h"

#include <algorithm>

#include "models/wire/byte_order.h"
#include "models/wire/header_offsets.h"
#include "models/wire/plain_frame.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kPortsBytes = 4;  // TCP, UDP and SCTP begin with both ports
constexpr std::size_t kSctpHeaderBytes = 12;
// RFC 792: every ICMP message has at least 8 octets; so has every registered ICMPv6 one.
constexpr std::size_t kIcmpHeaderBytes = 8;
constexpr std::size_t kGreMinHeaderBytes = 4;
constexpr std::size_t kMaxUdpLength = 65535;

// IANA, "IPv6 Extension Header Types"; ESP (50) is left out, since what follows it is encrypted.
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kNoNextHeader = 59;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kMobility = 135;
constexpr std::uint8_t kHostIdentity = 139;
constexpr std::uint8_t kShim6 = 140;

constexpr bool IsExtensionHeader(std::uint8_t protocol) {
  switch (protocol) {
    case kHopByHop:
    case kRouting:
    case kFragment:
    case kAuthentication:
    case kDestinationOptions:
    case kMobility:
    case kHostIdentity:
    case kShim6:
      return true;
    default:
      return false;
  }
}

// Length of an extension header from its second octet: RFC 4302, 2.2 for
// authentication, RFC 8200, 4.5 for fragment, RFC 8200, 4 for the others.
constexpr std::size_t ExtensionHeaderBytes(std::uint8_t protocol, std::size_t length_field) {
  if (protocol == kFragment) return 8;
  if (protocol == kAuthentication) return (length_field + 2) * 4;
  return (length_field + 1) * 8;
}

// RFC 2784 and 2890: the base, then 4 octets each for checksum, key, sequence
// number; RFC 2637, 4.1 (version 1): the acknowledgment too. Zero when RFC 1701
// routing, whose length is not in the base, follows.
constexpr std::size_t GreHeaderBytes(std::uint16_t flags_and_version) {
  constexpr std::uint16_t kChecksum = 0x8000;
  constexpr std::uint16_t kSourceRouting = 0x4000;
  constexpr std::uint16_t kKey = 0x2000;
  constexpr std::uint16_t kSequence = 0x1000;
  constexpr std::uint16_t kAcknowledgment = 0x0080;
  constexpr std::uint16_t kVersionMask = 0x0007;
  if ((flags_and_version & kSourceRouting) != 0) return 0;
  std::size_t bytes = kGreMinHeaderBytes;
  if ((flags_and_version & kChecksum) != 0) bytes += 4;
  if ((flags_and_version & kKey) != 0) bytes += 4;
  if ((flags_and_version & kSequence) != 0) bytes += 4;
  if ((flags_and_version & kVersionMask) == 1 && (flags_and_version & kAcknowledgment) != 0) {
    bytes += 4;
  }
  return bytes;
}

// Walks one frame from the outside in. Two ends bound it: `end_` is where the
// frame, later the packet in it, says that it ends; the capture may end sooner.
// Passing the first is a lie, passing the second only a short capture.
class FrameReader {
 public:
  FrameReader(std::span<const std::byte> captured, Bytes wire_length) noexcept
      : captured_(captured),
        end_(std::max(captured.size(),
                      static_cast<std::size_t>(std::max<std::int64_t>(wire_length.count(), 0)))) {
    info_.captured = Bytes(static_cast<std::int64_t>(captured.size()));
    info_.wire_length = Bytes(static_cast<std::int64_t>(end_));
  }

  FrameInfo Read() noexcept {
    ReadEthernet();
    return info_;
  }

 private:
  // Whether `bytes` at `at` may be read. Otherwise says why not in the result.
  bool Need(std::size_t at, std::size_t bytes, FrameFault if_beyond_packet) noexcept;
  void Malformed(FrameFault fault) noexcept;
  std::uint8_t Octet(std::size_t at) const noexcept {
    return std::to_integer<std::uint8_t>(captured_[at]);
  }
  std::uint16_t Word(std::size_t at) const noexcept { return LoadBe16(&captured_[at]); }

  void ReadEthernet() noexcept;
  bool ReadTags(std::size_t& at) noexcept;
  void ReadIpv4(std::size_t at) noexcept;
  void ReadIpv6(std::size_t at) noexcept;
  void ReadExtensionHeaders(std::size_t at) noexcept;
  bool ReadFragmentHeader(std::size_t at) noexcept;
  void SetProtocol(std::uint8_t protocol) noexcept;
  void SkipLaterFragment() noexcept;
  void ReadTransport(std::size_t at) noexcept;
  void ReadPorts(std::size_t at) noexcept;
  void ReadTcp(std::size_t at) noexcept;
  void ReadUdp(std::size_t at) noexcept;
  void ReadGre(std::size_t at) noexcept;
  void ReadFixedHeader(std::size_t at, std::size_t bytes) noexcept;
  void SetPayload(std::size_t at) noexcept;

  std::span<const std::byte> captured_;
  std::size_t end_;
  FrameInfo info_;
};

bool FrameReader::Need(std::size_t at, std::size_t bytes, FrameFault if_beyond_packet) noexcept {
  if (at + bytes > end_) {
    Malformed(if_beyond_packet);
    return false;
  }
  if (at + bytes > captured_.size()) {
    info_.state = FrameState::kCutShort;
    return false;
  }
  return true;
}

void FrameReader::Malformed(FrameFault fault) noexcept {
  info_.state = FrameState::kMalformed;
  info_.fault = fault;
}

void FrameReader::ReadEthernet() noexcept {
  if (!Need(0, kEthernetHeaderBytes, FrameFault::kEthernetTooShort)) return;
  std::ranges::copy(captured_.subspan(0, 6), info_.destination_mac.octets.begin());
  std::ranges::copy(captured_.subspan(6, 6), info_.source_mac.octets.begin());
  info_.ether_type = Word(12);
  std::size_t at = kEthernetHeaderBytes;
  if (!ReadTags(at)) return;
  info_.network_offset = static_cast<std::uint16_t>(at);
  if (info_.ether_type == kEtherTypeIpv4) ReadIpv4(at);
  if (info_.ether_type == kEtherTypeIpv6) ReadIpv6(at);
}

bool FrameReader::ReadTags(std::size_t& at) noexcept {
  while (IsVlanTag(info_.ether_type)) {
    if (info_.vlan_tags == kMaxVlanTags) {
      Malformed(FrameFault::kTooManyTags);
      return false;
    }
    if (!Need(at, kVlanTagBytes, FrameFault::kEthernetTooShort)) return false;
    if (info_.vlan_tags == 0) info_.vlan_id = Word(at) & kVlanIdMask;
    ++info_.vlan_tags;
    info_.ether_type = Word(at + 2);
    at += kVlanTagBytes;
  }
  return true;
}

void FrameReader::ReadIpv4(std::size_t at) noexcept {
  if (!Need(at, kIpv4HeaderBytes, FrameFault::kIpHeaderLength)) return;
  if (Octet(at) >> 4 != 4) return Malformed(FrameFault::kIpVersion);
  info_.flow.source = IpAddress::V4(LoadBe32(&captured_[at + 12]));
  info_.flow.destination = IpAddress::V4(LoadBe32(&captured_[at + 16]));
  SetProtocol(Octet(at + 9));
  const std::uint16_t fragment = Word(at + 6);
  const bool later_fragment = (fragment & 0x1fff) != 0;
  info_.is_fragment = later_fragment || (fragment & 0x2000) != 0;

  const std::size_t header_bytes = std::size_t{4} * (Octet(at) & 0x0fu);
  // A segmentation-offload super-frame is captured with total length 0.
  const std::size_t total_bytes = Word(at + 2) == 0 ? end_ - at : Word(at + 2);
  if (header_bytes < kIpv4HeaderBytes || header_bytes > total_bytes) {
    return Malformed(FrameFault::kIpHeaderLength);
  }
  if (at + total_bytes > end_) return Malformed(FrameFault::kIpTotalLength);
  end_ = at + total_bytes;
  if (later_fragment) return SkipLaterFragment();
  ReadTransport(at + header_bytes);
}

void FrameReader::ReadIpv6(std::size_t at) noexcept {
  if (!Need(at, kIpv6FixedBytes, FrameFault::kIpHeaderLength)) return;
  if (Octet(at) >> 4 != 6) return Malformed(FrameFault::kIpVersion);
  info_.flow.source = IpAddress::V6(captured_.subspan(at + 8).first<16>());
  info_.flow.destination = IpAddress::V6(captured_.subspan(at + 24).first<16>());
  SetProtocol(Octet(at + 6));

  const std::size_t payload_at = at + kIpv6FixedBytes;
  const std::size_t payload_bytes = Word(at + 4);
  // RFC 2675, 2: a jumbogram's payload length is 0, and so is that of a
  // segmentation-offload super-frame above 65,535 bytes.
  const bool to_frame_end = payload_bytes == 0 && info_.flow.protocol != kNoNextHeader;
  if (!to_frame_end) {
    if (payload_at + payload_bytes > end_) return Malformed(FrameFault::kIpTotalLength);
    end_ = payload_at + payload_bytes;
  }
  ReadExtensionHeaders(payload_at);
}

void FrameReader::ReadExtensionHeaders(std::size_t at) noexcept {
  constexpr std::size_t kSmallestBytes = 8;
  for (int headers = 0; IsExtensionHeader(info_.flow.protocol); ++headers) {
    if (!Need(at, kSmallestBytes, FrameFault::kExtensionHeaders)) return;
    if (headers == kMaxExtensionHeaders) return Malformed(FrameFault::kExtensionHeaders);
    const std::uint8_t protocol = info_.flow.protocol;
    const std::size_t bytes = ExtensionHeaderBytes(protocol, Octet(at + 1));
    if (at + bytes > end_) return Malformed(FrameFault::kExtensionHeaders);
    SetProtocol(Octet(at));
    if (protocol == kFragment && ReadFragmentHeader(at)) return SkipLaterFragment();
    at += bytes;
  }
  if (info_.flow.protocol != kNoNextHeader) ReadTransport(at);
}

// Whether the fragment is a later one, behind which no header follows. Offset 0
// with no more to come is an atomic fragment (RFC 6946): a whole packet.
bool FrameReader::ReadFragmentHeader(std::size_t at) noexcept {
  const std::uint16_t fragment = Word(at + 2);
  const bool later_fragment = (fragment & 0xfff8) != 0;
  info_.is_fragment = later_fragment || (fragment & 1) != 0;
  return later_fragment;
}

// Until ReadPorts finds them, the ports are not captured, nor can a protocol
// behind unread extension headers be known to lack them.
void FrameReader::SetProtocol(std::uint8_t protocol) noexcept {
  info_.has_flow = true;
  info_.flow.protocol = protocol;
  const bool unread_extension = !info_.flow.source.is_v4() && IsExtensionHeader(protocol);
  info_.flow.ports =
      HasPorts(protocol) || unread_extension ? Ports::kNotCaptured : Ports::kNotInProtocol;
}

void FrameReader::SkipLaterFragment() noexcept {
  if (info_.flow.ports == Ports::kNotCaptured) info_.flow.ports = Ports::kLaterFragment;
}

void FrameReader::ReadTransport(std::size_t at) noexcept {
  if (!Need(at, 0, FrameFault::kTransportTooShort)) return;
  info_.transport_offset = static_cast<std::uint16_t>(at);
  switch (info_.flow.protocol) {
    case kProtocolTcp:
      return ReadTcp(at);
    case kProtocolUdp:
      return ReadUdp(at);
    case kProtocolSctp:
      ReadPorts(at);
      return ReadFixedHeader(at, kSctpHeaderBytes);
    case kProtocolIcmp:
    case kProtocolIcmpV6:
      return ReadFixedHeader(at, kIcmpHeaderBytes);
    case kProtocolGre:
      return ReadGre(at);
    default:
      return;
  }
}

// The ports are worth having even where the rest of the header is missing.
void FrameReader::ReadPorts(std::size_t at) noexcept {
  if (at + kPortsBytes > std::min(end_, captured_.size())) return;
  info_.flow.source_port = Word(at);
  info_.flow.destination_port = Word(at + 2);
  info_.flow.ports = Ports::kKnown;
}

void FrameReader::ReadTcp(std::size_t at) noexcept {
  ReadPorts(at);
  if (!Need(at, kTcpMinHeaderBytes, FrameFault::kTransportTooShort)) return;
  const std::size_t header_bytes = static_cast<std::size_t>(Octet(at + 12) >> 4) * 4;
  if (header_bytes < kTcpMinHeaderBytes) return Malformed(FrameFault::kTransportLength);
  // The options of a first fragment may go on in the next one.
  if (info_.is_fragment && at + header_bytes > end_) return;
  if (Need(at, header_bytes, FrameFault::kTransportLength)) SetPayload(at + header_bytes);
}

void FrameReader::ReadUdp(std::size_t at) noexcept {
  ReadPorts(at);
  if (!Need(at, kUdpHeaderBytes, FrameFault::kTransportTooShort)) return;
  const std::size_t length = Word(at + 4);
  const bool jumbo = length == 0 && end_ - at > kMaxUdpLength;  // RFC 2675, 4
  if (length < kUdpHeaderBytes && !jumbo) return Malformed(FrameFault::kTransportLength);
  // The length is that of the datagram, of which a fragment is a part.
  if (at + length > end_ && !info_.is_fragment) return Malformed(FrameFault::kTransportLength);
  SetPayload(at + kUdpHeaderBytes);
}

void FrameReader::ReadGre(std::size_t at) noexcept {
  if (!Need(at, kGreMinHeaderBytes, FrameFault::kTransportTooShort)) return;
  const std::size_t header_bytes = GreHeaderBytes(Word(at));
  if (header_bytes != 0) ReadFixedHeader(at, header_bytes);
}

void FrameReader::ReadFixedHeader(std::size_t at, std::size_t bytes) noexcept {
  if (Need(at, bytes, FrameFault::kTransportTooShort)) SetPayload(at + bytes);
}

void FrameReader::SetPayload(std::size_t at) noexcept {
  info_.payload_offset = static_cast<std::uint16_t>(at);
}

}  // namespace

FrameInfo ParseFrameStepwise(std::span<const std::byte> captured, Bytes wire_length) noexcept {
  return FrameReader(captured, wire_length).Read();
}

FrameInfo ParseFrame(std::span<const std::byte> captured, Bytes wire_length) noexcept {
  return VisitPlainFrame(
      captured, wire_length, [](const auto& plain) noexcept { return plain.Info(); },
      [&]() noexcept { return ParseFrameStepwise(captured, wire_length); });
}

std::string_view ToString(FrameFault fault) {
  switch (fault) {
    case FrameFault::kNone:
      return "none";
    case FrameFault::kEthernetTooShort:
      return "ethernet_too_short";
    case FrameFault::kTooManyTags:
      return "too_many_tags";
    case FrameFault::kIpVersion:
      return "ip_version";
    case FrameFault::kIpHeaderLength:
      return "ip_header_length";
    case FrameFault::kIpTotalLength:
      return "ip_total_length";
    case FrameFault::kExtensionHeaders:
      return "extension_headers";
    case FrameFault::kTransportTooShort:
      return "transport_too_short";
    case FrameFault::kTransportLength:
      return "transport_length";
  }
  return "unknown";
}

}  // namespace vpcmirror
