// Carries bundles of flows along their ways, with what every budget on them loses.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "models/scenario/steady_walk.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"

namespace vpcmirror::sim {

// Of what single flows may send, in bits a second; 0: as much as they like.
using FlowLimits = std::vector<double>;  // by ENI

// `Sink` is told what passes where; all fluxes are what gets there:
//   Production(hop, budget, offered, limited, kept): of the frames that come to a hop and pass
//       its security group, ACL and route: `limited` is left by the limit of a single flow and
//       `kept` by the budget
//   Refused(hop, offered): of those that do not
//   Refusals(hop, share)
//   Copies(hop, copy, budget, share of its rates that is offered, limited, kept)
//   Arrivals(...)
template <class Sink>
class Carrier {
 public:
  Carrier(const FlowBundles& flows, const BudgetNumbers& numbers, const FlowLimits& limits,
          const Losses& losses, Sink& sink)
      : flows_(flows), numbers_(numbers), limits_(limits), losses_(losses), sink_(sink) {}

  void Run() {
    for (const FlowBundle& bundle : flows_.bundles) Carry(bundle);
  }
  // Of some of the bundles alone: those of requests before those of their answers.
  void Run(std::span<const std::uint32_t> bundles) {
    for (const std::uint32_t bundle : bundles) Carry(flows_.bundles[bundle]);
  }

 private:
  // Of a stream of requests: what was sent and what got to its destination.
  struct Fate {
    double sent = 0;
    double delivered = 0;
  };

  void Carry(const FlowBundle& bundle) {
    double share = bundle.elastic != FlowBundle::kNone ? losses_.elastic[bundle.elastic] : 1;
    if (share <= 0) return;
    if (bundle.asked_by != FlowBundle::kNone) {
      // Requests that are not carried here lose nothing.
      const auto asked = requests_.find(bundle.asked_by);
      if (asked != requests_.end()) share = asked->second.delivered / asked->second.sent;
    }
    if (share <= 0) return;
    if (bundle.is_answered) requests_[bundle.stream].sent += bundle.flux.frames_per_second * share;
    sink_.Sent(bundle, share);
    for (std::uint32_t i = 0; i < bundle.hops; ++i) {
      const Hop& hop = flows_.hops[bundle.first_hop + i];
      share = hop.direction == Direction::kEgress ? Leave(bundle, hop, share)
                                                  : ComeIn(bundle, hop, share);
      if (share <= 0) return;
      if (hop.is_last) {
        if (bundle.is_answered) {
          requests_[bundle.stream].delivered += bundle.flux.frames_per_second * share;
        }
        sink_.Delivered(bundle, share);
      }
    }
  }

  // The share that goes on.
  double Leave(const FlowBundle& bundle, const Hop& hop, double share) {
    const std::uint32_t budget = numbers_.Out(hop.eni);
    const BudgetLoss& loss = losses_.budgets[budget];
    const bool leaves = hop.admission == Admission::kAdmitted && hop.stop == Stop::kNone;
    const double limit = limits_[hop.eni];
    double limited = share;
    double copies_limited = 1;
    if (limit > 0) {
      // Copies of a flow are lost before the flow is.
      const double asked = leaves ? bundle.flux.bits_per_second * share : 0;
      if (asked > limit) limited = share * limit / asked;
      copies_limited = CopiesWithin(hop, share, std::max(0.0, limit - asked));
    }
    sink_.Refusals(hop, share);
    Copy(bundle, hop, share, copies_limited);
    sink_.Leaves(bundle, hop, budget, share, leaves ? limited : 0,
                 leaves ? limited * OfProduction(loss, hop.is_paired).kept() : 0);
    return leaves ? limited * OfProduction(loss, hop.is_paired).kept() : 0;
  }

  double ComeIn(const FlowBundle& bundle, const Hop& hop, double share) {
    const std::uint32_t budget = numbers_.In(hop.eni);
    const bool enters = hop.admission == Admission::kAdmitted;
    const double kept = enters ? share * losses_.budgets[budget].production.kept() : 0;
    sink_.ComesIn(bundle, hop, budget, share, kept);
    // What a security group refused, some clouds copy all the same.
    const double copied = enters ? kept : share;
    if (copied <= 0) return 0;
    sink_.Refusals(hop, copied);
    const double limit = limits_[hop.eni];
    Copy(bundle, hop, copied, limit > 0 ? CopiesWithin(hop, copied, limit) : 1);
    return kept;
  }

  // Of the copies at a hop, the share that the rest of a flow's limit has room for.
  double CopiesWithin(const Hop& hop, double share, double room) const {
    double asked = 0;
    for (std::uint32_t i = 0; i < hop.copies; ++i) {
      const CopyBundle& copy = flows_.copies[hop.first_copy + i];
      if (!copy.way.dropped) asked += copy.wire.bits_per_second * share;
    }
    return asked > room ? room / asked : 1;
  }

  void Copy(const FlowBundle& bundle, const Hop& hop, double share, double limited) {
    const std::uint32_t out = numbers_.Out(hop.eni);
    for (std::uint32_t i = 0; i < hop.copies; ++i) {
      const CopyBundle& copy = flows_.copies[hop.first_copy + i];
      if (copy.way.dropped) {
        sink_.DroppedCopies(copy, share);
        continue;
      }
      const double kept = share * limited * OfCopies(losses_.budgets[out], hop.is_paired).kept();
      sink_.CopiesLeave(hop, copy, out, share, share * limited, kept);
      if (kept > 0) Deliver(bundle, hop, copy, kept);
    }
  }

  void Deliver(const FlowBundle& bundle, const Hop& hop, const CopyBundle& copy, double share) {
    const CopyWay& way = copy.way;
    if (way.landing == kNowhere) {
      sink_.CopiesLost(copy, *way.lost, share);
      return;
    }
    double kept = EnterReceiver(copy, copy.wire, way.landing, share);
    if (way.balancer != kNowhere) {
      sink_.CopiesAtBalancer(copy, kept);
      if (way.backend == kNowhere) {
        sink_.CopiesLostAtBalancer(copy, *way.lost, kept);
        return;
      }
      kept *= losses_.zones[way.balancer][way.zone].kept();
      sink_.CopiesToBackend(copy, kept);
      if (way.lost) {
        sink_.CopiesLost(copy, *way.lost, kept);
        return;
      }
      kept = EnterReceiver(copy, Onward(copy), way.receiver, kept);
    } else if (way.lost) {
      sink_.CopiesLost(copy, *way.lost, kept);
      return;
    }
    sink_.CopiesToSoftware(bundle, hop, copy, Onward(copy), kept);
  }

  double EnterReceiver(const CopyBundle& copy, const Flux& wire, std::uint32_t eni, double share) {
    const std::uint32_t in = numbers_.In(eni);
    const double kept = share * losses_.budgets[in].production.kept();
    sink_.CopiesComeIn(copy, wire, eni, in, share, kept);
    return kept;
  }

  static Flux Onward(const CopyBundle& copy) {
    constexpr double kBits = 8;
    Flux flux = copy.wire;
    flux.bits_per_second += flux.frames_per_second * copy.way.onward_bytes * kBits;
    return flux;
  }

  const FlowBundles& flows_;
  const BudgetNumbers& numbers_;
  const FlowLimits& limits_;
  const Losses& losses_;
  Sink& sink_;
  std::unordered_map<std::uint32_t, Fate> requests_;  // by stream
};

}  // namespace vpcmirror::sim
