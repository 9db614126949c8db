// VPCs and what is in them, expanded: every CVM and ENI by itself, cross
// references by index. Built by models/scenario; immutable afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/capacity/rated_queue.h"
#include "models/cloud/limits.h"
#include "models/cloud/load_balancer.h"
#include "models/mirror/filter.h"
#include "models/units/quantity.h"
#include "models/wire/address.h"

namespace vpcmirror {

struct Route {
  IpPrefix destination;
  NextHop next_hop;  // gateway: index into nat_gateways, gateways or enis (kCvm) of Deployment
};

// The route to the VPC's own range is always there, before all others.
struct RouteTable {
  std::string id;
  std::size_t vpc = 0;
  std::vector<Route> routes;
};

struct SecurityRule {
  bool accept = true;
  std::optional<std::uint8_t> protocol;  // IANA number
  std::optional<IpPrefix> peer;          // source of ingress, destination of egress
  PortRange ports{0, 65535};             // of the destination
};

// Stateful: the reply to an admitted packet is admitted. First match decides; no match drops.
struct SecurityGroup {
  std::string id;
  std::vector<SecurityRule> ingress;
  std::vector<SecurityRule> egress;
};

// Stateless. First match decides; no match drops.
struct NetworkAcl {
  std::string id;
  std::vector<SecurityRule> ingress;
  std::vector<SecurityRule> egress;
};

struct Vpc {
  std::string id;  // the name in the scenario, or the `id` given there
  std::string name;
  IpPrefix cidr;
  std::size_t provider = 0;  // index into Deployment's providers' names
  std::optional<IpPrefix> ipv6_cidr{};
};

struct Subnet {
  std::string id;
  std::string name;
  std::size_t vpc = 0;
  IpPrefix cidr;
  std::optional<IpPrefix> ipv6_cidr;
  std::string zone;
  std::size_t route_table = 0;
  std::optional<std::size_t> acl;
};

struct NatGateway {
  std::string id;
  std::size_t vpc = 0;
};

// Peering connections, CCN instances and gateways to the outside.
struct Gateway {
  std::string id;
  std::size_t vpc = 0;  // whose route tables may name it
  NextHop::Kind kind = NextHop::Kind::kOutside;
  // Where a peering or CCN leads, when that VPC is in the scenario.
  std::optional<std::size_t> peer_vpc;
};

struct Cvm {
  std::string id;    // "web[3]", or "ids" for a host without a count
  std::string host;  // "web"
  std::string type;  // catalogue name; empty when limits were given by hand
  Limits limits;
  QueueRoom queue;            // of the egress
  Picoseconds timer_delay{};  // EgressSettings::timer_delay
  std::optional<ReceiverProfile> receiver;
  int workers = 1;                  // of the receiver's software, each with a ring of its own
  std::optional<Bytes> ring_bytes;  // that each ring holds; empty: frames alone limit it
  std::vector<std::size_t> enis;    // the first is primary
  bool is_load_balancer = false;    // no CVM: what stands behind a load balancer's ENI
};

struct Eni {
  std::string id;  // "web[3]/eni0", or the `id` given
  std::size_t cvm = 0;
  std::size_t subnet = 0;
  MacAddress mac;
  std::vector<IpAddress> addresses;  // the first is primary
  Bytes mtu{1500};
  std::vector<std::size_t> security_groups;  // empty: everything is admitted
  std::optional<std::size_t> load_balancer;  // whose own ENI this is
};

// Of a VPC or a subnet: whether one of its ranges has `what`, an address or a whole range.
template <class Ranges, class What>
bool Holds(const Ranges& of, const What& what) {
  return of.cidr.Contains(what) || (of.ipv6_cidr && of.ipv6_cidr->Contains(what));
}

// "10.0.0.0/16", or "10.0.0.0/16 and fd00:1::/56".
template <class Ranges>
std::string RangesText(const Ranges& of) {
  return ToString(of.cidr) + (of.ipv6_cidr ? " and " + ToString(*of.ipv6_cidr) : "");
}

// Which of an ENI's addresses, of which there must be one, it sends from to `destination`: the
// first of that family, or the primary one where it has none of it.
inline const IpAddress& AddressTowards(std::span<const IpAddress> addresses,
                                       const IpAddress& destination) {
  for (const IpAddress& address : addresses) {
    if (address.family() == destination.family()) return address;
  }
  return addresses.front();
}

struct Deployment {
  std::vector<std::string> providers;
  std::vector<Vpc> vpcs;
  std::vector<Subnet> subnets;
  std::vector<RouteTable> route_tables;
  std::vector<SecurityGroup> security_groups;
  std::vector<NetworkAcl> acls;
  std::vector<NatGateway> nat_gateways;
  std::vector<Gateway> gateways;
  std::vector<Cvm> cvms;
  std::vector<Eni> enis;
  std::vector<LoadBalancer> load_balancers;
};

}  // namespace vpcmirror
