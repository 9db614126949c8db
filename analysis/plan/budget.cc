#include "analysis/plan/budget.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "analysis/plan/sizing.h"
#include "models/cloud/receiver_capacity.h"
#include "models/scenario/mirror_variants.h"
#include "models/scenario/steady_walk.h"

namespace vpcmirror {
namespace {

// Of one source ENI.
struct CopiedTraffic {
  Flux wire;
  double kept_bits = 0;  // of the frames themselves
};
using TrafficBySource = std::map<std::size_t, CopiedTraffic>;

TrafficBySource CopiedBySource(const ValidScenario& scenario) {
  TrafficBySource by_source;
  WalkSteadyFlows(scenario, [&](const SteadyPassing& passing) {
    for (const Outcome& outcome : passing.decision.outcomes()) {
      if (outcome.refusal != Refusal::kNone || outcome.plan.mtu_action == MtuAction::kDrop)
        continue;
      CopiedTraffic& of_source = by_source[passing.eni];
      of_source.wire += CopiesOf(passing.tap.session(outcome.session), outcome.plan,
                                 passing.frame.wire_length, passing.flux);
      of_source.kept_bits += passing.flux.frames_per_second *
                             static_cast<double>(outcome.plan.kept.count()) * kBitsPerByte;
    }
  });
  return by_source;
}

bool Fits(const Flux& flux, const CopyBudget& budget) {
  constexpr double kRounding = 1 + 1e-9;  // sums of many flows
  const auto is_within = [](double used, const auto& most) {
    return !most || used <= static_cast<double>(most->count()) * kRounding;
  };
  return is_within(flux.bits_per_second, budget.bandwidth) &&
         is_within(flux.frames_per_second, budget.packet_rate);
}

// The sources that are kept, against what the cloud asks of their number and bandwidth.
class KeptSources {
 public:
  KeptSources(const Deployment& deployment, const CopyBudget& budget)
      : deployment_(deployment), budget_(budget) {}

  // False, and nothing kept, where that would be one too many.
  bool Keep(std::size_t eni) {
    if (budget_.sources && kept_ >= *budget_.sources) return false;
    const std::size_t cvm = deployment_.enis[eni].cvm;
    BitsPerSecond with = bandwidth_;
    if (cvms_.count(cvm) == 0) {
      with += deployment_.cvms[cvm].limits.bandwidth.value_or(BitsPerSecond(0));
    }
    if (budget_.source_bandwidth && with > *budget_.source_bandwidth) return false;
    bandwidth_ = with;
    cvms_.insert(cvm);
    ++kept_;
    return true;
  }

 private:
  const Deployment& deployment_;
  const CopyBudget& budget_;
  std::set<std::size_t> cvms_;
  BitsPerSecond bandwidth_{};
  std::int64_t kept_ = 0;
};

// The most bytes first; of the rest what still fits.
BudgetChoice Choose(const ValidScenario& scenario, const CopyBudget& budget, double all_bits) {
  const TrafficBySource by_source = CopiedBySource(scenario);
  std::vector<std::pair<std::size_t, CopiedTraffic>> sources(by_source.begin(), by_source.end());
  std::stable_sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) {
    return a.second.kept_bits > b.second.kept_bits;
  });
  BudgetChoice choice{.sources_before = sources.size()};
  KeptSources sources_kept(*scenario.deployment, budget);
  Flux taken;
  double kept = 0;
  for (const auto& [eni, traffic] : sources) {
    Flux with = taken;
    with += traffic.wire;
    if (!Fits(with, budget) || !sources_kept.Keep(eni)) continue;
    taken = with;
    kept += traffic.kept_bits;
    choice.sources.push_back(scenario.deployment->enis[eni].id);
  }
  choice.copies = BitsPerSecond(std::llround(taken.bits_per_second));
  choice.copies_packet_rate = PacketsPerSecond(std::llround(taken.frames_per_second));
  choice.kept = all_bits > 0 ? kept / all_bits : 0;
  return choice;
}

double AllBits(const TrafficBySource& by_source) {
  double bits = 0;
  for (const auto& [eni, traffic] : by_source) bits += traffic.kept_bits;
  return bits;
}

ValidScenario WithLever(const ValidScenario& scenario, const Lever& lever) {
  switch (lever.kind) {
    case LeverKind::kOutboundOnly:
      return WithDirection(scenario, lever.mirror, Direction::kEgress);
    case LeverKind::kInboundOnly:
      return WithDirection(scenario, lever.mirror, Direction::kIngress);
    case LeverKind::kPortOnly:
      return WithPortOnly(scenario, lever.mirror, lever.port).value_or(scenario);
    case LeverKind::kTruncated:
      return WithPacketLength(scenario, lever.mirror, kShortCopy);
  }
  return scenario;
}

}  // namespace

std::optional<CopyBudget> BudgetOf(const ValidScenario& scenario, std::int64_t receivers,
                                   double margin_goal) {
  for (const Cvm& cvm : scenario.deployment->cvms) {
    if (!cvm.receiver) continue;
    const ReceiverCapacity software = CapacityOf(cvm);
    const auto total = [&](const auto& of_eni, const auto& of_software) {
      auto least = of_eni;
      if (of_software && (!least || *of_software < *least)) least = of_software;
      if (!least) return least;
      using Rate = std::decay_t<decltype(*least)>;
      const double all =
          static_cast<double>(least->count()) * static_cast<double>(receivers) * (1 - margin_goal);
      return std::optional(Rate(std::llround(all)));
    };
    CopyBudget budget{.bandwidth = total(cvm.limits.bandwidth, software.bandwidth),
                      .packet_rate = total(cvm.limits.packet_rate, software.packet_rate)};
    if (!budget.bandwidth && !budget.packet_rate) return std::nullopt;
    const FleetRules rules = FleetRulesFor(scenario);
    if (const auto of_one = SourcesOfOne(rules, cvm.type)) budget.sources = *of_one * receivers;
    if (rules.source_to_receiver_bandwidth && cvm.limits.bandwidth) {
      budget.source_bandwidth = BitsPerSecond(cvm.limits.bandwidth->count() * receivers *
                                              *rules.source_to_receiver_bandwidth);
    }
    return budget;
  }
  return std::nullopt;
}

std::vector<BudgetChoice> ChoicesFor(const ValidScenario& scenario, const CopyBudget& budget) {
  const double all_bits = AllBits(CopiedBySource(scenario));
  std::vector<BudgetChoice> choices = {Choose(scenario, budget, all_bits)};
  const std::vector<Lever> levers = LeversOf(scenario);
  for (const LeverKind kind : {LeverKind::kOutboundOnly, LeverKind::kInboundOnly,
                               LeverKind::kPortOnly, LeverKind::kTruncated}) {
    ValidScenario with = scenario;
    bool is_there = false;
    for (const Lever& lever : levers) {
      if (lever.kind != kind) continue;
      with = WithLever(with, lever);
      is_there = true;
    }
    if (!is_there) continue;
    choices.push_back(Choose(with, budget, all_bits));
    choices.back().lever = kind;
  }
  std::erase_if(choices, [](const BudgetChoice& each) { return each.sources.empty(); });
  std::stable_sort(choices.begin(), choices.end(),
                   [](const BudgetChoice& a, const BudgetChoice& b) { return a.kept > b.kept; });
  return choices;
}

}  // namespace vpcmirror
