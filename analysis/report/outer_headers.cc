#include "analysis/report/outer_headers.h"

#include <fmt/format.h>

#include "models/wire/byte_order.h"
#include "models/wire/flow_key.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

std::string Hex16(std::uint16_t value) { return fmt::format("0x{:04x}", value); }

OuterHeader Ipv4Header(const std::byte* ip) {
  constexpr std::uint16_t kDontFragment = 0x4000;
  constexpr std::uint16_t kMoreFragments = 0x2000;
  constexpr std::uint16_t kOffset = 0x1fff;
  const std::uint16_t flags = LoadBe16(ip + kIpv4FlagsAt);
  OuterHeader header{"ipv4", {}};
  const auto address = [&](std::size_t at) { return ToString(IpAddress::V4(LoadBe32(ip + at))); };
  header.fields = {{"source", address(kIpv4SourceAt)},
                   {"destination", address(kIpv4DestinationAt)},
                   {"total_length", LoadBe16(ip + kIpv4LengthAt)},
                   {"ttl", std::to_integer<std::int64_t>(ip[kIpv4TtlAt])},
                   {"protocol", std::to_integer<std::int64_t>(ip[kIpv4ProtocolAt])},
                   {"dont_fragment", (flags & kDontFragment) != 0 ? 1 : 0}};
  if ((flags & (kMoreFragments | kOffset)) == 0) return header;
  header.fields.push_back({"identification", LoadBe16(ip + kIpv4IdentificationAt)});
  header.fields.push_back({"more_fragments", (flags & kMoreFragments) != 0 ? 1 : 0});
  header.fields.push_back({"fragment_offset", (flags & kOffset) * 8});
  return header;
}

OuterHeader Ipv6Header(const std::byte* ip) {
  const auto address = [&](std::size_t at) {
    return ToString(IpAddress::V6(std::span<const std::byte, 16>(ip + at, 16)));
  };
  return {"ipv6",
          {{"source", address(kIpv6SourceAt)},
           {"destination", address(kIpv6DestinationAt)},
           {"payload_length", LoadBe16(ip + kIpv6LengthAt)},
           {"hop_limit", std::to_integer<std::int64_t>(ip[kIpv6HopLimitAt])},
           {"next_header", std::to_integer<std::int64_t>(ip[kIpv6NextHeaderAt])}}};
}

OuterHeader UdpHeader(const std::byte* udp) {
  return {"udp",
          {{"source_port", LoadBe16(udp)},
           {"destination_port", LoadBe16(udp + kUdpDestinationAt)},
           {"length", LoadBe16(udp + kUdpLengthAt)},
           {"checksum", LoadBe16(udp + kUdpChecksumAt)}}};
}

// RFC 2784, 2890; the key of NVGRE is an identifier and a flow (RFC 7637, 3.2).
OuterHeader GreHeader(const std::byte* gre, EncapsulationKind kind, std::size_t& bytes) {
  constexpr std::uint16_t kKey = 0x2000;
  constexpr std::uint16_t kSequence = 0x1000;
  const std::uint16_t flags = LoadBe16(gre);
  OuterHeader header{"gre", {{"protocol_type", Hex16(LoadBe16(gre + kGreProtocolAt))}}};
  bytes = kGreHeaderBytes;
  if ((flags & kKey) != 0) {
    const std::uint32_t key = LoadBe32(gre + bytes);
    bytes += 4;
    if (kind == EncapsulationKind::kNvgre) {
      header.fields.push_back({"vsid", key >> 8});
      header.fields.push_back({"flow_id", key & 0xff});
    } else {
      header.fields.push_back({"key", key});
    }
  }
  if ((flags & kSequence) != 0) {
    header.fields.push_back({"sequence", LoadBe32(gre + bytes)});
    bytes += 4;
  }
  return header;
}

// draft-foschiano-erspan-03, 4.2 and 4.3.
OuterHeader ErspanHeader(const std::byte* erspan) {
  constexpr std::int64_t kVersionOfType3 = 2;
  const std::uint32_t word = LoadBe32(erspan);
  const std::int64_t version = word >> 28;
  OuterHeader header{"erspan",
                     {{"type", version + 1},
                      {"session", word & kErspanSessionMax},
                      {"vlan", (word >> 16) & 0xfff},
                      {"truncated", (word >> 10) & 1}}};
  if (version == kVersionOfType3) header.fields.push_back({"timestamp", LoadBe32(erspan + 4)});
  return header;
}

OuterHeader GeneveHeader(const std::byte* geneve) {
  return {"geneve",
          {{"vni", LoadBe32(geneve + 4) >> 8},
           {"protocol_type", Hex16(LoadBe16(geneve + 2))},
           {"option_bytes", (std::to_integer<std::int64_t>(geneve[0]) & 0x3f) * 4}}};
}

// False for fragments of an outer packet, of which all but the first have none,
// and for the first where an IPv6 header says that it is one.
bool HasTunnelHeader(std::span<const std::byte> outer, bool is_v4) {
  constexpr std::uint16_t kOffset = 0x1fff;
  if (outer.size() <= (is_v4 ? kIpv4HeaderBytes : kIpv6FixedBytes)) return false;
  if (is_v4) return (LoadBe16(&outer[kIpv4FlagsAt]) & kOffset) == 0;
  const auto next = std::to_integer<std::uint8_t>(outer[kIpv6NextHeaderAt]);
  return next == kProtocolUdp || next == kProtocolGre;
}

}  // namespace

std::vector<OuterHeader> OuterHeaders(std::span<const std::byte> outer,
                                      const TunnelSettings& settings) {
  std::vector<OuterHeader> headers;
  if (outer.empty()) return headers;
  const bool is_v4 = std::to_integer<int>(outer[0]) >> 4 == 4;
  const std::byte* at = outer.data() + (is_v4 ? kIpv4HeaderBytes : kIpv6FixedBytes);
  headers.push_back(is_v4 ? Ipv4Header(outer.data()) : Ipv6Header(outer.data()));
  if (!HasTunnelHeader(outer, is_v4)) return headers;
  const EncapsulationKind kind = settings.kind;
  if (kind == EncapsulationKind::kVxlan || kind == EncapsulationKind::kGeneve) {
    headers.push_back(UdpHeader(at));
    at += kUdpHeaderBytes;
    headers.push_back(kind == EncapsulationKind::kGeneve
                          ? GeneveHeader(at)
                          : OuterHeader{"vxlan", {{"vni", LoadBe32(at + 4) >> 8}}});
    return headers;
  }
  std::size_t gre_bytes = 0;
  headers.push_back(GreHeader(at, kind, gre_bytes));
  if (kind == EncapsulationKind::kErspan2 || kind == EncapsulationKind::kErspan3) {
    headers.push_back(ErspanHeader(at + gre_bytes));
  }
  return headers;
}

}  // namespace vpcmirror
