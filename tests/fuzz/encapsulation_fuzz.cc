// Encapsulation and Decapsulate on any settings and route: what is written is read back.
// The input is read in the order of ReadCase; what it lacks is zero. What is left over is
// given to Decapsulate as a packet of its own.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "models/wire/decapsulate.h"
#include "models/wire/encapsulation.h"
#include "models/wire/frame.h"
#include "tests/fuzz/require.h"

namespace vpcmirror {
namespace {

class Input {
 public:
  explicit Input(std::span<const std::byte> octets) : octets_(octets) {}

  std::uint64_t Number(int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | std::to_integer<std::uint64_t>(Octet());
    return value;
  }
  bool Flag() { return (Number(1) & 1) != 0; }
  std::byte Octet() {
    if (octets_.empty()) return {};
    const std::byte octet = octets_.front();
    octets_ = octets_.subspan(1);
    return octet;
  }
  std::span<const std::byte> rest() const { return octets_; }

 private:
  std::span<const std::byte> octets_;
};

struct Case {
  TunnelSettings settings;
  TunnelRoute route;
  Bytes mtu;
  IpFamily family;
};

IpAddress ReadAddress(Input& in, IpFamily family) {
  std::array<std::byte, 16> octets{};
  for (std::byte& octet : octets) octet = in.Octet();
  if (family == IpFamily::kV6) return IpAddress::V6(octets);
  return IpAddress::V4(std::to_integer<std::uint32_t>(octets[0]) << 24 |
                       std::to_integer<std::uint32_t>(octets[15]));
}

TunnelSettings ReadSettings(Input& in) {
  TunnelSettings settings;
  settings.kind = static_cast<EncapsulationKind>(in.Number(1) % kEncapsulationKinds);
  settings.vni = static_cast<std::uint32_t>(in.Number(4));
  if (in.Flag()) settings.destination_port = static_cast<std::uint16_t>(in.Number(2));
  settings.first_source_port = static_cast<std::uint16_t>(in.Number(2));
  settings.source_ports = static_cast<std::uint16_t>(in.Number(2));
  if (in.Flag()) settings.gre_key = static_cast<std::uint32_t>(in.Number(4));
  settings.sequence_numbers = in.Flag();
  settings.erspan_session = static_cast<std::uint16_t>(in.Number(2));
  settings.erspan_platform_subheader = in.Flag();
  settings.geneve_carries_ip = in.Flag();
  settings.geneve_options.resize(in.Number(1));
  for (std::byte& octet : settings.geneve_options) octet = in.Octet();
  return settings;
}

Case ReadCase(Input& in) {
  Case c;
  c.family = in.Flag() ? IpFamily::kV6 : IpFamily::kV4;
  c.mtu = Bytes(static_cast<std::int64_t>(in.Number(3)) - 16);
  c.route = {.source = ReadAddress(in, c.family),
             .destination = ReadAddress(in, c.family),
             .entropy = in.Number(8),
             .sequence = static_cast<std::uint32_t>(in.Number(4)),
             .inner_ether_type = in.Flag() ? kEtherTypeIpv6 : kEtherTypeIpv4,
             .vlan_id = static_cast<std::uint16_t>(in.Number(2)),
             .timestamp = static_cast<std::uint32_t>(in.Number(4)),
             .truncated = in.Flag()};
  c.settings = ReadSettings(in);
  return c;
}

TunnelExpectation ExpectationOf(const Encapsulation& encapsulation) {
  const TunnelSettings& settings = encapsulation.settings();
  TunnelExpectation expected;
  expected.keyed_ethernet_is_nvgre = settings.kind == EncapsulationKind::kNvgre;
  const bool is_vxlan = settings.kind == EncapsulationKind::kVxlan;
  if (is_vxlan) expected.vxlan_port = *encapsulation.destination_port();
  if (settings.kind == EncapsulationKind::kGeneve) {
    expected.geneve_port = *encapsulation.destination_port();
    expected.vxlan_port = 0;  // no settings have it: a Geneve port may be VXLAN's
  }
  return expected;
}

void CheckTunnel(const Encapsulation& encapsulation, const TunnelRoute& route,
                 const TunnelCopy& copy) {
  const TunnelSettings& settings = encapsulation.settings();
  Require(copy.kind == settings.kind, "the kind is read back");
  Require(copy.carries_ip() == encapsulation.carries_ip(), "what is carried is read back");
  if (encapsulation.carries_ip()) {
    Require(copy.inner_ether_type == route.inner_ether_type, "the inner EtherType is read back");
  }
  Require(copy.sequence.has_value() == encapsulation.has_sequence(), "a sequence number is found");
  Require(!copy.sequence || *copy.sequence == route.sequence, "it is read back");
  switch (settings.kind) {
    case EncapsulationKind::kGeneve:
      Require(copy.geneve_option_bytes == settings.geneve_options.size(), "options are found");
      [[fallthrough]];
    case EncapsulationKind::kVxlan:
      Require(copy.source_port == encapsulation.SourcePort(route.entropy), "the port is read back");
      return Require(copy.vni == settings.vni, "the VNI is read back");
    case EncapsulationKind::kNvgre:
      Require(copy.flow_id == (route.entropy & 0xff), "the flow ID is read back");
      return Require(copy.vni == settings.vni, "the subnet ID is read back");
    case EncapsulationKind::kGreIp:
    case EncapsulationKind::kGreEthernet:
      return Require(copy.key == settings.gre_key, "the key is read back");
    case EncapsulationKind::kErspan3:
      Require(copy.timestamp == route.timestamp, "the timestamp is read back");
      [[fallthrough]];
    case EncapsulationKind::kErspan2:
      Require(copy.vlan_id == (route.vlan_id & 0xfff), "the VLAN is read back");
      Require(copy.truncated == route.truncated, "the flag T is read back");
      return Require(copy.erspan_session == settings.erspan_session, "the session is read back");
    default:
      return;
  }
}

void CheckRoundTrip(const Encapsulation& encapsulation, const Case& c) {
  const Bytes inner = encapsulation.MaxInner(c.mtu, c.family);
  Require(inner >= Bytes(0), "no room is not less than none");
  std::array<std::byte, kMaxOuterHeaderBytes> out{};
  const std::size_t bytes = encapsulation.WriteHeaders(c.route, inner, out);
  if (encapsulation.settings().kind == EncapsulationKind::kNone) {
    return Require(bytes == 0, "no encapsulation writes no headers");
  }
  Require(bytes == encapsulation.header_bytes(c.family), "the headers have their size");
  const Bytes packet = inner + Bytes(static_cast<std::int64_t>(bytes));
  Require(packet <= c.mtu || inner == Bytes(0), "what has room fits the MTU");
  const bool mtu_has_more = c.mtu > packet;
  if (mtu_has_more) {
    std::array<std::byte, kMaxOuterHeaderBytes> more{};
    Require(encapsulation.WriteHeaders(c.route, inner + Bytes(1), more) == 0,
            "no more has room than MaxInner says");
  }
  const auto headers = std::span(out).first(bytes);
  const auto copy = Decapsulate(headers, packet, ExpectationOf(encapsulation));
  Require(copy.has_value(), "a copy is recognised");
  Require(copy->source == c.route.source && copy->destination == c.route.destination,
          "addresses are read back");
  Require(copy->carried_offset == bytes && copy->carried == inner, "sizes are read back");
  CheckTunnel(encapsulation, c.route, *copy);
}

void CheckDecapsulate(std::span<const std::byte> packet) {
  for (const std::int64_t missing : {0, 1000}) {
    const Bytes wire(std::ssize(packet) + missing);
    const auto copy = Decapsulate(packet, wire);
    if (!copy) continue;
    Require(copy->kind != EncapsulationKind::kNone, "a copy has a kind");
    Require(copy->carried_offset <= packet.size(), "headers lie inside the capture");
    const Bytes offset(static_cast<std::int64_t>(copy->carried_offset));
    Require(copy->carried >= Bytes(0) && offset + copy->carried <= wire,
            "what is carried lies inside the packet");
  }
}

}  // namespace
}  // namespace vpcmirror

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vpcmirror::Input in(std::as_bytes(std::span(data, size)));
  const vpcmirror::Case c = vpcmirror::ReadCase(in);
  try {
    vpcmirror::CheckRoundTrip(vpcmirror::Encapsulation(c.settings), c);
  } catch (const std::invalid_argument&) {
    // Settings that no header can hold.
  }
  vpcmirror::CheckDecapsulate(in.rest());
  return 0;
}
