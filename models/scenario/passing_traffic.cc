#include "models/scenario/passing_traffic.h"

#include <algorithm>

#include "models/scenario/taps.h"

namespace vpcmirror {
namespace {

constexpr double kBitsOfByte = 8;

bool IsCut(const CopyPlan& plan) {
  return plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair;
}

// By the MTU on its way; what is cut to the packet length alone is not.
bool DoesNotFit(const CopyPlan& plan) {
  if (IsCut(plan)) return plan.kept >= plan.room;
  return plan.mtu_action != MtuAction::kWhole;
}

// In how many packets a copy is sent.
std::int64_t PiecesOf(const CopyPlan& plan, Bytes frame) {
  if (plan.mtu_action == MtuAction::kWhole || IsCut(plan)) return 1;
  const Bytes room = plan.mtu_action == MtuAction::kSegment ? plan.segment_room : plan.room;
  if (room <= Bytes(0)) return 1;
  return std::max<std::int64_t>(1, (frame.count() + room.count() - 1) / room.count());
}

// With outer headers in each piece. Only of what is cut does the mean length of a frame decide.
Flux OnTheWire(const Mirror& session, const CopyPlan& plan, Bytes frame, const Flux& flux) {
  const double overhead = static_cast<double>(session.WireOverhead().count()) * kBitsOfByte;
  const double frames = flux.frames_per_second * static_cast<double>(PiecesOf(plan, frame));
  const double kept = IsCut(plan)
                          ? flux.frames_per_second *
                                static_cast<double>((plan.offset + plan.kept).count()) * kBitsOfByte
                          : flux.bits_per_second;
  return {kept + frames * overhead, frames};
}

void Arrive(std::size_t receiver, bool of_out, const Flux& copy, std::vector<std::size_t>& arrived,
            SteadyTraffic& traffic) {
  EniTraffic& eni = traffic.enis[receiver];
  eni.copies_in += copy;
  if (of_out) eni.copies_in_of_out += copy;
  if (std::find(arrived.begin(), arrived.end(), receiver) != arrived.end()) {
    eni.duplicates_in += copy;
  } else {
    arrived.push_back(receiver);
  }
}

}  // namespace

PassingTraffic::PassingTraffic(const ValidScenario& scenario)
    : scenario_(scenario), mirrors_(MirrorsByEni(scenario)), watches_(mirrors_.size()) {
  for (const LoadBalancer& each : scenario.deployment->load_balancers) choices_.emplace_back(each);
}

SteadyTraffic PassingTraffic::NoTraffic() const {
  SteadyTraffic traffic;
  traffic.enis.resize(watches_.size());
  traffic.mirrors.resize(scenario_.mirrors.size());
  for (std::size_t i = 0; i < scenario_.mirrors.size(); ++i) {
    const PlacedMirror& mirror = scenario_.mirrors[i];
    if (!mirror.load_balancer) traffic.mirrors[i].by_receiver.resize(mirror.receiver_enis.size());
  }
  traffic.workloads.resize(scenario_.workloads.size());
  return traffic;
}

const PassingTraffic::Watch& PassingTraffic::WatchOf(std::size_t eni) {
  std::unique_ptr<Watch>& watch = watches_[eni];
  if (!watch) [[unlikely]] {
    watch = std::make_unique<Watch>(Watch{MakeTap(scenario_, eni, mirrors_[eni])});
    for (std::size_t i = 0; i < watch->tap.size(); ++i) {
      watch->asks_next_hop |= watch->tap.session(i).settings().filter.asks_next_hop();
    }
  }
  return *watch;
}

Decision PassingTraffic::Judge(const Passing& passing) {
  const Watch& watch = WatchOf(passing.eni);
  Frame asked{.info = passing.frame, .direction = passing.direction};
  if (watch.asks_next_hop && passing.direction == Direction::kEgress && passing.frame.has_flow) {
    asked.next_hop =
        scenario_.topology->Lookup(passing.eni, passing.frame.flow.destination).next_hop;
  }
  return watch.tap.OnFrame(asked, &cache_);
}

void PassingTraffic::Add(const Passing& passing, const Decision& decision, const Flux& flux,
                         std::vector<std::size_t>& arrived, SteadyTraffic& traffic) {
  EniTraffic& eni = traffic.enis[passing.eni];
  if (passing.direction == Direction::kEgress) {
    eni.out += flux;
    eni.largest_flow_bps = std::max(eni.largest_flow_bps, flux.bits_per_second);
  } else {
    eni.in += flux;
  }
  for (const Outcome& outcome : decision.outcomes()) {
    AddCopy(passing, outcome, flux, arrived, traffic);
  }
}

void PassingTraffic::AddCopy(const Passing& passing, const Outcome& outcome, const Flux& flux,
                             std::vector<std::size_t>& arrived, SteadyTraffic& traffic) {
  const MirrorTap& tap = watches_[passing.eni]->tap;
  const std::size_t index = mirrors_[passing.eni][tap.given_position(outcome.session)];
  MirrorTraffic& mirror = traffic.mirrors[index];
  mirror.offered += flux;
  if (outcome.refusal != Refusal::kNone) return;
  const CopyPlan& plan = outcome.plan;
  if (DoesNotFit(plan)) mirror.unfit += flux;
  if (plan.mtu_action == MtuAction::kDrop) return;
  const bool leaves = passing.direction == Direction::kEgress;
  mirror.mirrored += flux;
  if (leaves) mirror.mirrored_of_out += flux;
  if (IsCut(plan)) mirror.cut += flux;
  const Flux copy = OnTheWire(tap.session(outcome.session), plan, passing.frame.wire_length, flux);
  mirror.wire += copy;
  EniTraffic& source = traffic.enis[passing.eni];
  source.copies_out += copy;
  if (leaves) source.copies_of_out += copy;
  const PlacedMirror& placed = scenario_.mirrors[index];
  if (placed.load_balancer) {
    Balance(passing, *placed.load_balancer, copy, arrived, traffic);
    return;
  }
  mirror.by_receiver[plan.receiver] += copy;
  Arrive(placed.receiver_enis[plan.receiver], leaves, copy, arrived, traffic);
}

// A hash spreads flows about evenly.
void PassingTraffic::Balance(const Passing& passing, std::size_t load_balancer, const Flux& copy,
                             std::vector<std::size_t>& arrived, SteadyTraffic& traffic) const {
  const Deployment& deployment = *scenario_.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[load_balancer];
  const std::size_t zone =
      balancer.ZoneFor(deployment.subnets[deployment.enis[passing.eni].subnet].zone);
  const auto& eligible = choices_[load_balancer].Eligible(zone);
  const Flux each = copy * (1.0 / static_cast<double>(eligible.size()));
  for (const std::size_t backend : eligible) {
    Arrive(balancer.backends[backend].eni, passing.direction == Direction::kEgress, each, arrived,
           traffic);
  }
}

}  // namespace vpcmirror
