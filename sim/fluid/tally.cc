#include "sim/fluid/tally.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vpcmirror::sim {
namespace {

Count Whole(const Amount& amount) {
  return {std::llround(amount.frames), Bytes(std::llround(amount.bits / kBitsPerByte))};
}

// A loss is told however small it is, unless it is but rounding.
Count WholeLoss(const Amount& amount) {
  constexpr double kRounding = 1e-3;  // of a frame
  Count count = Whole(amount);
  if (count.frames == 0 && amount.frames > kRounding) {
    count = {1, Bytes(std::llround(amount.bits / amount.frames / kBitsPerByte))};
  }
  return count;
}

template <std::size_t kSize>
std::array<Count, kSize> WholeLosses(const std::array<Amount, kSize>& amounts) {
  std::array<Count, kSize> counts;
  for (std::size_t i = 0; i < kSize; ++i) counts[i] = WholeLoss(amounts[i]);
  return counts;
}

template <std::size_t kSize>
std::array<Count, kSize> Whole(const std::array<Amount, kSize>& amounts) {
  std::array<Count, kSize> counts;
  for (std::size_t i = 0; i < kSize; ++i) counts[i] = Whole(amounts[i]);
  return counts;
}

std::vector<Count> Whole(const std::vector<Amount>& amounts) {
  std::vector<Count> counts;
  for (const Amount& amount : amounts) counts.push_back(Whole(amount));
  return counts;
}

}  // namespace

Tally::Tally(const ValidScenario& scenario)
    : scenario_(scenario),
      deployment_(*scenario.deployment),
      enis_(deployment_.enis.size()),
      mirrors_(scenario.mirrors.size()),
      receivers_(deployment_.enis.size()),
      is_receiver_(deployment_.enis.size()),
      tcp_(scenario.workloads.size()),
      tcp_data_(scenario.workloads.size()),
      in_budgets_(2 * deployment_.cvms.size()),
      in_rings_(deployment_.cvms.size()) {
  for (std::size_t i = 0; i < in_rings_.size(); ++i) {
    in_rings_[i].resize(static_cast<std::size_t>(deployment_.cvms[i].workers));
  }
  for (const std::size_t eni : ReceiversEver(deployment_, scenario.mirrors, scenario.timeline)) {
    is_receiver_[eni] = true;
    receivers_[eni].workers.resize(
        static_cast<std::size_t>(deployment_.cvms[deployment_.enis[eni].cvm].workers));
  }
  for (const LoadBalancer& balancer : deployment_.load_balancers) {
    OfBalancer& of = balancers_.emplace_back();
    of.by_zone.resize(balancer.zones.size());
    of.by_backend.resize(balancer.backends.size());
  }
}

void Tally::Add(const FlowBundles& flows, const BudgetNumbers& numbers, const FlowLimits& limits,
                const Losses& losses, const std::vector<double>& speeds, double seconds) {
  flows_ = &flows;
  losses_ = &losses;
  speeds_ = &speeds;
  seconds_ = seconds;
  Carrier<Tally>(flows, numbers, limits, losses, *this).Run();
}

void Tally::Hold(std::vector<Held>& where, Amount* waits, Amount& passed, const Flux& flux,
                 double share) {
  Held held{.waits = waits, .passed = &passed, .amount = {}};
  held.amount.Add(flux, share * seconds_);
  if (waits != nullptr) waits->Add(flux, share * seconds_);
  where.push_back(held);
}

void Tally::Release(std::vector<Held>& held) {
  for (const Held& each : held) {
    each.passed->frames += each.amount.frames;
    each.passed->bits += each.amount.bits;
    if (each.waits == nullptr) continue;
    each.waits->frames -= each.amount.frames;
    each.waits->bits -= each.amount.bits;
  }
  held.clear();
}

void Tally::Drain(const Overloads& is_full) {
  for (std::size_t i = 0; i < in_budgets_.size(); ++i) {
    if (!is_full.budgets[i]) Release(in_budgets_[i]);
  }
  for (std::size_t i = 0; i < in_rings_.size(); ++i) {
    for (std::size_t worker = 0; worker < is_full.workers[i].size(); ++worker) {
      if (!is_full.workers[i][worker]) Release(in_rings_[i][worker]);
    }
  }
}

void Tally::Sent(const FlowBundle& bundle, double share) {
  arrivals_.clear();
  unit_ = bundle.elastic == FlowBundle::kNone ? 1 : losses_->elastic[bundle.elastic];
  produced_.Add(bundle.flux, share * seconds_);
  if (bundle.elastic != FlowBundle::kNone) AddTcp(bundle);
}

// Data, without headers: acknowledgements have none.
void Tally::AddTcp(const FlowBundle& bundle) {
  TcpTotals& totals = tcp_[bundle.workload];
  const double frames = bundle.flux.frames_per_second * unit_ * seconds_;
  const double data = bundle.flux.bits_per_second * unit_ * seconds_ / kBitsPerByte -
                      frames * static_cast<double>(kTcpFrameHeaders.count());
  tcp_data_[bundle.workload] += data;
  if (data > 0) totals.segments += std::llround(frames);
}

void Tally::Delivered(const FlowBundle& bundle, double share) {
  delivered_.Add(bundle.flux, share * seconds_);
}

void Tally::Refusals(const Hop& hop, double share) {
  for (std::uint32_t i = 0; i < hop.refused; ++i) {
    const RefusedBundle& refused = flows_->refused[hop.first_refused + i];
    mirrors_[refused.mirror].rejected[static_cast<std::size_t>(refused.refusal)].Add(
        refused.flux, share * seconds_);
  }
}

void Tally::Leaves(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double share,
                   double limited, double kept) {
  OfEni& eni = enis_[hop.eni];
  const auto drop = [&](FrameDrop reason, double of) {
    if (of > 0) eni.dropped[static_cast<std::size_t>(reason)].Add(bundle.flux, of * seconds_);
  };
  eni.offered_out.Add(bundle.flux, share * seconds_);
  if (hop.admission != Admission::kAdmitted) {
    drop(hop.admission == Admission::kAcl ? FrameDrop::kAcl : FrameDrop::kSecurityGroup, share);
    return;
  }
  if (hop.stop != Stop::kNone) {
    drop(FrameDrop::kNoRoute, share);
    return;
  }
  eni.budget_out.Add(bundle.flux, share * seconds_);
  drop(FrameDrop::kEgressFlow, share - limited);
  eni.out.Add(bundle.flux, kept * seconds_);
  const BudgetLoss& loss = losses_->budgets[budget];
  if (limited <= kept) return;
  const double waiting = (limited - kept) * OfProduction(loss, hop.is_paired).waiting;
  drop(EgressDrop(loss.limit), limited - kept - waiting);
  if (waiting > 0) Hold(in_budgets_[budget], nullptr, eni.out, bundle.flux, waiting);
}

void Tally::ComesIn(const FlowBundle& bundle, const Hop& hop, std::uint32_t budget, double share,
                    double kept) {
  OfEni& eni = enis_[hop.eni];
  const auto drop = [&](FrameDrop reason, double of) {
    if (of > 0) eni.dropped[static_cast<std::size_t>(reason)].Add(bundle.flux, of * seconds_);
  };
  eni.offered_in.Add(bundle.flux, share * seconds_);
  if (hop.admission != Admission::kAdmitted) {
    drop(hop.admission == Admission::kAcl ? FrameDrop::kAcl : FrameDrop::kSecurityGroup, share);
    return;
  }
  eni.budget_in.Add(bundle.flux, share * seconds_);
  eni.in.Add(bundle.flux, kept * seconds_);
  if (share <= kept) return;
  const BudgetLoss& loss = losses_->budgets[budget];
  const double waiting = (share - kept) * loss.production.waiting;
  const double lost = share - kept - waiting;
  drop(IngressDrop(loss.limit), lost);
  if (waiting > 0) Hold(in_budgets_[budget], nullptr, eni.in, bundle.flux, waiting);
  for (std::uint32_t i = 0; i < hop.copies; ++i) {
    const CopyBundle& copy = flows_->copies[hop.first_copy + i];
    // Those of frames that wait are still to be made.
    if (copy.way.dropped != DropReason::kMtu) {
      eni.unmade_copies.Add(copy.wire, (share - kept) * seconds_);
    }
  }
}

void Tally::DroppedCopies(const CopyBundle& copy, double share) {
  mirrors_[copy.mirror].dropped[static_cast<std::size_t>(*copy.way.dropped)].Add(copy.original,
                                                                                 share * seconds_);
}

// A copy of several packets is whole when none of them is lost.
void Tally::CopiesLeave(const Hop& hop, const CopyBundle& copy, std::uint32_t budget, double share,
                        double limited, double kept) {
  OfEni& eni = enis_[hop.eni];
  OfMirror& mirror = mirrors_[copy.mirror];
  eni.budget_copies_out.Add(copy.wire, share * seconds_);
  eni.copies_out.Add(copy.wire, kept * seconds_);
  mirror.wire.Add(copy.wire, kept * seconds_);
  const double whole = share > 0 ? share * std::pow(kept / share, copy.packets) : 0;
  mirror.mirrored.Add(copy.original, whole * seconds_);
  mirror.truncated.Add(copy.cut, whole * seconds_);
  mirror.truncated_away_bits += copy.cut_away_bps * whole * seconds_;
  if (share <= whole) return;
  const BudgetLoss& loss = losses_->budgets[budget];
  const double by_flow = (share - limited) / (share - kept) * (share - whole);
  const double waiting = (share - whole - by_flow) * OfCopies(loss, hop.is_paired).waiting;
  const auto drop = [&](DropReason reason, double of) {
    mirror.dropped[static_cast<std::size_t>(reason)].Add(copy.original, of * seconds_);
  };
  drop(DropReason::kEgressFlow, by_flow);
  drop(CopyDrop(loss.limit), share - whole - by_flow - waiting);
  if (waiting <= 0) return;
  Hold(in_budgets_[budget], &mirror.queued, mirror.mirrored, copy.original, waiting);
  Hold(in_budgets_[budget], nullptr, mirror.wire, copy.wire, waiting);
  Hold(in_budgets_[budget], nullptr, eni.copies_out, copy.wire, waiting);
}

void Tally::CopiesComeIn(const CopyBundle& copy, const Flux& wire, std::uint32_t index,
                         std::uint32_t budget, double share, double kept) {
  OfEni& eni = enis_[index];
  for (Amount* amount :
       {&eni.offered_in, &eni.offered_copies_in, &eni.budget_in, &eni.budget_copies_in}) {
    amount->Add(wire, share * seconds_);
  }
  eni.in.Add(wire, kept * seconds_);
  if (share <= kept) return;
  const BudgetLoss& loss = losses_->budgets[budget];
  const double waiting = (share - kept) * loss.production.waiting;
  CopiesLost(copy, ReceiverLoss(loss.limit), share - kept - waiting);
  if (waiting > 0) Hold(in_budgets_[budget], nullptr, eni.in, wire, waiting);
}

void Tally::CopiesLost(const CopyBundle& copy, CopyLoss loss, double share) {
  mirrors_[copy.mirror].losses[static_cast<std::size_t>(loss)].Add(copy.original, share * seconds_);
}

void Tally::CopiesAtBalancer(const CopyBundle& copy, double share) {
  OfBalancer& balancer = balancers_[copy.way.balancer];
  balancer.in.Add(copy.wire, share * seconds_);
  balancer.by_zone[copy.way.zone].Add(copy.wire, share * seconds_);
  if (copy.way.backend == kNowhere) return;
  const double lost = share * losses_->zones[copy.way.balancer][copy.way.zone].share;
  if (lost > 0) CopiesLostAtBalancer(copy, CopyLoss::kLoadBalancerBandwidth, lost);
}

void Tally::CopiesLostAtBalancer(const CopyBundle& copy, CopyLoss loss, double share) {
  balancers_[copy.way.balancer].dropped[static_cast<std::size_t>(loss)].Add(copy.wire,
                                                                            share * seconds_);
  CopiesLost(copy, loss, share);
}

void Tally::CopiesToBackend(const CopyBundle& copy, double share) {
  Flux onward = copy.wire;
  onward.bits_per_second += onward.frames_per_second * copy.way.onward_bytes * kBitsPerByte;
  balancers_[copy.way.balancer].by_backend[copy.way.backend].Add(onward, share * seconds_);
}

void Tally::CopiesToSoftware(const FlowBundle&, const Hop& hop, const CopyBundle& copy,
                             const Flux& wire, double share) {
  const std::uint32_t index = copy.way.receiver;
  OfReceiver& receiver = receivers_[index];
  const std::size_t cvm = deployment_.enis[index].cvm;
  receiver.in.Add(wire, share * seconds_);
  if ((*speeds_)[cvm] == 0) {
    receiver.down.Add(wire, share * seconds_);
    CopiesLost(copy, CopyLoss::kReceiverDown, share);
    return;
  }
  // Copies of one flow come to one worker, from whatever ENI.
  for (const Arrival& before : arrivals_) {
    const bool is_same = before.receiver == index && before.worker == copy.way.worker;
    if (!is_same || before.source == hop.eni) continue;
    const double both = std::min(1.0, before.frames / copy.original.frames_per_second);
    receiver.duplicates.Add(wire, share * before.share * both * seconds_);
    break;
  }
  arrivals_.push_back(
      {index, copy.way.worker, hop.eni, copy.original.frames_per_second, share / unit_});
  receiver.workers[copy.way.worker].Add(wire, share * seconds_);
  const auto& by_worker = losses_->workers[cvm];
  const Excess excess = copy.way.worker < by_worker.size() ? by_worker[copy.way.worker] : Excess{};
  receiver.digested.Add(wire, share * excess.kept() * seconds_);
  if (excess.share <= 0) return;
  receiver.ring_full.Add(wire, share * excess.lost() * seconds_);
  CopiesLost(copy, CopyLoss::kReceiverRing, share * excess.lost());
  const double waiting = share * excess.share * excess.waiting;
  if (waiting <= 0) return;
  Hold(in_rings_[cvm][copy.way.worker], &receiver.waiting, receiver.digested, wire, waiting);
}

// Its parts are rounded, and what was offered is their sum.
Ledger Tally::LedgerOf(const OfMirror& mirror) const {
  Ledger ledger;
  ledger.mirrored = Whole(mirror.mirrored);
  ledger.rejected = Whole(mirror.rejected);
  ledger.dropped = WholeLosses(mirror.dropped);
  const Count wire = Whole(mirror.wire);
  ledger.wire_datagrams = wire.frames;
  ledger.wire_bytes = wire.bytes;
  ledger.truncated = Whole(mirror.truncated);
  ledger.truncated_away = Bytes(std::llround(mirror.truncated_away_bits / kBitsPerByte));
  ledger.queued_at_end = Whole(mirror.queued);
  ledger.offered =
      ledger.mirrored + ledger.TotalRejected() + ledger.TotalDropped() + ledger.queued_at_end;
  return ledger;
}

Count Tally::delivered() const { return Whole(delivered_); }

RunCounters Tally::CountersAt(Picoseconds now) const {
  RunCounters counters{.until = now};
  for (const OfEni& eni : enis_) {
    counters.enis.push_back({.counters = {.offered_out = Whole(eni.offered_out),
                                          .budget_out = Whole(eni.budget_out),
                                          .out = Whole(eni.out),
                                          .budget_copies_out = Whole(eni.budget_copies_out),
                                          .copies_out = Whole(eni.copies_out),
                                          .offered_in = Whole(eni.offered_in),
                                          .offered_copies_in = Whole(eni.offered_copies_in),
                                          .budget_in = Whole(eni.budget_in),
                                          .in = Whole(eni.in),
                                          .budget_copies_in = Whole(eni.budget_copies_in),
                                          .unmade_copies = Whole(eni.unmade_copies)},
                             .dropped = WholeLosses(eni.dropped)});
  }
  for (const OfMirror& mirror : mirrors_) {
    counters.mirrors.push_back({LedgerOf(mirror), WholeLosses(mirror.losses)});
  }
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    auto& receiver = counters.receivers.emplace_back();
    if (!is_receiver_[i]) continue;
    const OfReceiver& of = receivers_[i];
    receiver = {.counters = {.in = Whole(of.in),
                             .digested = Whole(of.digested),
                             .ring_full = WholeLoss(of.ring_full),
                             .down = WholeLoss(of.down),
                             .duplicates = Whole(of.duplicates),
                             .waiting = Whole(of.waiting)},
                .workers = Whole(of.workers)};
  }
  for (const OfBalancer& of : balancers_) {
    counters.balancers.push_back({.in = Whole(of.in),
                                  .by_zone = Whole(of.by_zone),
                                  .by_backend = Whole(of.by_backend),
                                  .dropped = WholeLosses(of.dropped)});
  }
  counters.memory_peaks.resize(deployment_.cvms.size());
  for (std::size_t i = 0; i < scenario_.workloads.size(); ++i) {
    const Workload& workload = scenario_.workloads[i];
    auto& totals = counters.tcp.emplace_back();
    if (workload.tcp_streams.empty()) continue;
    totals = tcp_[i];
    totals->opened = static_cast<std::int64_t>(workload.tcp_streams.size()) * workload.flows;
    totals->delivered = Bytes(std::llround(tcp_data_[i]));
    totals->last = std::min(now, workload.stop);
  }
  counters.produced = Whole(produced_);
  return counters;
}

}  // namespace vpcmirror::sim
