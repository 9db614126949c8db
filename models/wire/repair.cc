#include "models/wire/repair.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/header_offsets.h"
#include "models/wire/ip_packet.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kMaxIpLength = 65535;

std::size_t IpHeaderBytes(std::span<const std::byte> captured, const FrameInfo& info) {
  if (!info.flow.source.is_v4()) return kIpv6FixedBytes;
  return std::size_t{4} * (std::to_integer<unsigned>(captured[info.network_offset]) & 0x0fu);
}

bool HasChecksum(const FrameInfo& info) {
  return !info.is_fragment && ChecksumOffset(info.flow.protocol).has_value();
}

// How many leading bytes a repair replaces, or 0 where it cannot be done.
std::size_t ReplacedBytes(std::span<const std::byte> captured, const FrameInfo& info,
                          std::size_t kept) {
  std::size_t bytes = info.network_offset + IpHeaderBytes(captured, info);
  if (HasChecksum(info)) {
    if (info.payload_offset == 0 || HasSourceRoute(captured, info)) return 0;
    bytes = info.payload_offset;
  }
  return bytes <= std::min({kept, captured.size(), kMaxRepairedHeaderBytes}) ? bytes : 0;
}

bool RepairIp(const FrameInfo& info, std::size_t packet_bytes, std::byte* ip) {
  const bool is_ipv4 = info.flow.source.is_v4();
  const std::size_t length = packet_bytes - (is_ipv4 ? 0 : kIpv6FixedBytes);
  if (length > kMaxIpLength) return false;
  StoreBe16(ip + (is_ipv4 ? kIpv4LengthAt : kIpv6LengthAt), static_cast<std::uint16_t>(length));
  if (!is_ipv4) return true;
  const std::size_t header_bytes = std::size_t{4} * (std::to_integer<unsigned>(ip[0]) & 0x0fu);
  StoreBe16(ip + kIpv4ChecksumAt, 0);
  StoreBe16(ip + kIpv4ChecksumAt, FoldChecksum(SumWords({ip, header_bytes})));
  return true;
}

// Returns the bytes that the datagram then has, which a packet may have more of.
std::size_t RepairUdpLength(std::size_t transport_bytes, std::byte* udp) {
  const std::size_t length = LoadBe16(udp + kUdpLengthAt);
  const std::size_t repaired = length == 0 ? transport_bytes : std::min(length, transport_bytes);
  StoreBe16(udp + kUdpLengthAt, static_cast<std::uint16_t>(repaired));
  return repaired;
}

// `end` is where the packet ends then, counted from the frame's first byte.
void RepairTransport(std::span<const std::byte> captured, const FrameInfo& info, std::size_t end,
                     std::byte* transport) {
  const bool is_udp = info.flow.protocol == kProtocolUdp;
  std::size_t covered = end - info.transport_offset;
  if (is_udp) covered = RepairUdpLength(covered, transport);
  std::byte* const field = transport + *ChecksumOffset(info.flow.protocol);
  if (is_udp && info.flow.source.is_v4() && LoadBe16(field) == 0) return;
  StoreBe16(field, 0);
  if (info.transport_offset + covered > captured.size()) return;
  const std::size_t header_bytes = info.payload_offset - info.transport_offset;
  const std::uint16_t checksum =
      FoldChecksum(SumPseudoHeader(info.flow, covered) + SumWords({transport, header_bytes}) +
                   SumWords(captured.subspan(info.payload_offset, covered - header_bytes)));
  // RFC 768: a sum of 0 is sent as ffff, since 0 says that there is none.
  StoreBe16(field, is_udp && checksum == 0 ? 0xffff : checksum);
}

}  // namespace

std::size_t RepairTruncated(std::span<const std::byte> captured, const FrameInfo& info, Bytes kept,
                            std::span<std::byte, kMaxRepairedHeaderBytes> out) noexcept {
  if (!info.has_flow || info.state == FrameState::kMalformed || kept < Bytes(0)) return 0;
  const auto end = static_cast<std::size_t>(kept.count());
  if (end >= PacketEnd(captured, info)) return 0;
  if (FindJumboOption(captured, info) != JumboOption::kNone) return 0;
  const std::size_t bytes = ReplacedBytes(captured, info, end);
  if (bytes == 0) return 0;
  std::memcpy(out.data(), captured.data(), bytes);
  if (!RepairIp(info, end - info.network_offset, &out[info.network_offset])) return 0;
  if (HasChecksum(info)) RepairTransport(captured, info, end, &out[info.transport_offset]);
  return bytes;
}

}  // namespace vpcmirror
