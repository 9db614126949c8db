#include "tests/support/packet_builder.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {
namespace {

constexpr std::uint16_t kTransparentEthernet = 0x6558;    // RFC 7637
constexpr std::uint16_t kExperimentalEtherType = 0x88b5;  // IEEE 802
constexpr std::uint8_t kExperimentalProtocol = 253;       // RFC 3692

std::vector<std::byte> Zeros(std::size_t bytes) { return std::vector<std::byte>(bytes); }

IpAddress Address(std::string_view text) {
  const std::optional<IpAddress> address = ParseIpAddress(text);
  if (!address) throw std::invalid_argument("not an address: " + std::string(text));
  return *address;
}

void Put(std::vector<std::byte>& octets, std::size_t at, std::span<const std::byte> value) {
  std::ranges::copy(value, octets.begin() + static_cast<std::ptrdiff_t>(at));
}

void FillWithNoOperation(std::vector<std::byte>& octets, std::size_t from) {
  std::fill(octets.begin() + static_cast<std::ptrdiff_t>(from), octets.end(), std::byte{1});
}

std::vector<std::byte> WithPorts(std::size_t bytes, std::uint16_t source,
                                 std::uint16_t destination) {
  std::vector<std::byte> octets = Zeros(bytes);
  StoreBe16(&octets[0], source);
  StoreBe16(&octets[2], destination);
  return octets;
}

}  // namespace

PacketBuilder& PacketBuilder::Add(Layer layer) {
  layers_.push_back(std::move(layer));
  return *this;
}

PacketBuilder& PacketBuilder::Ethernet() {
  return Ethernet(*ParseMacAddress("02:00:00:00:00:01"), *ParseMacAddress("02:00:00:00:00:02"));
}

PacketBuilder& PacketBuilder::Ethernet(const MacAddress& source, const MacAddress& destination) {
  Layer layer{.octets = Zeros(14), .ether_type = kTransparentEthernet, .ether_type_at = 12};
  Put(layer.octets, 0, destination.octets);
  Put(layer.octets, 6, source.octets);
  StoreBe16(&layer.octets[12], kExperimentalEtherType);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Vlan(std::uint16_t id, std::uint16_t tag_protocol) {
  Layer layer{.octets = Zeros(4), .ether_type = tag_protocol, .ether_type_at = 2};
  StoreBe16(&layer.octets[0], id);
  StoreBe16(&layer.octets[2], kExperimentalEtherType);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Arp() {
  Layer layer{.octets = Zeros(28), .ether_type = 0x0806};
  StoreBe16(&layer.octets[0], 1);       // Ethernet
  StoreBe16(&layer.octets[2], 0x0800);  // IPv4
  StoreBe16(&layer.octets[4], 0x0604);  // address lengths
  StoreBe16(&layer.octets[6], 1);       // request
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Ipv4(std::string_view source, std::string_view destination,
                                   const Ipv4Fields& fields) {
  const std::size_t header_bytes = 20 + fields.option_bytes;
  Layer layer{.octets = Zeros(header_bytes),
              .ether_type = 0x0800,
              .protocol = std::uint8_t{4},
              .is_ipv4 = true};
  std::vector<std::byte>& octets = layer.octets;
  octets[0] = static_cast<std::byte>(0x40 | (header_bytes / 4));
  StoreBe16(&octets[4], fields.identification);
  StoreBe16(&octets[6], static_cast<std::uint16_t>((fields.dont_fragment ? 0x4000 : 0) |
                                                   (fields.more_fragments ? 0x2000 : 0) |
                                                   fields.fragment_offset));
  octets[8] = static_cast<std::byte>(fields.ttl);
  octets[9] = static_cast<std::byte>(fields.protocol.value_or(kExperimentalProtocol));
  Put(octets, 12, Address(source).octets());
  Put(octets, 16, Address(destination).octets());
  FillWithNoOperation(octets, 20);
  if (!fields.protocol) layer.protocol_at = 9;
  if (fields.total_length) {
    StoreBe16(&octets[2], *fields.total_length);
  } else {
    layer.length_at = 2;
  }
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Ipv6(std::string_view source, std::string_view destination,
                                   const Ipv6Fields& fields) {
  Layer layer{.octets = Zeros(40),
              .ether_type = 0x86dd,
              .protocol = std::uint8_t{41},
              .length_leaves_out = 40};
  layer.octets[0] = std::byte{0x60};
  layer.octets[6] = static_cast<std::byte>(fields.next_header.value_or(kExperimentalProtocol));
  layer.octets[7] = static_cast<std::byte>(fields.hop_limit);
  Put(layer.octets, 8, Address(source).octets());
  Put(layer.octets, 24, Address(destination).octets());
  if (!fields.next_header) layer.protocol_at = 6;
  if (fields.payload_length) {
    StoreBe16(&layer.octets[4], *fields.payload_length);
  } else {
    layer.length_at = 4;
  }
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Ipv6Extension(std::uint8_t protocol, std::size_t bytes) {
  Layer layer{.octets = Zeros(bytes), .protocol = protocol, .protocol_at = 0};
  layer.octets[0] = std::byte{kExperimentalProtocol};
  layer.octets[1] = static_cast<std::byte>(bytes / 8 - 1);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Ipv6Authentication() {
  Layer layer{.octets = Zeros(24), .protocol = std::uint8_t{51}, .protocol_at = 0};
  layer.octets[0] = std::byte{kExperimentalProtocol};
  layer.octets[1] = std::byte{24 / 4 - 2};  // RFC 4302, 2.2: in words, less 2
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Ipv6Fragment(const Ipv6FragmentFields& fields) {
  Layer layer{.octets = Zeros(8), .protocol = std::uint8_t{44}};
  layer.octets[0] = static_cast<std::byte>(fields.next_header.value_or(kExperimentalProtocol));
  StoreBe16(&layer.octets[2], static_cast<std::uint16_t>(fields.fragment_offset << 3 |
                                                         (fields.more_fragments ? 1 : 0)));
  if (!fields.next_header) layer.protocol_at = 0;
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Tcp(std::uint16_t source_port, std::uint16_t destination_port,
                                  std::size_t option_bytes) {
  Layer layer{.octets = WithPorts(20 + option_bytes, source_port, destination_port),
              .protocol = kProtocolTcp};
  layer.octets[12] = static_cast<std::byte>((5 + option_bytes / 4) << 4);
  layer.octets[13] = std::byte{0x10};  // ACK
  FillWithNoOperation(layer.octets, 20);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Udp(std::uint16_t source_port, std::uint16_t destination_port,
                                  std::optional<std::uint16_t> length) {
  Layer layer{.octets = WithPorts(8, source_port, destination_port), .protocol = kProtocolUdp};
  if (length) {
    StoreBe16(&layer.octets[4], *length);
  } else {
    layer.length_at = 4;
  }
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Sctp(std::uint16_t source_port, std::uint16_t destination_port) {
  return Add({.octets = WithPorts(12, source_port, destination_port), .protocol = kProtocolSctp});
}

PacketBuilder& PacketBuilder::Icmp(std::uint8_t type, std::uint8_t code) {
  Layer layer{.octets = Zeros(8), .protocol = kProtocolIcmp};
  layer.octets[0] = static_cast<std::byte>(type);
  layer.octets[1] = static_cast<std::byte>(code);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::IcmpV6(std::uint8_t type, std::uint8_t code) {
  Icmp(type, code);
  layers_.back().protocol = kProtocolIcmpV6;
  return *this;
}

PacketBuilder& PacketBuilder::Gre(std::uint16_t flags) {
  std::size_t bytes = 4;
  for (const unsigned present : {0x8000u, 0x2000u, 0x1000u}) bytes += flags & present ? 4 : 0;
  Layer layer{.octets = Zeros(bytes), .protocol = kProtocolGre, .ether_type_at = 2};
  StoreBe16(&layer.octets[0], flags);
  StoreBe16(&layer.octets[2], kExperimentalEtherType);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Vxlan(std::uint32_t vni) {
  Layer layer{.octets = Zeros(8)};
  layer.octets[0] = std::byte{0x08};
  StoreBe32(&layer.octets[4], vni << 8);
  return Add(std::move(layer));
}

PacketBuilder& PacketBuilder::Payload(std::size_t bytes) {
  std::vector<std::byte> octets = Zeros(bytes);
  for (std::size_t i = 0; i < bytes; ++i) octets[i] = static_cast<std::byte>(i);
  return Raw(std::move(octets));
}

PacketBuilder& PacketBuilder::Raw(std::vector<std::byte> octets) {
  return Add({.octets = std::move(octets)});
}

PacketBuilder& PacketBuilder::PadTo(std::size_t frame_bytes) {
  padded_bytes_ = frame_bytes;
  return *this;
}

std::vector<std::byte> PacketBuilder::Build() const {
  std::vector<std::byte> frame;
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = layers_[i];
    std::vector<std::byte> octets = layer.octets;
    if (i + 1 < layers_.size()) {
      const Layer& next = layers_[i + 1];
      if (layer.ether_type_at && next.ether_type) {
        StoreBe16(&octets[*layer.ether_type_at], *next.ether_type);
      }
      if (layer.protocol_at && next.protocol) {
        octets[*layer.protocol_at] = static_cast<std::byte>(*next.protocol);
      }
    }
    if (layer.length_at) {
      const std::size_t length = octets.size() + frame.size() - layer.length_leaves_out;
      StoreBe16(&octets[*layer.length_at], static_cast<std::uint16_t>(length));
    }
    if (layer.is_ipv4) StoreBe16(&octets[10], FoldChecksum(SumWords(octets)));
    frame.insert(frame.begin(), octets.begin(), octets.end());
  }
  frame.resize(std::max(frame.size(), padded_bytes_));
  return frame;
}

}  // namespace vpcmirror
