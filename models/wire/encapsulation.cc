#include "models/wire/encapsulation.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

constexpr std::int64_t kMaxIpv4Bytes = 65535;

constexpr std::size_t kUdpAt = kIpv4HeaderBytes;
constexpr std::size_t kVxlanAt = kUdpAt + kUdpHeaderBytes;

void Check(const TunnelSettings& settings) {
  if (settings.vni > kVniMax) {
    throw std::invalid_argument("VNI " + std::to_string(settings.vni) +
                                ": at most 16777215 fits its 24 bits");
  }
  if (settings.destination_port == 0) {
    throw std::invalid_argument("destination port 0: 1 to 65535 is possible, VXLAN's is 4789");
  }
  if (settings.source_ports == 0) {
    throw std::invalid_argument("0 source ports: at least 1 is needed");
  }
  if (settings.first_source_port + settings.source_ports - 1 > 65535) {
    throw std::invalid_argument(std::to_string(settings.source_ports) + " source ports from " +
                                std::to_string(settings.first_source_port) +
                                " run over 65535: start lower or take fewer");
  }
}

// Adds the 16-bit halves of a word of the header.
std::uint32_t SumHalves(std::uint32_t word) { return (word >> 16) + (word & 0xffff); }

}  // namespace

Encapsulation::Encapsulation(const TunnelSettings& settings) : settings_(settings) {
  Check(settings);
  if (settings.kind == EncapsulationKind::kNone) return;
  header_bytes_ = kVxlanOverIpv4Bytes;
  constant_[0] = std::byte{0x45};               // version 4, five words of header
  StoreBe16(&constant_[kIpv4FlagsAt], 0x4000);  // DF
  constant_[kIpv4TtlAt] = std::byte{64};
  constant_[kIpv4ProtocolAt] = std::byte{kProtocolUdp};
  constant_sum_ = SumWords(std::span(constant_).first(kIpv4HeaderBytes));
  StoreBe16(&constant_[kUdpAt + kUdpDestinationAt], settings.destination_port);
  StoreBe32(&constant_[kVxlanAt], 0x08000000);  // flag I: the VNI is valid
  StoreBe32(&constant_[kVxlanAt + 4], settings.vni << 8);
}

Bytes Encapsulation::MaxInnerFrame(Bytes mtu) const noexcept {
  const std::int64_t room =
      settings_.kind == EncapsulationKind::kNone
          ? mtu.count() + static_cast<std::int64_t>(kEthernetHeaderBytes)
          : std::min(mtu.count(), kMaxIpv4Bytes) - static_cast<std::int64_t>(header_bytes_);
  return mtu.count() <= 0 ? Bytes(0) : Bytes(std::max<std::int64_t>(room, 0));
}

std::uint16_t Encapsulation::SourcePort(std::uint64_t entropy) const noexcept {
  return static_cast<std::uint16_t>(settings_.first_source_port + entropy % settings_.source_ports);
}

std::size_t Encapsulation::WriteHeaders(
    const TunnelRoute& route, Bytes inner_frame,
    std::span<std::byte, kMaxOuterHeaderBytes> out) const noexcept {
  if (header_bytes_ == 0 || !route.source.is_v4() || !route.destination.is_v4()) return 0;
  const std::int64_t ip_bytes = inner_frame.count() + static_cast<std::int64_t>(header_bytes_);
  if (inner_frame.count() < 0 || ip_bytes > kMaxIpv4Bytes) return 0;

  // Most of it is the same for every copy of a tunnel: copy that, then patch.
  std::memcpy(out.data(), constant_.data(), constant_.size());
  const auto ip_length = static_cast<std::uint16_t>(ip_bytes);
  const std::uint32_t source = route.source.v4();
  const std::uint32_t destination = route.destination.v4();
  StoreBe16(&out[kIpv4LengthAt], ip_length);
  StoreBe32(&out[kIpv4SourceAt], source);
  StoreBe32(&out[kIpv4DestinationAt], destination);
  StoreBe16(&out[kIpv4ChecksumAt],
            FoldChecksum(constant_sum_ + ip_length + SumHalves(source) + SumHalves(destination)));
  StoreBe16(&out[kUdpAt], SourcePort(route.entropy));
  StoreBe16(&out[kUdpAt + kUdpLengthAt], static_cast<std::uint16_t>(ip_length - kIpv4HeaderBytes));
  return header_bytes_;
}

std::string_view ToString(EncapsulationKind kind) {
  switch (kind) {
    case EncapsulationKind::kNone:
      return "none";
    case EncapsulationKind::kVxlan:
      return "vxlan";
  }
  return "unknown";
}

}  // namespace vpcmirror
