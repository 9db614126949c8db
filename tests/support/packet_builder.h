// Frames for tests, a layer a call, lengths and next-header numbers filled in:
//   PacketBuilder().Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 443).Payload(100).Build()
// A malformed frame is a good one with a field overridden or bytes patched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/wire/address.h"

namespace vpcmirror {

struct Ipv4Fields {
  std::uint8_t ttl = 64;
  std::uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  std::uint16_t fragment_offset = 0;               // in units of 8 bytes
  std::size_t option_bytes = 0;                    // of No Operation; a multiple of 4, at most 40
  std::optional<std::uint8_t> protocol = {};       // empty: what the next layer is
  std::optional<std::uint16_t> total_length = {};  // empty: what it is
};

struct Ipv6Fields {
  std::uint8_t hop_limit = 64;
  std::optional<std::uint8_t> next_header = {};      // empty: what the next layer is
  std::optional<std::uint16_t> payload_length = {};  // empty: what it is
};

struct Ipv6FragmentFields {
  std::uint16_t fragment_offset = 0;  // in units of 8 bytes
  bool more_fragments = false;
  std::optional<std::uint8_t> next_header = {};
};

// IPv4 header checksums are right; transport checksums are 0, as a host with
// checksum offload hands them to its device.
class PacketBuilder {
 public:
  PacketBuilder& Ethernet();  // from 02:00:00:00:00:01 to 02:00:00:00:00:02
  PacketBuilder& Ethernet(const MacAddress& source, const MacAddress& destination);
  PacketBuilder& Vlan(std::uint16_t id, std::uint16_t tag_protocol = 0x8100);
  PacketBuilder& Arp();  // a request, 28 bytes
  PacketBuilder& Ipv4(std::string_view source, std::string_view destination,
                      const Ipv4Fields& fields = {});
  PacketBuilder& Ipv6(std::string_view source, std::string_view destination,
                      const Ipv6Fields& fields = {});
  // An extension header in the common form of RFC 8200 (hop-by-hop 0, routing
  // 43, destination options 60): `bytes` a multiple of 8, from 8 to 2048.
  PacketBuilder& Ipv6Extension(std::uint8_t protocol, std::size_t bytes = 8);
  PacketBuilder& Ipv6Authentication();  // RFC 4302 with 12 bytes of check value: 24 bytes
  PacketBuilder& Ipv6Fragment(const Ipv6FragmentFields& fields);
  // `option_bytes` of No Operation: a multiple of 4, at most 40.
  PacketBuilder& Tcp(std::uint16_t source_port, std::uint16_t destination_port,
                     std::size_t option_bytes = 0);
  PacketBuilder& Udp(std::uint16_t source_port, std::uint16_t destination_port,
                     std::optional<std::uint16_t> length = {});
  PacketBuilder& Sctp(std::uint16_t source_port, std::uint16_t destination_port);
  PacketBuilder& Icmp(std::uint8_t type = 8, std::uint8_t code = 0);
  PacketBuilder& IcmpV6(std::uint8_t type = 128, std::uint8_t code = 0);
  // RFC 2784 and 2890: `flags` is the first word; its optional fields are added.
  PacketBuilder& Gre(std::uint16_t flags = 0);
  PacketBuilder& Vxlan(std::uint32_t vni);
  // `bytes` octets 0, 1, 2, ... of payload.
  PacketBuilder& Payload(std::size_t bytes);
  PacketBuilder& Raw(std::vector<std::byte> octets);
  // Zero octets behind the IP packet, until the frame has `frame_bytes`.
  PacketBuilder& PadTo(std::size_t frame_bytes);

  std::vector<std::byte> Build() const;

 private:
  struct Layer {
    std::vector<std::byte> octets;
    std::optional<std::uint16_t> ether_type = {};  // of this layer, for the one before
    std::optional<std::uint8_t> protocol = {};
    std::optional<std::size_t> ether_type_at = {};  // of the next layer, for Build to fill in
    std::optional<std::size_t> protocol_at = {};
    std::optional<std::size_t> length_at = {};
    std::size_t length_leaves_out = 0;  // bytes of this layer that its length does not count
    bool is_ipv4 = false;
  };
  PacketBuilder& Add(Layer layer);

  std::vector<Layer> layers_;
  std::size_t padded_bytes_ = 0;
};

}  // namespace vpcmirror
