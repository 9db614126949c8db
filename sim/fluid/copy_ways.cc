#include "sim/fluid/copy_ways.h"

#include <set>

#include "models/capacity/worker_rings.h"
#include "models/cloud/firewall.h"
#include "models/scenario/timeline.h"
#include "models/wire/hash.h"

namespace vpcmirror::sim {
namespace {

// IPv4, UDP and Geneve (RFC 8926), before its options.
constexpr Bytes kGeneveOverIpv4{20 + 8 + 8};
constexpr Bytes kEthernetHeader{14};

bool IsBare(const Mirror& mirror) { return mirror.encapsulation().header_bytes() == 0; }

}  // namespace

std::size_t CopyWays::Hasher::operator()(const Key& key) const noexcept {
  const std::uint64_t ends = (std::uint64_t{key.subnet} << 32) | key.mirror;
  return MixBits(ends ^ MixBits(key.receiver));
}

CopyWays::CopyWays(const ValidScenario& scenario)
    : scenario_(scenario),
      deployment_(*scenario.deployment),
      takes_copies_(deployment_.enis.size()),
      detached_(deployment_.enis.size()) {
  for (const std::size_t eni : ReceiversEver(deployment_, scenario.mirrors, {})) {
    takes_copies_[eni] = true;
  }
  for (const PlacedMirror& placed : scenario.mirrors) {
    ports_.push_back(placed.mirror->MirrorPorts());
  }
  for (const std::size_t eni : scenario.detached) detached_[eni] = true;
  for (const LoadBalancer& balancer : deployment_.load_balancers) choices_.emplace_back(balancer);
}

FlowKey CopyWays::OuterFlow(std::size_t source, std::size_t mirror, std::uint32_t receiver,
                            std::uint64_t entropy) const {
  const MirrorPort& port = ports_[mirror][receiver];
  const Encapsulation& encapsulation = scenario_.mirrors[mirror].mirror->encapsulation();
  FlowKey flow{.source = AddressTowards(deployment_.enis[source].addresses, port.receiver),
               .destination = port.receiver};
  flow.protocol = port.protocol;
  flow.ports = port.port != 0 ? Ports::kKnown : Ports::kNotInProtocol;
  flow.source_port = port.port != 0 ? encapsulation.SourcePort(entropy) : std::uint16_t{0};
  flow.destination_port = port.port;
  return flow;
}

// Without an encapsulation a copy has no port that a security group could name.
bool CopyWays::ChecksCopies(std::size_t index, std::size_t landing) {
  const Mirror& mirror = *scenario_.mirrors[index].mirror;
  if (IsBare(mirror) || !mirror.settings().receiver_checks_copies) return false;
  const auto [known, is_new] = is_open_.try_emplace(landing);
  if (is_new) known->second = Firewall(deployment_, landing).is_open();
  return !known->second;
}

CopyWay CopyWays::Of(const SteadyPassing& passing, const Outcome& outcome) {
  const std::size_t index = passing.mirrors[passing.tap.given_position(outcome.session)];
  const Key key{static_cast<std::uint32_t>(deployment_.enis[passing.eni].subnet),
                static_cast<std::uint32_t>(index), outcome.plan.receiver};
  const auto [known, is_new] = known_.try_emplace(key);
  if (is_new) known->second = ToLanding(passing.eni, index, outcome.plan.receiver);
  CopyWay way = known->second;
  if (way.landing != kNowhere && ChecksCopies(index, way.landing)) {
    if (const auto refusal = Refusal(passing.eni, index, outcome.plan.receiver, way.landing)) {
      way = {.lost = refusal};
    }
  }
  if (way.dropped || way.lost) return way;
  if (way.balancer != kNowhere) Balance(passing, index, outcome, way);
  if (way.receiver == kNowhere) return way;
  const Cvm& cvm = deployment_.cvms[deployment_.enis[way.receiver].cvm];
  const std::uint64_t hash =
      passing.frame.has_flow ? FlowHash(passing.frame.flow, HashSymmetry::kSymmetric) : 0;
  way.worker = static_cast<std::uint32_t>(
      WorkerRings::WorkerOf(hash, static_cast<std::size_t>(cvm.workers)));
  return way;
}

CopyWay CopyWays::ToLanding(std::size_t source, std::size_t index, std::uint32_t receiver) const {
  const PlacedMirror& placed = scenario_.mirrors[index];
  CopyWay way;
  const IpAddress& address = placed.mirror->settings().receivers[receiver].address;
  const RouteAnswer route = scenario_.topology->Lookup(source, address);
  if (route.stop != Stop::kNone) {
    way.dropped = DropReason::kNoRoute;
    return way;
  }
  if (!route.destination) {
    way.lost = CopyLoss::kNotReceived;
    return way;
  }
  const std::size_t landing = *route.destination;
  if (detached_[landing]) {
    way.lost = CopyLoss::kReceiverDetached;
    return way;
  }
  way.landing = static_cast<std::uint32_t>(landing);
  if (const auto& balancer = deployment_.enis[landing].load_balancer) {
    way.balancer = static_cast<std::uint32_t>(*balancer);
  } else if (takes_copies_[landing]) {
    way.receiver = way.landing;
  } else {
    way.lost = CopyLoss::kNotReceived;
  }
  return way;
}

std::optional<CopyLoss> CopyWays::Refusal(std::size_t source, std::size_t index,
                                          std::uint32_t receiver, std::size_t landing) const {
  const FlowKey flow = OuterFlow(source, index, receiver, /*entropy=*/0);
  switch (Firewall(deployment_, landing).Admit(flow, Direction::kIngress)) {
    case Admission::kAdmitted:
      return std::nullopt;
    case Admission::kAcl:
      return CopyLoss::kReceiverAcl;
    case Admission::kSecurityGroup:
      break;
  }
  return CopyLoss::kReceiverSecurityGroup;
}

void CopyWays::Balance(const SteadyPassing& passing, std::size_t index, const Outcome& outcome,
                       CopyWay& way) const {
  const Mirror& mirror = *scenario_.mirrors[index].mirror;
  const LoadBalancer& balancer = deployment_.load_balancers[way.balancer];
  way.zone = static_cast<std::uint32_t>(
      balancer.ZoneFor(deployment_.subnets[deployment_.enis[passing.eni].subnet].zone));
  const bool has_outer = !IsBare(mirror);
  FrameInfo copy = passing.frame;
  if (has_outer) {
    copy = {};
    copy.has_flow = true;
    copy.flow = OuterFlow(passing.eni, index, outcome.plan.receiver, outcome.plan.entropy);
  }
  if (!balancer.Listens(copy, has_outer)) {
    way.lost = CopyLoss::kLoadBalancerListener;
    return;
  }
  const std::uint64_t hash = BalancingHash(copy, has_outer, mirror.settings().hash_symmetry);
  const auto chosen = choices_[way.balancer].Choose(way.zone, hash);
  if (!chosen) {
    way.lost = CopyLoss::kLoadBalancerBackend;
    return;
  }
  const std::size_t backend = balancer.backends[*chosen].eni;
  if (balancer.kind.geneve_options && copy.has_flow) {
    way.onward_bytes =
        static_cast<double>((kGeneveOverIpv4 + *balancer.kind.geneve_options).count());
  }
  const CopyPlan& plan = outcome.plan;
  const double length =
      static_cast<double>((plan.offset + plan.kept + mirror.WireOverhead()).count());
  if (length + way.onward_bytes >
      static_cast<double>((kEthernetHeader + deployment_.enis[backend].mtu).count())) {
    way.lost = CopyLoss::kLoadBalancerMtu;
    return;
  }
  way.backend = static_cast<std::uint32_t>(*chosen);
  if (detached_[backend]) {
    way.lost = CopyLoss::kReceiverDetached;
    return;
  }
  way.receiver = static_cast<std::uint32_t>(backend);
}

}  // namespace vpcmirror::sim
