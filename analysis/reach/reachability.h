// Whether copies get from the sources of each mirror to its receivers, by way of route
// tables, gateways, security groups, network ACLs and MTUs: asked of the same lookups that
// carry packets, and never by sending one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/topology.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// Why copies do not arrive.
enum class Block : std::uint8_t {
  kNone,  // they do
  kNoRoute,
  kBlackhole,
  kNoSuchAddress,  // the route leads to a VPC where nothing has the receiver's address
  kOutside,        // the route leaves the scenario
  kOtherEni,       // the route leads to something else that has the address
  kNoRouteBack,    // of the receiver's VPC to the source
  kLoop,
  kAcl,
  kSecurityGroup,
  kListener,  // the load balancer has none for them
  kBackend,   // and passes them to nobody
  kMtu,       // not even the shortest frame's copy fits
};
inline constexpr std::size_t kBlocks = 13;

std::string_view ToString(Block block);  // "no_route"

// The component that stops copies.
struct Blame {
  std::string type;  // "route_table", "security_group", "acl", "load_balancer", "host"
  std::string id;
  std::string what;  // "ingress rule 2 drops"
  std::string path;  // JSON Pointer: of its route or rule where one decides
  HopPlace place;    // of the first three types; of "host" the ENI

  friend bool operator==(const Blame&, const Blame&) = default;
};

// How copies go from one ENI to another, and from all that are like it.
struct Way {
  FlowKey flow;  // outer; without ports where copies have no outer headers
  Path path;     // to the receiver, or through the load balancer to its backend
  Block block = Block::kNone;
  std::optional<Blame> blame;
  std::optional<std::size_t> load_balancer;  // that it goes through
  Bytes longest_whole{};                     // frame whose copy arrives whole; 0: nothing arrives
};

// Sources of a mirror that no lookup can tell apart: one subnet, one MTU, and addresses that
// no rule or route on the way distinguishes.
struct SourceClass {
  std::vector<std::size_t> sources;  // ENIs, ascending
};

struct Reach {
  std::size_t source_class = 0;
  std::size_t receiver = 0;  // ENI; behind a load balancer the backend, or where none is, itself
  std::shared_ptr<const Way> way;  // shared by mirrors that ask the same

  bool is_open() const { return way->block == Block::kNone; }
};

struct MirrorReach {
  std::size_t mirror = 0;  // index
  std::vector<SourceClass> classes;
  std::vector<Reach> reaches;  // class by class, each in the order of the receivers
};

struct Reachability {
  // Those that have sources, in the scenario's order. That an ENI gets copies of its own
  // frames is not asked.
  std::vector<MirrorReach> mirrors;
  std::size_t ways = 0;  // that were followed
};

// `valid` was made of `written`.
Reachability ReachabilityOf(const Scenario& written, const ValidScenario& valid);

// "UDP 4789", "GRE (protocol 47)"; empty without outer headers.
std::string ProtocolText(const FlowKey& flow);

}  // namespace vpcmirror
