// Reads a mirror copy back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "models/units/quantity.h"
#include "models/wire/address.h"
#include "models/wire/encapsulation.h"

namespace vpcmirror {

// What the packet itself cannot tell.
struct TunnelExpectation {
  std::uint16_t vxlan_port = kVxlanPort;
  std::uint16_t geneve_port = kGenevePort;
  // GRE with protocol type 0x6558, a key and no sequence number is NVGRE, not
  // kGreEthernet: the two look alike.
  bool keyed_ethernet_is_nvgre = false;
};

struct TunnelCopy {
  EncapsulationKind kind = EncapsulationKind::kNone;  // never kNone in a result
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;          // VXLAN and Geneve
  std::uint32_t vni = 0;                  // VXLAN, Geneve; NVGRE's virtual subnet ID
  std::uint8_t flow_id = 0;               // NVGRE
  std::optional<std::uint32_t> key;       // GRE, ERSPAN; not NVGRE
  std::optional<std::uint32_t> sequence;  // GRE, ERSPAN
  std::uint16_t erspan_session = 0;       // ERSPAN II and III
  std::uint16_t vlan_id = 0;              // ERSPAN II and III
  bool truncated = false;                 // ERSPAN II and III
  std::uint32_t timestamp = 0;            // ERSPAN III, in the unit that its header says
  std::uint16_t inner_ether_type = 0;     // where an IP packet is carried: 0x0800 or 0x86dd
  std::size_t geneve_option_bytes = 0;    // Geneve; the options end at carried_offset
  std::size_t carried_offset = 0;         // from the outer IP header's first byte
  Bytes carried{};                        // as the outer length says; the capture may have fewer

  bool carries_ip() const { return inner_ether_type != 0; }
};

// `packet` is what was captured from the outer IP header on, `wire_length` how
// many bytes it had on the wire (at least packet.size(); a smaller value is raised
// to it). Never reads outside `packet`. Empty for what is no copy: another
// protocol, port or protocol type, an IP fragment, headers that are cut short,
// lengths that contradict each other, VXLAN without its flag I, Geneve of another
// version or with its control flag, GRE with routing (RFC 1701) or of another
// version, ERSPAN of another version or frame type. IPv4 options and GRE checksums
// are skipped, IPv6 extension headers are not; checksums are not verified.
std::optional<TunnelCopy> Decapsulate(std::span<const std::byte> packet, Bytes wire_length,
                                      const TunnelExpectation& expected = {}) noexcept;

}  // namespace vpcmirror
