#include "models/wire/segment.h"

#include <algorithm>
#include <cstring>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/header_offsets.h"
#include "models/wire/ip_packet.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kMaxIpBytes = 65535;  // IPv4: of the packet; IPv6: behind its header
constexpr std::size_t kJumboHeaderBytes = 8;

// RFC 9293, 3.1 and RFC 3168, 6.1.
constexpr std::byte kFin{0x01};
constexpr std::byte kSyn{0x02};
constexpr std::byte kRst{0x04};
constexpr std::byte kPsh{0x08};
constexpr std::byte kUrg{0x20};
constexpr std::byte kCwr{0x80};

bool IsTcpOrUdp(const FrameInfo& info) {
  return info.has_flow && info.payload_offset != 0 && !info.is_fragment &&
         (info.flow.protocol == kProtocolTcp || info.flow.protocol == kProtocolUdp);
}

// RFC 2675, 4: 0 in a jumbogram; otherwise the length must be that of the packet.
bool UdpLengthFits(std::size_t length, std::size_t transport_bytes) {
  return length == transport_bytes || (length == 0 && transport_bytes > kMaxIpBytes);
}

}  // namespace

Segmenter::Segmenter(std::span<const std::byte> captured, const FrameInfo& info,
                     Bytes max_packet) noexcept
    : captured_(captured), flow_(info.flow) {
  if (info.state != FrameState::kWhole || !IsTcpOrUdp(info) || !ReadHeaders(info)) return;
  const std::size_t ip_header_bytes = header_bytes_ - network_at_;
  const std::size_t longest = kMaxIpBytes + (flow_.source.is_v4() ? 0 : kIpv6FixedBytes);
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(max_packet.count(), 0));
  if (std::min(most, longest) <= ip_header_bytes) return;
  room_ = std::min(most, longest) - ip_header_bytes;
  const std::size_t segments = std::max<std::size_t>((payload_bytes_ + room_ - 1) / room_, 1);
  if (segments == 1 || MayBeSplit()) segments_ = segments;
}

bool Segmenter::ReadHeaders(const FrameInfo& info) noexcept {
  const std::size_t end = PacketEnd(captured_, info);
  if (info.payload_offset > kMaxSegmentHeaderBytes || HasSourceRoute(captured_, info)) return false;
  if (flow_.protocol == kProtocolUdp) {
    const std::size_t length = LoadBe16(&captured_[info.transport_offset + kUdpLengthAt]);
    if (!UdpLengthFits(length, end - info.transport_offset)) return false;
  }
  const JumboOption jumbo = FindJumboOption(captured_, info);
  if (jumbo == JumboOption::kAmong) return false;
  CopyHeaders(info, jumbo == JumboOption::kAlone);
  payload_at_ = info.payload_offset;
  payload_bytes_ = end - payload_at_;
  return true;
}

void Segmenter::CopyHeaders(const FrameInfo& info, bool without_jumbo) noexcept {
  const std::size_t left_out = without_jumbo ? kJumboHeaderBytes : 0;
  network_at_ = info.network_offset;
  transport_at_ = info.transport_offset - left_out;
  header_bytes_ = info.payload_offset - left_out;
  if (!without_jumbo) {
    std::memcpy(header_.data(), captured_.data(), header_bytes_);
    return;
  }
  const std::size_t jumbo_at = network_at_ + kIpv6FixedBytes;
  std::memcpy(header_.data(), captured_.data(), jumbo_at);
  std::memcpy(&header_[jumbo_at], &captured_[jumbo_at + kJumboHeaderBytes],
              header_bytes_ - jumbo_at);
  header_[network_at_ + kIpv6NextHeaderAt] = captured_[jumbo_at];
}

bool Segmenter::MayBeSplit() const noexcept {
  if (flow_.protocol == kProtocolUdp) return true;
  return (header_[transport_at_ + kTcpFlagsAt] & (kSyn | kRst | kUrg)) == std::byte{0};
}

bool Segmenter::Next(Segment& out) noexcept {
  if (next_ == segments_) return false;
  const std::size_t payload_at = next_ * room_;
  const std::size_t payload_bytes = std::min(room_, payload_bytes_ - payload_at);
  std::memcpy(out.header.data(), header_.data(), header_bytes_);
  out.header_bytes = header_bytes_;
  out.payload_offset = Bytes(static_cast<std::int64_t>(payload_at_ + payload_at));
  out.payload = Bytes(static_cast<std::int64_t>(payload_bytes));
  PatchIp(out, payload_bytes);
  std::byte* const transport = &out.header[transport_at_];
  if (flow_.protocol == kProtocolTcp) {
    PatchTcp(transport, payload_at);
  } else {
    StoreBe16(transport + kUdpLengthAt,
              static_cast<std::uint16_t>(kUdpHeaderBytes + payload_bytes));
  }
  PatchChecksum(out, payload_at_ + payload_at, payload_bytes);
  ++next_;
  return true;
}

void Segmenter::PatchIp(Segment& out, std::size_t payload_bytes) const noexcept {
  std::byte* const ip = &out.header[network_at_];
  const std::size_t packet_bytes = header_bytes_ - network_at_ + payload_bytes;
  if (!flow_.source.is_v4()) {
    return StoreBe16(ip + kIpv6LengthAt,
                     static_cast<std::uint16_t>(packet_bytes - kIpv6FixedBytes));
  }
  StoreBe16(ip + kIpv4LengthAt, static_cast<std::uint16_t>(packet_bytes));
  StoreBe16(ip + kIpv4IdentificationAt,
            static_cast<std::uint16_t>(LoadBe16(ip + kIpv4IdentificationAt) + next_));
  StoreBe16(ip + kIpv4ChecksumAt, 0);
  StoreBe16(ip + kIpv4ChecksumAt, FoldChecksum(SumWords({ip, transport_at_ - network_at_})));
}

void Segmenter::PatchTcp(std::byte* transport, std::size_t payload_at) const noexcept {
  const std::uint32_t sequence = LoadBe32(transport + kTcpSequenceAt);
  StoreBe32(transport + kTcpSequenceAt, sequence + static_cast<std::uint32_t>(payload_at));
  std::byte& flags = transport[kTcpFlagsAt];
  if (next_ != 0) flags &= ~kCwr;
  if (next_ + 1 != segments_) flags &= ~(kFin | kPsh);
}

void Segmenter::PatchChecksum(Segment& out, std::size_t payload_at,
                              std::size_t payload_bytes) const noexcept {
  std::byte* const transport = &out.header[transport_at_];
  const bool is_udp = flow_.protocol == kProtocolUdp;
  std::byte* const field = transport + (is_udp ? kUdpChecksumAt : kTcpChecksumAt);
  if (is_udp && flow_.source.is_v4() && LoadBe16(field) == 0) return;
  StoreBe16(field, 0);
  if (payload_at + payload_bytes > captured_.size()) return;
  const std::size_t transport_header_bytes = header_bytes_ - transport_at_;
  const std::uint16_t checksum =
      FoldChecksum(SumPseudoHeader(flow_, transport_header_bytes + payload_bytes) +
                   SumWords({transport, transport_header_bytes}) +
                   SumWords(captured_.subspan(payload_at, payload_bytes)));
  // RFC 768: a sum of 0 is sent as ffff, since 0 says that there is none.
  StoreBe16(field, is_udp && checksum == 0 ? 0xffff : checksum);
}

}  // namespace vpcmirror
