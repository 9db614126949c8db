#include "sim/live/checksum_offload.h"

#include <cstdint>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror::sim {
namespace {

std::size_t ChecksumAt(std::uint8_t protocol) {
  if (protocol == kProtocolTcp) return kTcpChecksumAt;
  return protocol == kProtocolUdp ? kUdpChecksumAt : 0;
}

// RFC 9293, 3.1 and RFC 8200, 8.1: addresses, length and protocol.
std::uint16_t PseudoHeaderSum(const FlowKey& flow, std::size_t bytes) {
  const std::uint64_t sum = std::uint64_t{SumWords(flow.source.octets())} +
                            SumWords(flow.destination.octets()) + bytes + flow.protocol;
  return static_cast<std::uint16_t>(~FoldChecksum(sum));
}

// Where the packet ends behind which there is only padding.
std::size_t PacketEnd(std::span<const std::byte> frame, const FrameInfo& info) {
  const std::byte* packet = frame.data() + info.network_offset;
  const std::size_t told = info.flow.source.is_v4()
                               ? LoadBe16(packet + kIpv4LengthAt)
                               : kIpv6FixedBytes + LoadBe16(packet + kIpv6LengthAt);
  return info.network_offset + told;
}

}  // namespace

bool CompleteChecksum(std::span<std::byte> frame) noexcept {
  const FrameInfo info = ParseFrame(frame, Bytes(static_cast<std::int64_t>(frame.size())));
  const bool is_whole = info.state == FrameState::kWhole && info.has_flow && !info.is_fragment;
  if (!is_whole || info.payload_offset == 0) return false;
  const std::size_t field = ChecksumAt(info.flow.protocol);
  const std::size_t end = PacketEnd(frame, info);
  if (field == 0 || end <= info.transport_offset || end > frame.size()) return false;
  const auto segment = frame.subspan(info.transport_offset, end - info.transport_offset);
  std::byte* const checksum = &segment[field];
  if (LoadBe16(checksum) != PseudoHeaderSum(info.flow, segment.size())) return false;
  const std::uint16_t sum = FoldChecksum(SumWords(segment));
  // RFC 768: a UDP checksum of 0 would say that there is none.
  StoreBe16(checksum, sum == 0 && info.flow.protocol == kProtocolUdp ? 0xffff : sum);
  return true;
}

}  // namespace vpcmirror::sim
