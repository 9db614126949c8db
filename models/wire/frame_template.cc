#include "models/wire/frame_template.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kIpv4At = kEthernetHeaderBytes;
constexpr std::size_t kTransportAt = kIpv4At + kIpv4HeaderBytes;
constexpr std::int64_t kMaxFrameBytes = kEthernetHeaderBytes + 65535;

std::size_t TransportHeaderBytes(std::uint8_t protocol) {
  switch (protocol) {
    case kProtocolTcp:
      return 20;
    case kProtocolUdp:
    case kProtocolIcmp:
      return 8;
    default:
      throw std::invalid_argument("protocol " + std::to_string(protocol) +
                                  ": frames can be made of TCP (6), UDP (17) and ICMP (1)");
  }
}

FlowKey CheckedFlow(const FlowKey& key) {
  if (!key.source.is_v4() || !key.destination.is_v4()) {
    throw std::invalid_argument("flow from " + ToString(key.source) + " to " +
                                ToString(key.destination) + ": frames can be made of IPv4 only");
  }
  FlowKey flow = key;
  flow.ports = Ports::kKnown;
  if (key.protocol == kProtocolIcmp) {
    flow.source_port = 0;
    flow.destination_port = 0;
    flow.ports = Ports::kNotInProtocol;
  }
  return flow;
}

void WriteTransport(const FlowKey& flow, std::byte* at) {
  if (flow.protocol == kProtocolIcmp) {
    at[0] = std::byte{8};       // echo request
    StoreBe16(at + 2, 0xf7ff);  // ~0x0800: all else, payload included, is zero
    return;
  }
  StoreBe16(at, flow.source_port);
  StoreBe16(at + 2, flow.destination_port);
  if (flow.protocol == kProtocolTcp) {
    at[12] = std::byte{5 << 4};  // data offset: five words
    at[13] = std::byte{0x10};    // ACK
    StoreBe16(at + 14, 0xffff);  // window
  }
}

}  // namespace

FrameTemplate::FrameTemplate(const FlowKey& key, const MacAddress& source,
                             const MacAddress& destination)
    : flow_(CheckedFlow(key)), header_bytes_(kTransportAt + TransportHeaderBytes(key.protocol)) {
  std::ranges::copy(destination.octets, constant_.begin());
  std::ranges::copy(source.octets, constant_.begin() + 6);
  StoreBe16(&constant_[12], kEtherTypeIpv4);
  constant_[kIpv4At] = std::byte{0x45};                   // version 4, five words of header
  StoreBe16(&constant_[kIpv4At + kIpv4FlagsAt], 0x4000);  // DF
  constant_[kIpv4At + kIpv4TtlAt] = std::byte{64};
  constant_[kIpv4At + kIpv4ProtocolAt] = static_cast<std::byte>(key.protocol);
  StoreBe32(&constant_[kIpv4At + kIpv4SourceAt], key.source.v4());
  StoreBe32(&constant_[kIpv4At + kIpv4DestinationAt], key.destination.v4());
  constant_sum_ = SumWords(std::span(constant_).subspan(kIpv4At, kIpv4HeaderBytes));
  WriteTransport(flow_, &constant_[kTransportAt]);
}

void FrameTemplate::Write(Bytes frame, std::uint16_t identification,
                          std::span<std::byte, kMaxHeaderBytes> out) const noexcept {
  const std::int64_t frame_bytes =
      std::clamp(frame.count(), static_cast<std::int64_t>(header_bytes_), kMaxFrameBytes);
  const auto ip_length =
      static_cast<std::uint16_t>(frame_bytes - static_cast<std::int64_t>(kEthernetHeaderBytes));
  std::memcpy(out.data(), constant_.data(), header_bytes_);
  StoreBe16(&out[kIpv4At + kIpv4LengthAt], ip_length);
  StoreBe16(&out[kIpv4At + kIpv4IdentificationAt], identification);
  StoreBe16(&out[kIpv4At + kIpv4ChecksumAt],
            FoldChecksum(constant_sum_ + ip_length + identification));
  if (flow_.protocol == kProtocolUdp) {
    StoreBe16(&out[kTransportAt + kUdpLengthAt],
              static_cast<std::uint16_t>(ip_length - kIpv4HeaderBytes));
  }
}

}  // namespace vpcmirror
