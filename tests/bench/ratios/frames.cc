#include "tests/bench/ratios/frames.h"

#include <cstdint>
#include <cstring>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "tests/bench/ratios/draw.h"
#include "tests/bench/ratios/tuples.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kIpv6Bytes = 40;
constexpr std::size_t kLeastWithIpv6 = 14 + 4 + kIpv6Bytes + 20;

void DrawOctets(Draw& draw, std::span<std::byte> out) {
  for (std::byte& octet : out) octet = static_cast<std::byte>(draw.Bits());
}

void WriteIpv4(Draw& draw, std::uint8_t protocol, std::span<std::byte> packet) {
  std::memset(packet.data(), 0, kIpv4Bytes);
  packet[0] = std::byte{0x45};
  StoreBe16(&packet[2], static_cast<std::uint16_t>(packet.size()));
  packet[8] = std::byte{64};
  packet[9] = std::byte{protocol};
  DrawOctets(draw, packet.subspan(12, 8));
  std::uint32_t sum = 0;  // RFC 791: of all words but the checksum, which is still 0
  for (std::size_t i = 0; i < kIpv4Bytes; i += 2) sum += LoadBe16(&packet[i]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  StoreBe16(&packet[10], static_cast<std::uint16_t>(~sum));
}

void WriteIpv6(Draw& draw, std::uint8_t protocol, std::span<std::byte> packet) {
  std::memset(packet.data(), 0, 8);
  packet[0] = std::byte{0x60};
  StoreBe16(&packet[4], static_cast<std::uint16_t>(packet.size() - kIpv6Bytes));
  packet[6] = std::byte{protocol};
  packet[7] = std::byte{64};
  DrawOctets(draw, packet.subspan(8, 32));
}

// Ports above those that services have: no rule that names a service matches.
void WriteTransport(Draw& draw, std::uint8_t protocol, std::span<std::byte> segment) {
  StoreBe16(&segment[0], static_cast<std::uint16_t>(draw.Between(20000, 21999)));
  StoreBe16(&segment[2], static_cast<std::uint16_t>(draw.Between(22000, 23999)));
  if (protocol == kProtocolUdp) {
    StoreBe16(&segment[4], static_cast<std::uint16_t>(segment.size()));
    StoreBe16(&segment[6], 0);
  } else {
    segment[12] = std::byte{0x50};
    segment[13] = std::byte{0x10};
  }
}

void WriteFrame(Draw& draw, std::span<std::byte> frame) {
  std::memset(frame.data(), 0x5a, frame.size());
  const bool is_v6 = draw.Percent(10) && frame.size() >= kLeastWithIpv6;
  const bool is_tagged = draw.Percent(20);
  const std::uint8_t protocol = draw.Below(3) == 0 ? kProtocolUdp : kProtocolTcp;
  std::size_t at = 12;
  if (is_tagged) {
    StoreBe16(&frame[at], kEtherTypeVlan);
    StoreBe16(&frame[at + 2], 100);
    at += 4;
  }
  StoreBe16(&frame[at], is_v6 ? kEtherTypeIpv6 : kEtherTypeIpv4);
  const std::span<std::byte> packet = frame.subspan(at + 2);
  is_v6 ? WriteIpv6(draw, protocol, packet) : WriteIpv4(draw, protocol, packet);
  WriteTransport(draw, protocol, packet.subspan(is_v6 ? kIpv6Bytes : kIpv4Bytes));
}

}  // namespace

FrameSet::FrameSet(std::size_t frame_bytes, std::size_t flows, std::size_t count)
    : frame_bytes_(frame_bytes),
      count_(count),
      stride_((frame_bytes + kCacheLine - 1) / kCacheLine * kCacheLine),
      octets_(count * stride_ + kCacheLine) {
  const auto address = reinterpret_cast<std::uintptr_t>(octets_.data());
  start_ = (kCacheLine - address % kCacheLine) % kCacheLine;
  const std::vector<std::uint32_t> order = DrawZipf(flows, count, frame_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    Draw draw(frame_bytes * flows + order[i]);
    WriteFrame(draw, std::span(octets_).subspan(start_ + i * stride_, frame_bytes));
  }
}

}  // namespace vpcmirror::ratios
