// What was found in a provider's files, in no cloud's words but for the mirrors. Readers
// fill it, one a cloud; ScenarioOf makes a scenario of it. Things refer to each other by the
// IDs that the cloud gave them, whether or not what has the ID was found; lists are in the
// order in which things first appeared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/import/origin.h"
#include "sim/import/sourced_json.h"

namespace vpcmirror::sim {

using FoundText = Found<std::string>;

struct FoundVpc {
  Origin origin{};
  std::string id{};
  std::string name{};               // free text; may be empty
  std::optional<FoundText> cidr{};  // IPv4, or IPv6 where there is no other; empty: not known
  std::vector<FoundText> more_cidrs{};
  std::optional<FoundText> ipv6_cidr{};
  std::string provider{};  // empty: the inventory's
};

struct FoundSubnet {
  Origin origin{};
  std::string id{};
  std::string name{};
  std::optional<FoundText> vpc{};
  std::optional<FoundText> cidr{};
  std::optional<FoundText> ipv6_cidr{};
  std::optional<FoundText> zone{};
  std::optional<FoundText> route_table{};  // where the subnet says it; or see FoundRouteTable
  std::optional<FoundText> acl{};
};

enum class RouteVia : std::uint8_t {
  kLocal,
  kBlackhole,
  kOutside,  // the Internet, a VPN, a dedicated line
  kNatGateway,
  kPeering,
  kCcn,      // or a transit gateway, or an enterprise network
  kInstance  // an instance or ENI that forwards
};

struct FoundRoute {
  Origin origin{};
  FoundText destination{};  // CIDR
  RouteVia via = RouteVia::kLocal;
  std::optional<FoundText> hop{};  // ID of the gateway, instance or ENI
};

struct FoundRouteTable {
  Origin origin{};
  std::string id{};
  std::optional<FoundText> vpc{};
  std::vector<FoundRoute> routes{};
  std::vector<FoundText> subnets{};  // that are said to use it
  bool is_main = false;              // of the subnets of its VPC that name no other
};

// A rule of a security group or ACL, already in order: the first that matches decides.
struct FoundRule {
  Origin origin{};
  bool accept = true;
  std::string protocol = "all";           // tcp, udp, icmp, all
  std::optional<FoundText> peer{};        // address or CIDR; empty: any
  std::optional<FoundText> peer_group{};  // instead: whoever has this security group
  std::optional<FoundText> ports{};       // "443" or "8000-8999"; empty: any
};

struct FoundRuleSet {  // a security group or network ACL
  Origin origin{};
  std::string id{};
  std::optional<FoundText> vpc{};  // empty: of none, any VPC may use it
  std::vector<FoundRule> ingress{};
  std::vector<FoundRule> egress{};
  bool has_rules = true;             // false: the rules were in no file
  std::vector<FoundText> subnets{};  // of an ACL: that are said to use it
};

struct FoundGateway {
  Origin origin{};
  RouteVia kind = RouteVia::kNatGateway;  // or kPeering, kCcn
  std::string id{};
  std::optional<FoundText> vpc{};
  std::optional<FoundText> peer_vpc{};  // of a peering
};

struct FoundEni {
  Origin origin{};
  std::string id{};
  std::string name{};
  std::optional<FoundText> vpc{};
  std::optional<FoundText> subnet{};
  std::optional<FoundText> address{};  // primary
  std::vector<FoundText> more_addresses{};
  std::optional<FoundText> mac{};
  std::vector<FoundText> security_groups{};
  std::optional<FoundText> instance{};  // it is attached to
  std::optional<std::int64_t> index{};  // among the instance's; 0 is the primary
  // Of a gateway, a load balancer or nobody: no host, unless a mirror names it.
  bool is_no_host = false;
};

struct FoundInstance {
  Origin origin{};
  std::string id{};
  std::string name{};
  std::optional<FoundText> type{};
  std::optional<FoundText> vpc{};
  std::optional<FoundText> subnet{};
  std::vector<FoundText> addresses{};  // private; what it has where its ENIs were not found
  std::vector<FoundText> security_groups{};
};

// What the provider says of an instance type, used for types that the catalogue lacks.
struct FoundType {
  Origin origin{};
  std::string type{};
  std::optional<Found<std::int64_t>> bandwidth_bps{};
  std::optional<Found<std::int64_t>> packets_per_second{};
  std::optional<Found<std::int64_t>> vcpus{};
  std::optional<Found<std::int64_t>> memory_mib{};
};

struct FoundBalancer {
  Origin origin{};
  std::string id{};
  std::string name{};
  std::string kind{};  // as `kind` of a scenario's load balancers: "nlb", "clb", ...
  std::optional<FoundText> vpc{};
  std::vector<FoundText> subnets{};
  std::optional<FoundText> address{};
  std::vector<FoundText> backends{};    // instances, ENIs or addresses
  std::optional<FoundText> listener{};  // "udp:4789"
};

// What a mirror refers to outside of the mirrors' own lists.
struct MirrorEnd {
  enum class What : std::uint8_t {
    kEni,
    kInstance,
    kAddress,
    kSubnet,
    kVpc,
    kBalancer,
    kNatGateway
  };
  What what = What::kEni;
  bool is_receiver = false;
  FoundText id{};
  std::optional<FoundText> vpc{};  // where the mirror says it
  std::string balancer_kind{};     // of a load balancer, as FoundBalancer has it
};

// A mirror, filter or target in the words of its API: what a scenario's `mirrors` takes.
struct FoundMirrorPart {
  std::string provider{};  // empty: the inventory's
  std::string list{};      // "TrafficMirrorSessions"; empty where `mirrors` is a list
  std::string id{};        // of its API; may be empty
  SourcedJson body = SourcedJson::Object();
  std::vector<MirrorEnd> ends{};
};

// A fact that is in no file, and what is assumed instead.
struct Gap {
  std::string name{};     // of its kind: "eni_not_listed", "no_route_table"
  std::string message{};  // what is not known, and what is assumed
  std::string fix{};      // what to do, as one who is told: "add what describes the subnets"
  Origin origin{};        // of what needs the fact; may be unknown
};

// What the files say that cannot be so: told, and the import goes on.
struct Contradiction {
  std::string message{};
  std::string fix{};  // what would be accepted
  Origin origin{};
};

struct Inventory {
  std::string provider{};  // of a profile: "tencent", "aws"
  std::vector<FoundVpc> vpcs{};
  std::vector<FoundSubnet> subnets{};
  std::vector<FoundRouteTable> route_tables{};
  std::vector<FoundRuleSet> security_groups{};
  std::vector<FoundRuleSet> acls{};
  std::vector<FoundGateway> gateways{};
  std::vector<FoundEni> enis{};
  std::vector<FoundInstance> instances{};
  std::vector<FoundType> types{};
  std::vector<FoundBalancer> load_balancers{};
  std::vector<FoundMirrorPart> mirrors{};
  // Of the provider's mirrors, those that have to be there, even empty, and their order.
  std::vector<std::string> mirror_lists{};
  std::vector<Gap> gaps{};
  std::vector<Contradiction> contradictions{};
};

}  // namespace vpcmirror::sim
