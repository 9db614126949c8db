#include "models/wire/encapsulation.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kMaxIpBytes = 65535;           // IPv4: of the packet; IPv6: behind its header
constexpr std::uint8_t kHopLimit = 64;               // and TTL
constexpr std::uint64_t kIpv4VersionWord = 0x4500;   // five words of header, default service
constexpr std::uint64_t kIpv4DontFragment = 0x4000;  // DF
constexpr std::uint64_t kIpv6VersionWord = 0x6000;

constexpr std::uint32_t kVxlanHasVni = 0x08u << 24;  // RFC 7348, 5: flag I
constexpr std::size_t kVxlanHeaderBytes = 8;
constexpr std::uint32_t kGeneveCritical = 0x40u << 16;  // RFC 8926, 3.4: flag C
constexpr std::size_t kGeneveProtocolAt = 2;

// RFC 8926, 3.5: class, type, and a length in words that leaves these 4 bytes out.
constexpr std::size_t kGeneveOptionHeaderBytes = 4;
constexpr unsigned kGeneveOptionLengthMask = 0x1f;
constexpr unsigned kGeneveOptionCritical = 0x80;  // of an option's type

constexpr std::uint32_t kGreHasKey = 0x2000u << 16;       // RFC 2890, 2
constexpr std::uint32_t kGreHasSequence = 0x1000u << 16;  // RFC 2890, 2

// The first word of an ERSPAN II or III header (draft-foschiano-erspan-03, 4.2 and 4.3).
constexpr std::size_t kErspanAt = 8;  // behind GRE with a sequence number
constexpr std::uint32_t kErspan2Version = 1u << 28;
constexpr std::uint32_t kErspan3Version = 2u << 28;
constexpr unsigned kErspanVlanShift = 16;
constexpr std::uint32_t kErspanVlanMask = 0x0fff;
constexpr std::uint32_t kErspan2TagInFrame = 3u << 11;
constexpr std::uint32_t kErspanTruncated = 1u << 10;
// The last word of an ERSPAN III header.
constexpr std::uint32_t kErspan3Ethernet = 1u << 15;  // P, with frame type 0
constexpr std::uint32_t kErspan3Granularity100ns = 1u << 1;
constexpr std::uint32_t kErspan3HasSubheader = 1u;
constexpr std::size_t kErspanSubheaderBytes = 8;

// The bytes of the option at `at` of `options`, or 0 when it runs over their end.
std::size_t GeneveOptionBytes(std::span<const std::byte> options, std::size_t at) {
  if (options.size() - at < kGeneveOptionHeaderBytes) return 0;
  const std::size_t bytes =
      kGeneveOptionHeaderBytes +
      std::size_t{4} * (std::to_integer<unsigned>(options[at + 3]) & kGeneveOptionLengthMask);
  return bytes <= options.size() - at ? bytes : 0;
}

void CheckGeneveOptions(std::span<const std::byte> options) {
  if (options.size() % 4 != 0) {
    throw std::invalid_argument(std::to_string(options.size()) +
                                " bytes of Geneve options: a multiple of 4 is needed");
  }
  if (options.size() > kMaxGeneveOptionBytes) {
    throw std::invalid_argument(std::to_string(options.size()) +
                                " bytes of Geneve options: at most 252 fit the header");
  }
  for (std::size_t at = 0; at < options.size();) {
    const std::size_t bytes = GeneveOptionBytes(options, at);
    if (bytes == 0) {
      throw std::invalid_argument("the Geneve option at byte " + std::to_string(at) +
                                  " runs over the end of the options");
    }
    at += bytes;
  }
}

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
  if (settings.erspan_session > kErspanSessionMax) {
    throw std::invalid_argument("ERSPAN session " + std::to_string(settings.erspan_session) +
                                ": at most 1023 fits its 10 bits");
  }
  CheckGeneveOptions(settings.geneve_options);
}

bool HasSequence(const TunnelSettings& settings) {
  switch (settings.kind) {
    case EncapsulationKind::kGreIp:
    case EncapsulationKind::kGreEthernet:
      return settings.sequence_numbers;
    case EncapsulationKind::kErspan2:
    case EncapsulationKind::kErspan3:
      return true;
    default:
      return false;
  }
}

// The first word of the ERSPAN header without what differs from frame to frame;
// 0 where there is no such header.
std::uint32_t ErspanWord(const TunnelSettings& settings) {
  if (settings.kind == EncapsulationKind::kErspan2)
    return kErspan2Version | settings.erspan_session;
  if (settings.kind == EncapsulationKind::kErspan3)
    return kErspan3Version | settings.erspan_session;
  return 0;
}

bool HasGreKey(const TunnelSettings& settings) {
  return settings.gre_key && IsPlainGre(settings.kind);
}

// Headers in wire order, big-endian.
class HeaderWriter {
 public:
  explicit HeaderWriter(std::span<std::byte> out) : out_(out) {}

  void Word(std::uint32_t value) {
    StoreBe32(&out_[at_], value);
    at_ += 4;
  }
  void Octets(std::span<const std::byte> octets) {
    std::ranges::copy(octets, out_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += octets.size();
  }
  void Zero(std::size_t bytes) { at_ += bytes; }  // as `out` is

  std::size_t bytes() const { return at_; }

 private:
  std::span<std::byte> out_;
  std::size_t at_ = 0;
};

// The header behind UDP. Of Geneve, C says that one or more options are critical
// (RFC 8926, 3.4).
void WriteGeneve(HeaderWriter& out, const TunnelSettings& settings) {
  const std::span<const std::byte> options = settings.geneve_options;
  std::uint32_t word = static_cast<std::uint32_t>(options.size() / 4) << 24;
  for (std::size_t at = 0; at < options.size(); at += GeneveOptionBytes(options, at)) {
    const bool critical = (std::to_integer<unsigned>(options[at + 2]) & kGeneveOptionCritical) != 0;
    if (critical) word |= kGeneveCritical;
  }
  out.Word(word | (settings.geneve_carries_ip ? 0u : kGreProtocolEthernet));
  out.Word(settings.vni << 8);
  out.Octets(options);
}

void WriteGre(HeaderWriter& out, std::uint16_t protocol, std::optional<std::uint32_t> key,
              bool has_sequence) {
  out.Word(protocol | (key ? kGreHasKey : 0u) | (has_sequence ? kGreHasSequence : 0u));
  if (key) out.Word(*key);
  if (has_sequence) out.Zero(4);
}

void WriteErspan3(HeaderWriter& out, const TunnelSettings& settings) {
  out.Zero(8);  // the word of ErspanWord, the timestamp
  out.Word(kErspan3Ethernet | kErspan3Granularity100ns |
           (settings.erspan_platform_subheader ? kErspan3HasSubheader : 0u));
  if (settings.erspan_platform_subheader) out.Zero(kErspanSubheaderBytes);
}

// Everything between the outer IP header and what is carried; zero where copies differ.
void WriteTunnel(HeaderWriter& out, const TunnelSettings& settings) {
  switch (settings.kind) {
    case EncapsulationKind::kNone:
      return;
    case EncapsulationKind::kVxlan:
      out.Zero(kUdpHeaderBytes);
      out.Word(kVxlanHasVni);
      return out.Word(settings.vni << 8);
    case EncapsulationKind::kGeneve:
      out.Zero(kUdpHeaderBytes);
      return WriteGeneve(out, settings);
    case EncapsulationKind::kGreIp:
      return WriteGre(out, 0, settings.gre_key, settings.sequence_numbers);
    case EncapsulationKind::kGreEthernet:
      return WriteGre(out, kGreProtocolEthernet, settings.gre_key, settings.sequence_numbers);
    case EncapsulationKind::kNvgre:
      return WriteGre(out, kGreProtocolEthernet, settings.vni << 8, false);
    case EncapsulationKind::kErspan1:
      return WriteGre(out, kGreProtocolErspan2, {}, false);
    case EncapsulationKind::kErspan2:
      WriteGre(out, kGreProtocolErspan2, {}, true);
      return out.Zero(8);  // the word of ErspanWord, the port index
    case EncapsulationKind::kErspan3:
      WriteGre(out, kGreProtocolErspan3, {}, true);
      return WriteErspan3(out, settings);
  }
}

void WriteIpv4(const TunnelRoute& route, std::uint8_t protocol, std::size_t payload_bytes,
               std::byte* out) noexcept {
  const auto source = route.source.octets().first<4>();
  const auto destination = route.destination.octets().first<4>();
  const std::size_t length = kIpv4HeaderBytes + payload_bytes;
  const std::uint32_t ttl_and_protocol = std::uint32_t{kHopLimit} << 8 | protocol;
  const std::uint16_t checksum =
      FoldChecksum(kIpv4VersionWord + length + kIpv4DontFragment + ttl_and_protocol +
                   LoadBe32(source.data()) + LoadBe32(destination.data()));
  StoreBe64(out, kIpv4VersionWord << 48 | length << 32 | kIpv4DontFragment);
  StoreBe32(out + kIpv4TtlAt, ttl_and_protocol << 16 | checksum);
  std::memcpy(out + kIpv4SourceAt, source.data(), source.size());
  std::memcpy(out + kIpv4DestinationAt, destination.data(), destination.size());
}

void WriteIpv6(const TunnelRoute& route, std::uint8_t protocol, std::size_t payload_bytes,
               std::byte* out) noexcept {
  const auto source = route.source.octets().first<16>();
  const auto destination = route.destination.octets().first<16>();
  StoreBe64(out, kIpv6VersionWord << 48 | payload_bytes << 16 | protocol << 8 | kHopLimit);
  std::memcpy(out + kIpv6SourceAt, source.data(), source.size());
  std::memcpy(out + kIpv6DestinationAt, destination.data(), destination.size());
}

// Copies of sizes that the compiler knows, overlapping in the middle, cost less
// than one whose size it does not know.
void CopyGre(std::byte* to, const std::byte* from, std::size_t bytes) noexcept {
  const auto ends = [&]<std::size_t kHalf>(std::integral_constant<std::size_t, kHalf>) {
    std::memcpy(to, from, kHalf);
    std::memcpy(to + bytes - kHalf, from + bytes - kHalf, kHalf);
  };
  if (bytes >= 16) return ends(std::integral_constant<std::size_t, 16>());
  if (bytes >= 8) return ends(std::integral_constant<std::size_t, 8>());
  ends(std::integral_constant<std::size_t, kGreHeaderBytes>());
}

}  // namespace

Encapsulation::Encapsulation(const TunnelSettings& settings)
    : settings_(settings),
      carries_ip_(settings.kind == EncapsulationKind::kGreIp ||
                  (settings.kind == EncapsulationKind::kGeneve && settings.geneve_carries_ip)),
      has_sequence_(HasSequence(settings)),
      is_udp_(IsOverUdp(settings.kind)),
      source_ports_(settings.first_source_port, settings.source_ports),
      protocol_(is_udp_ ? kProtocolUdp : kProtocolGre),
      udp_destination_(std::uint64_t{destination_port().value_or(0)} << 32),
      sequence_at_(HasGreKey(settings) ? kGreHeaderBytes + 4 : kGreHeaderBytes),
      erspan_word_(ErspanWord(settings)) {
  Check(settings);
  HeaderWriter tunnel(tunnel_);
  WriteTunnel(tunnel, settings);
  tunnel_bytes_ = tunnel.bytes();
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
  if (mtu <= Bytes(0)) return Bytes(0);
  if (settings_.kind == EncapsulationKind::kNone) {
    return mtu + Bytes(static_cast<std::int64_t>(kEthernetHeaderBytes));
  }
  const std::int64_t longest =
      family == IpFamily::kV4 ? kMaxIpBytes : kMaxIpBytes + kIpv6FixedBytes;
  const auto headers = static_cast<std::int64_t>(header_bytes(family));
  return Bytes(std::max<std::int64_t>(std::min(mtu.count(), longest) - headers, 0));
}

// VXLAN's path, where a call would be a tenth of all there is to do.
[[gnu::always_inline]] inline void Encapsulation::WriteUdpTunnel(const TunnelRoute& route,
                                                                 std::size_t ip_payload,
                                                                 std::byte* at) const noexcept {
  StoreBe64(at,
            std::uint64_t{SourcePort(route.entropy)} << 48 | udp_destination_ | ip_payload << 16);
  std::byte* const header = at + kUdpHeaderBytes;
  const std::byte* const constant = tunnel_.data() + kUdpHeaderBytes;
  std::memcpy(header, constant, kVxlanHeaderBytes);  // as many as Geneve has without options
  if (carries_ip_) StoreBe16(header + kGeneveProtocolAt, route.inner_ether_type);
  if (tunnel_bytes_ == kUdpHeaderBytes + kVxlanHeaderBytes) return;
  std::memcpy(header + kVxlanHeaderBytes, constant + kVxlanHeaderBytes,
              tunnel_bytes_ - kUdpHeaderBytes - kVxlanHeaderBytes);
}

std::size_t Encapsulation::WriteHeaders(
    const TunnelRoute& route, Bytes inner,
    std::span<std::byte, kMaxOuterHeaderBytes> out) const noexcept {
  if (tunnel_bytes_ == 0 || route.source.is_v4() != route.destination.is_v4()) return 0;
  const bool is_ipv4 = route.source.is_v4();
  const std::size_t ip_header_bytes = is_ipv4 ? kIpv4HeaderBytes : kIpv6FixedBytes;
  // A negative size is a huge one here.
  const auto inner_bytes = static_cast<std::size_t>(inner.count());
  const std::size_t most = is_ipv4 ? kMaxIpBytes - kIpv4HeaderBytes : kMaxIpBytes;
  if (inner_bytes > most - tunnel_bytes_) return 0;

  const std::size_t ip_payload = tunnel_bytes_ + inner_bytes;
  std::byte* const tunnel = out.data() + ip_header_bytes;
  if (is_ipv4) {
    WriteIpv4(route, protocol_, ip_payload, out.data());
  } else {
    WriteIpv6(route, protocol_, ip_payload, out.data());
  }
  if (is_udp_) {
    WriteUdpTunnel(route, ip_payload, tunnel);
  } else {
    WriteGreTunnel(route, tunnel);
  }
  return ip_header_bytes + tunnel_bytes_;
}

void Encapsulation::WriteGreTunnel(const TunnelRoute& route, std::byte* at) const noexcept {
  CopyGre(at, tunnel_.data(), tunnel_bytes_);
  if (settings_.kind == EncapsulationKind::kNvgre) {
    at[kGreHeaderBytes + 3] = static_cast<std::byte>(route.entropy);  // flow ID
  }
  if (carries_ip_) StoreBe16(at + kGreProtocolAt, route.inner_ether_type);
  if (has_sequence_) StoreBe32(at + sequence_at_, route.sequence);
  if (erspan_word_ == 0) return;
  const std::uint32_t vlan = route.vlan_id & kErspanVlanMask;
  const bool is_type2 = settings_.kind == EncapsulationKind::kErspan2;
  StoreBe32(at + kErspanAt, erspan_word_ | vlan << kErspanVlanShift |
                                (is_type2 && vlan != 0 ? kErspan2TagInFrame : 0u) |
                                (route.truncated ? kErspanTruncated : 0u));
  if (!is_type2) StoreBe32(at + kErspanAt + 4, route.timestamp);
}

PreparedHeaders::PreparedHeaders(const Encapsulation& encapsulation,
                                 const TunnelRoute& route) noexcept
    : source_ports_(encapsulation.source_ports()) {
  const bool is_udp = encapsulation.destination_port().has_value();
  if (!is_udp || encapsulation.carries_ip() || !route.source.is_v4()) return;
  std::array<std::byte, kMaxOuterHeaderBytes> headers;
  const TunnelRoute addresses{.source = route.source, .destination = route.destination};
  if (encapsulation.WriteHeaders(addresses, Bytes(0), headers) != kBytes) return;
  StoreBe16(&headers[kIpv4LengthAt], 0);
  StoreBe16(&headers[kIpv4ChecksumAt], 0);
  StoreBe16(&headers[kIpv4HeaderBytes], 0);
  StoreBe16(&headers[kIpv4HeaderBytes + kUdpLengthAt], 0);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    words_[i] = SwapNetwork64(LoadNetworkWord64(&headers[8 * i]));
  }
  std::memcpy(&last_, &headers[sizeof words_], sizeof last_);
  sum_ = SumWords(std::span(headers).first<kIpv4HeaderBytes>());
  refused_from_ = kMaxIpBytes - kBytes + 1;
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
