// How a packet travels through a deployment, and what stops it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/cloud/deployment.h"
#include "models/mirror/direction.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

enum class Stop : std::uint8_t {
  kNone,  // delivered, or handed to the outside
  kSourceSecurityGroup,
  kSourceAcl,
  kNoRoute,
  kBlackhole,
  kNoSuchAddress,       // inside a VPC of the scenario, but no ENI has it
  kPeerHasNoRouteBack,  // peering or CCN: the other VPC has no route to the source
  kLoop,                // next-hop CVMs send it in a circle
  kTargetAcl,
  kTargetSecurityGroup,
};

std::string_view ToString(Stop stop);

// What a hop is, by its index in the Deployment.
struct HopPlace {
  enum class Kind : std::uint8_t { kEni, kRouteTable, kSecurityGroup, kAcl };
  Kind kind = Kind::kEni;
  std::size_t index = 0;
  // Of a route table the route, of a group or an ACL the rule that decides. Empty: none does,
  // or it is the VPC's own route, which no table lists.
  std::optional<std::size_t> entry;
  Direction direction = Direction::kIngress;  // of the rule

  friend bool operator==(const HopPlace&, const HopPlace&) = default;
};

// One thing on the way, in a form a person can read.
struct Hop {
  std::string id;    // "web[0]/eni0", "rt-main", "sg-web"
  std::string what;  // "route 10.0.0.0/16 local", "ingress rule 2 accepts"
  HopPlace place;
};

struct Path {
  // Where something stops it, that is the last; where no group of several accepts, the last
  // ones. Behind a peering or CCN the route table that leads back, or lacks the route, is one.
  std::vector<Hop> hops;
  Stop stop = Stop::kNone;
  NextHop next_hop;                        // of the first route lookup
  std::optional<std::size_t> destination;  // ENI it is delivered to; empty: the outside
  Bytes mtu{};                             // smallest ENI MTU on the way

  std::string ToText() const;  // a line a hop, the stop last
};

// What of the path is asked about.
struct PathQuestion {
  std::size_t source_eni = 0;
  FlowKey flow;
  bool source_security = true;  // mirror copies skip the source's security groups and ACL
  bool target_security = true;
};

// A routing answer without the words: what an engine caches per destination.
struct RouteAnswer {
  Stop stop = Stop::kNone;
  NextHop next_hop;
  // ENI; empty with kNone: the outside. With kPeerHasNoRouteBack the ENI that
  // could not answer, with any other stop empty.
  std::optional<std::size_t> destination;
};

// Immutable; keeps a reference to the deployment, which must outlive it.
class Topology {
 public:
  explicit Topology(const Deployment& deployment);
  ~Topology();
  Topology(Topology&&) noexcept;
  Topology& operator=(Topology&&) noexcept;

  // Longest prefix match in the source subnet's route table; the route to the
  // VPC's own range wins a tie. A next-hop CVM is itself the destination: what it
  // does with the packet is its own lookup. A peering or CCN whose other VPC is in
  // the scenario is followed there, and the route back is asked for. No security
  // group or ACL is asked.
  RouteAnswer Lookup(std::size_t source_eni, const IpAddress& destination) const;

  // The whole way, next-hop CVMs followed, with every security group and ACL on
  // it, and in words. An ACL guards the border of its subnet: it is not asked
  // about a packet that stays inside.
  Path Trace(const PathQuestion& question) const;

  // The ENI that has `address` in VPC `vpc`.
  std::optional<std::size_t> EniOf(std::size_t vpc, const IpAddress& address) const;

 private:
  struct Graph;
  class Walk;
  std::unique_ptr<Graph> graph_;
};

}  // namespace vpcmirror
