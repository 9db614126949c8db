#include "models/scenario/eni_mirroring.h"

#include <algorithm>
#include <utility>

#include "models/scenario/taps.h"
#include "models/wire/byte_order.h"

namespace vpcmirror {
namespace {

CopyEthernet EthernetOf(const MacAddress& from, const MacAddress& to, bool is_v4) {
  CopyEthernet header;
  const auto source = std::copy(to.octets.begin(), to.octets.end(), header.begin());
  const auto type = std::copy(from.octets.begin(), from.octets.end(), source);
  StoreBe16(&*type, is_v4 ? kEtherTypeIpv4 : kEtherTypeIpv6);
  return header;
}

}  // namespace

OwnAddresses OwnAddressesOf(const Eni& eni, const std::vector<IpPrefix>& given) {
  if (!given.empty()) return {.mac = {}, .ip = given};
  OwnAddresses own{.mac = eni.mac, .ip = {}};
  for (const IpAddress& address : eni.addresses) {
    own.ip.emplace_back(address, static_cast<int>(8 * address.octets().size()));
  }
  return own;
}

EniMirroring::EniMirroring(const ValidScenario& scenario, std::size_t eni)
    : scenario_(scenario),
      eni_(eni),
      mirrors_(std::move(MirrorsByEni(scenario)[eni])),
      tap_(MakeTap(scenario, eni, mirrors_)),
      firewall_(*scenario.deployment, eni) {
  for (std::size_t session = 0; session < tap_.size(); ++session) {
    auto& ways = ways_.emplace_back();
    const std::size_t receivers = tap_.session(session).settings().receivers.size();
    for (std::uint32_t i = 0; i < receivers; ++i) ways.push_back(WayTo(session, i));
  }
}

// A copy that leaves the deployment has no MAC address to go to.
CopyWay EniMirroring::WayTo(std::size_t session, std::uint32_t receiver) const {
  const Mirror& mirror = tap_.session(session);
  const IpAddress& address = mirror.settings().receivers[receiver].address;
  const RouteAnswer route = scenario_.topology->Lookup(eni_, address);
  const MacAddress to =
      route.destination ? scenario_.deployment->enis[*route.destination].mac : MacAddress{};
  return {.tunnel = Tunnel(mirror, receiver, AddressTowards(eni().addresses, address)),
          .counters = {},
          .is_reachable = route.stop == Stop::kNone,
          .ethernet = EthernetOf(eni().mac, to, address.is_v4())};
}

void EniMirroring::GoOnFrom(EniMirroring& before) {
  firewall_.TakeOverFlows(before.firewall_);
  for (std::size_t i = 0; i < tap_.size(); ++i) {
    for (std::size_t j = 0; j < before.tap_.size(); ++j) {
      if (tap_.session(i).settings().id != before.tap_.session(j).settings().id) continue;
      for (CopyWay& way : ways_[i]) {
        for (const CopyWay& old : before.ways_[j]) {
          const bool is_same =
              way.tunnel.addresses().destination == old.tunnel.addresses().destination;
          if (is_same) way.counters = old.counters;
        }
      }
    }
  }
}

RouteAnswer EniMirroring::RouteOf(const FrameInfo& frame, Direction direction) const {
  return frame.has_flow && direction == Direction::kEgress
             ? scenario_.topology->Lookup(eni_, frame.flow.destination)
             : RouteAnswer{};
}

Bytes EniMirroring::WireLength(const Piece& piece) {
  const std::size_t headers =
      piece.outer_bytes + piece.inner_bytes + (piece.outer_bytes > 0 ? kEthernetHeaderBytes : 0);
  return Bytes(static_cast<std::int64_t>(headers)) + piece.payload;
}

}  // namespace vpcmirror
