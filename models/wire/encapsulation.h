// The outer headers of a mirror copy. Writes headers, never packets.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"
#include "models/wire/address.h"
#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {

enum class EncapsulationKind : std::uint8_t {
  kNone,         // accounting only: the copy is the frame, marked by its carrier
  kVxlan,        // RFC 7348
  kGeneve,       // RFC 8926
  kGreIp,        // RFC 2784, 2890: the IP packet, without its Ethernet header
  kGreEthernet,  // RFC 2784, 2890 with protocol type 0x6558
  kNvgre,        // RFC 7637
  kErspan1,      // draft-foschiano-erspan-03: GRE 0x88BE without sequence and ERSPAN header
  kErspan2,      // the same, type II
  kErspan3,      // the same, type III
};
inline constexpr std::size_t kEncapsulationKinds = 9;

// What a format has: a UDP header; a key and sequence numbers where they are wanted; 24 bits
// of network identifier; a header of ERSPAN, with its session.
constexpr bool IsOverUdp(EncapsulationKind kind) {
  return kind == EncapsulationKind::kVxlan || kind == EncapsulationKind::kGeneve;
}
constexpr bool IsPlainGre(EncapsulationKind kind) {
  return kind == EncapsulationKind::kGreIp || kind == EncapsulationKind::kGreEthernet;
}
constexpr bool HasVni(EncapsulationKind kind) {
  return IsOverUdp(kind) || kind == EncapsulationKind::kNvgre;
}
constexpr bool HasErspanHeader(EncapsulationKind kind) {
  return kind == EncapsulationKind::kErspan2 || kind == EncapsulationKind::kErspan3;
}

inline constexpr std::uint16_t kVxlanPort = 4789;   // RFC 7348, 8
inline constexpr std::uint16_t kGenevePort = 6081;  // RFC 8926, 3.3
inline constexpr std::uint32_t kVniMax = (1u << 24) - 1;
inline constexpr std::uint16_t kErspanSessionMax = (1u << 10) - 1;
inline constexpr std::size_t kMaxGeneveOptionBytes = 63 * 4;  // RFC 8926, 3.4: 6 bits of words
// IPv6, UDP, Geneve with all the options it can have.
inline constexpr std::size_t kMaxOuterHeaderBytes = 40 + 8 + 8 + kMaxGeneveOptionBytes;

// GRE protocol types that are no EtherType of what they carry.
inline constexpr std::uint16_t kGreProtocolEthernet = 0x6558;  // RFC 7637, 3.2; RFC 8926, 3.4
inline constexpr std::uint16_t kGreProtocolErspan2 = 0x88be;   // types I and II
inline constexpr std::uint16_t kGreProtocolErspan3 = 0x22eb;

struct TunnelSettings {
  EncapsulationKind kind = EncapsulationKind::kVxlan;
  std::uint32_t vni = 0;  // VXLAN, Geneve; NVGRE's virtual subnet ID
  // VXLAN and Geneve; empty: the port that the format has registered.
  std::optional<std::uint16_t> destination_port;
  // Outer UDP source port = first_source_port + entropy mod source_ports.
  std::uint16_t first_source_port = 49152;  // RFC 6335: first dynamic port
  std::uint16_t source_ports = 64;
  std::optional<std::uint32_t> gre_key;  // kGreIp, kGreEthernet
  // kGreIp and kGreEthernet: a sequence number in every header. ERSPAN II and
  // III always have one; VXLAN, Geneve, NVGRE and ERSPAN I never.
  bool sequence_numbers = false;
  std::uint16_t erspan_session = 0;        // ERSPAN II and III; 10 bits
  bool erspan_platform_subheader = false;  // ERSPAN III: the optional 8 bytes, all zero
  std::vector<std::byte> geneve_options;   // as on the wire; a multiple of 4, at most 252
  bool geneve_carries_ip = false;          // the IP packet, without its Ethernet header
};

// Where one copy goes and what differs from copy to copy.
struct TunnelRoute {
  IpAddress source;
  IpAddress destination;  // of the same family
  // The flow hash that spreads outer source ports; its low 8 bits are NVGRE's flow ID.
  std::uint64_t entropy = 0;
  std::uint32_t sequence = 0;
  std::uint16_t inner_ether_type = 0;  // where carries_ip(): 0x0800 or 0x86dd, written as it is
  std::uint16_t vlan_id = 0;           // ERSPAN II and III: of the frame's outermost tag; 0: none
  std::uint32_t timestamp = 0;         // ERSPAN III, in units of 100 ns (granularity 01)
  bool truncated = false;              // ERSPAN II and III: bit T
};

// A range of outer UDP source ports.
class SourcePorts {
 public:
  // From `first` on, `count` ports; at least 1.
  SourcePorts(std::uint16_t first, std::uint16_t count)
      : first_(first), last_offset_(count - 1u), is_power_of_two_(std::has_single_bit(count)) {}
  SourcePorts() : SourcePorts(0, 1) {}

  // That of a copy with this entropy.
  std::uint16_t Of(std::uint64_t entropy) const noexcept {
    const std::uint64_t offset =
        is_power_of_two_ ? entropy & last_offset_ : entropy % (std::uint64_t{last_offset_} + 1);
    return static_cast<std::uint16_t>(first_ + offset);
  }

 private:
  std::uint16_t first_;
  std::uint32_t last_offset_;
  bool is_power_of_two_;
};

// Immutable, so threads may share one.
class Encapsulation {
 public:
  // Throws std::invalid_argument: VNI above kVniMax, source_ports 0, a port
  // range that runs over 65535, destination_port 0, an ERSPAN session above
  // kErspanSessionMax, Geneve options that are no multiple of 4, too long, or
  // whose own lengths do not add up.
  explicit Encapsulation(const TunnelSettings& settings);

  const TunnelSettings& settings() const { return settings_; }

  // Whether the copy begins with the IP header of the frame: its Ethernet
  // header and tags are left out, and a frame that is not IP cannot be carried.
  bool carries_ip() const { return carries_ip_; }
  bool has_sequence() const { return has_sequence_; }
  // The UDP port that copies arrive at; empty where the format is not UDP.
  std::optional<std::uint16_t> destination_port() const;

  // Bytes from the outer IP header to the last byte before what is carried; 0 for kNone.
  std::size_t header_bytes(IpFamily family = IpFamily::kV4) const {
    if (tunnel_bytes_ == 0) return 0;
    return (family == IpFamily::kV4 ? 20 : 40) + tunnel_bytes_;
  }

  // The most bytes of the carried frame (or IP packet, where carries_ip()) that
  // fit an outer IP packet of `mtu` bytes, or of the longest that the outer
  // header can tell (IPv4: 65535; IPv6: 65575) where the MTU is more. For kNone
  // the MTU counts the frame's own IP packet: mtu + 14. Never below 0.
  Bytes MaxInner(Bytes mtu, IpFamily family = IpFamily::kV4) const noexcept;

  // Which outer UDP source port copies have.
  const SourcePorts& source_ports() const { return source_ports_; }
  std::uint16_t SourcePort(std::uint64_t entropy) const noexcept {
    return source_ports_.Of(entropy);
  }

  // Fills the first header_bytes() of `out` for `inner` bytes of carried frame
  // or packet. IPv4: no options, DF set, identification 0 (RFC 6864, 4.1: an
  // atomic datagram), TTL 64; IPv6: hop limit 64, flow label 0; outer UDP
  // checksum 0 (RFC 7348, 5; RFC 6935, 5), GRE without checksum; reserved bits
  // zero. ERSPAN: class of service and port index 0; II says of a tagged frame
  // that its tag is in it, III that it is an Ethernet frame (P set, FT 0) without
  // known errors, direction 0. Returns the bytes written, or 0 with `out` untouched when the outer
  // length field cannot hold it, when the addresses' families differ, and for kNone.
  [[nodiscard]] std::size_t WriteHeaders(
      const TunnelRoute& route, Bytes inner,
      std::span<std::byte, kMaxOuterHeaderBytes> out) const noexcept;

 private:
  static constexpr std::size_t kMaxTunnelBytes = kMaxOuterHeaderBytes - 40;

  // What lies between the outer IP header, `ip_payload` bytes behind which it ends, and what
  // is carried.
  void WriteUdpTunnel(const TunnelRoute& route, std::size_t ip_payload,
                      std::byte* at) const noexcept;
  void WriteGreTunnel(const TunnelRoute& route, std::byte* at) const noexcept;

  TunnelSettings settings_;
  bool carries_ip_ = false;
  bool has_sequence_ = false;
  bool is_udp_ = false;
  SourcePorts source_ports_;
  std::uint8_t protocol_ = 0;          // of the outer IP header
  std::size_t tunnel_bytes_ = 0;       // behind the outer IP header
  std::uint64_t udp_destination_ = 0;  // where it lies in the UDP header's 8 bytes
  std::size_t sequence_at_ = 0;        // behind the outer IP header; where has_sequence_
  std::uint32_t erspan_word_ = 0;      // the header's first, without VLAN and flags; 0: no header
  std::array<std::byte, kMaxTunnelBytes> tunnel_{};  // zero where copies differ
};

// The outer headers of all copies from one address to another, made once, where copies
// differ by nothing but their length and entropy: VXLAN, and Geneve of whole frames without
// options, over IPv4. Immutable, so threads may share one.
class PreparedHeaders {
 public:
  static constexpr std::size_t kBytes = kIpv4HeaderBytes + kUdpHeaderBytes + 8;

  // The addresses of `route` count, and nothing else in it.
  PreparedHeaders(const Encapsulation& encapsulation, const TunnelRoute& route) noexcept;

  // What Encapsulation::WriteHeaders writes. False, `out` untouched, when that has to be
  // asked: for what is not prepared, and for what it refuses.
  [[nodiscard]] bool Write(Bytes inner, std::uint64_t entropy,
                           std::span<std::byte, kBytes> out) const noexcept {
    // A negative size is a huge one here.
    const auto inner_bytes = static_cast<std::uint64_t>(inner.count());
    if (inner_bytes >= refused_from_) return false;
    const std::uint64_t length = inner_bytes + kBytes;
    const std::uint64_t checksum = FoldChecksum32(sum_ + static_cast<std::uint32_t>(length));
    const std::uint64_t port = source_ports_.Of(entropy);
    // Few wide stores: where a driver writes to memory that is in no cache, what waits to
    // be stored is what it waits for. One by one: from an array g++ 12 copies two words at
    // once, which have to reach the cache first.
    StoreBe64(&out[0], words_[0] | length << 32);
    StoreBe64(&out[8], words_[1] | checksum << 32);
    StoreBe64(&out[16], words_[2] | port << 16);
    StoreBe64(&out[24], words_[3] | (length - kIpv4HeaderBytes) << 48);
    std::memcpy(&out[32], &last_, sizeof last_);
    return true;
  }

 private:
  SourcePorts source_ports_;
  std::uint64_t refused_from_ = 0;        // bytes of what is carried; 0: nothing is prepared
  std::uint32_t sum_ = 0;                 // of the IPv4 header's words but length and checksum
  std::uint32_t last_ = 0;                // 4 bytes as they are on the wire
  std::array<std::uint64_t, 4> words_{};  // what goes before, in host order; 0 where copies differ
};

// "none", "vxlan", "geneve", "gre_ip", "gre_ethernet", "nvgre", "erspan1", "erspan2", "erspan3".
std::string_view ToString(EncapsulationKind kind);

}  // namespace vpcmirror
