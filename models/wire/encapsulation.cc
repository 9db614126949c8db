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
  if (settings.destination_port == 0u) {
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
  auto& octets = v4_.octets;
  v4_.bytes = kIpv4HeaderBytes + kUdpHeaderBytes + 8;
  octets[0] = std::byte{0x45};               // version 4, five words of header
  StoreBe16(&octets[kIpv4FlagsAt], 0x4000);  // DF
  octets[kIpv4TtlAt] = std::byte{64};
  octets[kIpv4ProtocolAt] = std::byte{kProtocolUdp};
  v4_.ipv4_sum = SumWords(std::span(octets).first(kIpv4HeaderBytes));
  StoreBe16(&octets[kUdpAt + kUdpDestinationAt], *destination_port());
  StoreBe32(&octets[kVxlanAt], 0x08000000);  // flag I: the VNI is valid
  StoreBe32(&octets[kVxlanAt + 4], settings.vni << 8);
}

std::optional<std::uint16_t> Encapsulation::destination_port() const {
  if (settings_.kind == EncapsulationKind::kVxlan) {
    return settings_.destination_port.value_or(kVxlanPort);
  }
  if (settings_.kind == EncapsulationKind::kGeneve) {
    return settings_.destination_port.value_or(kGenevePort);
  }
  return std::nullopt;
}

Bytes Encapsulation::MaxInner(Bytes mtu, IpFamily family) const noexcept {
  const std::int64_t room =
      settings_.kind == EncapsulationKind::kNone
          ? mtu.count() + static_cast<std::int64_t>(kEthernetHeaderBytes)
          : std::min(mtu.count(), kMaxIpv4Bytes) - static_cast<std::int64_t>(header_bytes(family));
  return mtu.count() <= 0 ? Bytes(0) : Bytes(std::max<std::int64_t>(room, 0));
}

std::uint16_t Encapsulation::SourcePort(std::uint64_t entropy) const noexcept {
  return static_cast<std::uint16_t>(settings_.first_source_port + entropy % settings_.source_ports);
}

std::size_t Encapsulation::WriteHeaders(
    const TunnelRoute& route, Bytes inner,
    std::span<std::byte, kMaxOuterHeaderBytes> out) const noexcept {
  if (v4_.bytes == 0 || !route.source.is_v4() || !route.destination.is_v4()) return 0;
  const std::int64_t ip_bytes = inner.count() + static_cast<std::int64_t>(v4_.bytes);
  if (inner.count() < 0 || ip_bytes > kMaxIpv4Bytes) return 0;

  // Most of it is the same for every copy of a tunnel: copy that, then patch.
  std::memcpy(out.data(), v4_.octets.data(), v4_.bytes);
  const auto ip_length = static_cast<std::uint16_t>(ip_bytes);
  const std::uint32_t source = route.source.v4();
  const std::uint32_t destination = route.destination.v4();
  StoreBe16(&out[kIpv4LengthAt], ip_length);
  StoreBe32(&out[kIpv4SourceAt], source);
  StoreBe32(&out[kIpv4DestinationAt], destination);
  StoreBe16(&out[kIpv4ChecksumAt],
            FoldChecksum(v4_.ipv4_sum + ip_length + SumHalves(source) + SumHalves(destination)));
  StoreBe16(&out[kUdpAt], SourcePort(route.entropy));
  StoreBe16(&out[kUdpAt + kUdpLengthAt], static_cast<std::uint16_t>(ip_length - kIpv4HeaderBytes));
  return v4_.bytes;
}

std::string_view ToString(EncapsulationKind kind) {
  switch (kind) {
    case EncapsulationKind::kNone:
      return "none";
    case EncapsulationKind::kVxlan:
      return "vxlan";
    case EncapsulationKind::kGeneve:
      return "geneve";
    case EncapsulationKind::kGreIp:
      return "gre_ip";
    case EncapsulationKind::kGreEthernet:
      return "gre_ethernet";
    case EncapsulationKind::kNvgre:
      return "nvgre";
    case EncapsulationKind::kErspan1:
      return "erspan1";
    case EncapsulationKind::kErspan2:
      return "erspan2";
    case EncapsulationKind::kErspan3:
      return "erspan3";
  }
  return "unknown";
}

}  // namespace vpcmirror
