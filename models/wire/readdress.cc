#include "models/wire/readdress.h"

#include <optional>

#include "models/wire/byte_order.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

// HC' = ~(~HC + ~m + m') for each 16-bit word (RFC 1624, equation 3).
std::uint16_t Adjusted(std::uint16_t checksum, std::uint32_t old_word, std::uint32_t new_word) {
  std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
  sum += static_cast<std::uint16_t>(~(old_word >> 16));
  sum += static_cast<std::uint16_t>(~old_word);
  sum += (new_word >> 16) + (new_word & 0xffff);
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::optional<std::size_t> TransportChecksumAt(std::span<const std::byte> frame,
                                               const FrameInfo& info) {
  if (info.transport_offset == 0 || info.flow.ports != Ports::kKnown) return std::nullopt;
  std::size_t at = info.transport_offset;
  if (info.flow.protocol == kProtocolTcp) {
    at += kTcpChecksumAt;
  } else if (info.flow.protocol == kProtocolUdp) {
    at += kUdpChecksumAt;
  } else {
    return std::nullopt;
  }
  if (at + 2 > frame.size()) return std::nullopt;
  if (info.flow.protocol == kProtocolUdp && LoadBe16(&frame[at]) == 0) return std::nullopt;
  return at;
}

void Adjust(std::span<std::byte> frame, std::size_t at, std::uint32_t old_word,
            std::uint32_t new_word) {
  StoreBe16(&frame[at], Adjusted(LoadBe16(&frame[at]), old_word, new_word));
}

}  // namespace

bool Readdress(std::span<std::byte> frame, const FrameInfo& info, const IpAddress& source,
               const IpAddress& destination) noexcept {
  const bool is_ipv4 = info.has_flow && info.flow.source.is_v4();
  if (!is_ipv4 || !source.is_v4() || !destination.is_v4()) return false;
  const auto transport_at = TransportChecksumAt(frame, info);
  const auto replace = [&](std::size_t at, std::uint32_t address) {
    const std::uint32_t old = LoadBe32(&frame[info.network_offset + at]);
    StoreBe32(&frame[info.network_offset + at], address);
    Adjust(frame, info.network_offset + kIpv4ChecksumAt, old, address);
    if (transport_at) Adjust(frame, *transport_at, old, address);
  };
  replace(kIpv4SourceAt, source.v4());
  replace(kIpv4DestinationAt, destination.v4());
  // RFC 768: a sum of 0 is sent as ffff, since 0 says that there is none.
  if (transport_at && info.flow.protocol == kProtocolUdp && LoadBe16(&frame[*transport_at]) == 0) {
    StoreBe16(&frame[*transport_at], 0xffff);
  }
  return true;
}

}  // namespace vpcmirror
