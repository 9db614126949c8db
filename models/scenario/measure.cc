#include "models/scenario/measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/capacity/cpu_cost.h"
#include "models/cloud/receiver_capacity.h"
#include "models/scenario/cpu_use.h"
#include "models/scenario/timeline_means.h"
#include "models/units/rates.h"

namespace vpcmirror {
namespace {

// Every reason by its word, those that never happened with zero; those from `of_timeline`
// on where there is a timeline.
template <class Reason, std::size_t kReasons>
DropCounts ByReason(const ValidScenario& scenario, std::size_t of_timeline,
                    const std::array<Count, kReasons>& counts) {
  DropCounts by_reason;
  const std::size_t reasons = scenario.timeline.empty() ? of_timeline : kReasons;
  for (std::size_t i = 0; i < reasons; ++i) {
    by_reason.emplace(ToString(static_cast<Reason>(i)), counts[i]);
  }
  return by_reason;
}

WorkersUse WorkersOf(const RunCounters::OfReceiver& receiver, const Cvm& cvm, Picoseconds time) {
  WorkersUse use{.count = cvm.workers};
  if (cvm.ring_bytes) use.ring_limit = *cvm.ring_bytes * cvm.workers;
  if (receiver.workers.empty()) return use;
  Count most;
  Count all;
  for (const Count& worker : receiver.workers) {
    most.frames = std::max(most.frames, worker.frames);
    most.bytes = std::max(most.bytes, worker.bytes);
    all += worker;
  }
  use.busiest = LoadOf(most, time);
  use.mean = LoadOf({all.frames / cvm.workers, all.bytes / cvm.workers}, time);
  use.ring_peak = receiver.ring_peak;
  return use;
}

// What a timeline makes of limits.
struct LimitChanges {
  explicit LimitChanges(const std::vector<TimelineEvent>& timeline)
      : bandwidth(timeline), speeds(timeline) {}
  BandwidthChanges bandwidth;
  SpeedChanges speeds;
};

HostResult MeasureHost(const ValidScenario& scenario, const LimitChanges& changes,
                       const RunCounters& all, std::size_t index) {
  const Picoseconds time = all.time();
  const Cvm& cvm = scenario.deployment->cvms[index];
  Count in, out, copies_in, copies_out;
  for (const std::size_t eni : cvm.enis) {
    const EniCounters& counters = all.enis[eni].counters;
    in += counters.budget_in;
    const Count copies_wanted = counters.budget_copies_out + counters.unmade_copies;
    out += counters.budget_out + copies_wanted;
    copies_in += counters.budget_copies_in;
    copies_out += copies_wanted;
  }
  return {
      .id = cvm.id,
      .type = cvm.type,
      .limit_model = cvm.limits.model,
      .limit_bandwidth = changes.bandwidth.Mean(index, cvm.limits.bandwidth, all.since, all.until),
      .limit_packet_rate = cvm.limits.packet_rate,
      .used_in = LoadOf(in, time),
      .used_out = LoadOf(out, time),
      .copies_in = LoadOf(copies_in, time),
      .copies_out = LoadOf(copies_out, time),
      .cpu = CpuOf(scenario, index, WorkOf(all, cvm), time,
                   changes.speeds.Mean(index, all.since, all.until)),
      .memory_peak = all.memory_peaks[index]};
}

EniResult MeasureEni(const ValidScenario& scenario, const RunCounters& all, std::size_t index) {
  const Eni& eni = scenario.deployment->enis[index];
  const EniCounters& counters = all.enis[index].counters;
  const Picoseconds time = all.time();
  const Subnet& subnet = scenario.deployment->subnets[eni.subnet];
  return {
      .id = eni.id,
      .host = scenario.deployment->cvms[eni.cvm].id,
      .address = eni.addresses.front(),
      .vpc = scenario.deployment->vpcs[subnet.vpc].name,
      .subnet = subnet.name,
      .zone = subnet.zone,
      .in = LoadOf(counters.in, time),
      .out = LoadOf(counters.out + counters.copies_out, time),
      .mirror_out = LoadOf(counters.copies_out, time),
      .offered_in = LoadOf(counters.offered_in, time),
      .copies_in = LoadOf(counters.offered_copies_in, time),
      .offered_out = LoadOf(counters.offered_out, time),
      .dropped = ByReason<FrameDrop>(scenario, kFirstFrameDropOfTimeline, all.enis[index].dropped)};
}

// Each once, in the order in which they came.
std::vector<std::string> IdsOf(const ValidScenario& scenario,
                               const std::vector<const PlacedMirror*>& placings,
                               std::vector<std::size_t> PlacedMirror::*enis) {
  std::vector<std::string> ids;
  std::set<std::size_t> seen;
  for (const PlacedMirror* placed : placings) {
    for (const std::size_t eni : placed->*enis) {
      if (seen.insert(eni).second) ids.push_back(scenario.deployment->enis[eni].id);
    }
  }
  return ids;
}

MirrorResult MeasureMirror(const ValidScenario& scenario, const RunCounters& all,
                           std::size_t index) {
  MirrorResult result{.id = scenario.mirrors[index].mirror->settings().id};
  const auto placings = EveryPlacing(scenario.mirrors, scenario.timeline, index);
  result.sources = IdsOf(scenario, placings, &PlacedMirror::sources);
  result.receivers = IdsOf(scenario, placings, &PlacedMirror::receiver_enis);
  result.ledger = all.mirrors[index].ledger;
  if (!result.ledger.AddsUp()) {
    throw std::logic_error("the ledger of mirror " + result.id + " does not add up");
  }
  result.lost_after_source =
      ByReason<CopyLoss>(scenario, kFirstCopyLossOfTimeline, all.mirrors[index].losses);
  return result;
}

// By the speed that the software had in the mean.
ReceiverCapacity MeanCapacity(const Cvm& cvm, double speed) {
  ReceiverCapacity capacity = CapacityOf(cvm);
  if (speed == 1) return capacity;
  const auto scaled = [&](const auto& rate) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(rate.count()) * speed));
  };
  if (capacity.bandwidth) capacity.bandwidth = BitsPerSecond(scaled(*capacity.bandwidth));
  if (capacity.packet_rate) capacity.packet_rate = PacketsPerSecond(scaled(*capacity.packet_rate));
  return capacity;
}

ReceiverResult MeasureReceiver(const ValidScenario& scenario, const SpeedChanges& speeds,
                               const RunCounters& all, std::size_t index) {
  const Picoseconds time = all.time();
  const Eni& eni = scenario.deployment->enis[index];
  const Cvm& cvm = scenario.deployment->cvms[eni.cvm];
  const ReceiverCapacity capacity = MeanCapacity(cvm, speeds.Mean(eni.cvm, all.since, all.until));
  const ReceiverCounters& counters = all.receivers[index]->counters;
  DropCounts dropped = {{std::string(ToString(CopyLoss::kReceiverRing)), counters.ring_full}};
  if (!scenario.timeline.empty()) {
    dropped.emplace(ToString(CopyLoss::kReceiverDown), counters.down);
  }
  return {.id = eni.id,
          .host = cvm.id,
          .address = eni.addresses.front(),
          .profile = cvm.receiver ? cvm.receiver->name : "",
          .capacity_bandwidth = capacity.bandwidth,
          .capacity_packet_rate = capacity.packet_rate,
          .in = LoadOf(counters.in, time),
          .digested = LoadOf(counters.digested, time),
          .queued_at_end = counters.waiting.frames,
          .duplicate_frames = counters.duplicates.frames,
          .duplicate_bytes = counters.duplicates.bytes,
          .dropped = std::move(dropped),
          .workers = WorkersOf(*all.receivers[index], cvm, time)};
}

LoadBalancerResult MeasureBalancer(const ValidScenario& scenario, const RunCounters& all,
                                   std::size_t index) {
  const Picoseconds time = all.time();
  const Deployment& deployment = *scenario.deployment;
  const LoadBalancer& balancer = deployment.load_balancers[index];
  const BalancerCounters& counters = all.balancers[index];
  LoadBalancerResult result{.id = balancer.id,
                            .kind = balancer.kind.name,
                            .title = balancer.kind.title,
                            .address = deployment.enis[balancer.eni].addresses.front(),
                            .limit_bandwidth = balancer.zone_bandwidth,
                            .in = LoadOf(counters.in, time),
                            .queued_at_end = counters.waiting,
                            .may_be_reordered = counters.may_be_reordered};
  for (std::size_t i = 0; i < balancer.zones.size(); ++i) {
    result.zones.push_back({balancer.zones[i], LoadOf(counters.by_zone[i], time)});
  }
  for (std::size_t i = 0; i < balancer.backends.size(); ++i) {
    const Backend& backend = balancer.backends[i];
    const Eni& eni = deployment.enis[backend.eni];
    result.backends.push_back({.id = eni.id,
                               .host = deployment.cvms[eni.cvm].id,
                               .zone = backend.zone,
                               .healthy = backend.healthy,
                               .out = LoadOf(counters.by_backend[i], time)});
  }
  for (const CopyLoss loss : {CopyLoss::kLoadBalancerListener, CopyLoss::kLoadBalancerBackend,
                              CopyLoss::kLoadBalancerBandwidth, CopyLoss::kLoadBalancerMtu}) {
    result.dropped.emplace(ToString(loss), counters.dropped[static_cast<std::size_t>(loss)]);
  }
  return result;
}

TcpResult TcpOf(const Workload& workload, const TcpTotals& totals, Picoseconds start,
                Picoseconds end) {
  const auto flows = static_cast<std::int64_t>(workload.tcp_streams.size()) * workload.flows;
  const bool is_done = workload.tcp->send && totals.done == flows;
  // What was buffered when the workload stopped arrives later.
  const Picoseconds since = std::max(workload.start, start);
  const Picoseconds until =
      is_done ? totals.last : std::max(std::min(workload.stop, end), totals.last);
  return {.id = workload.name,
          .variant = std::string(ToString(workload.tcp->variant)),
          .flows = flows,
          .connections = totals.opened,
          .failed = totals.failed,
          .without_port = totals.without_port,
          .delivered = totals.delivered,
          .goodput = MeanRate(totals.delivered, std::max(until - since, Picoseconds(0))),
          .segments = totals.segments,
          .retransmitted = totals.retransmitted,
          .exchange = DelayOf(totals.exchange_times)};
}

}  // namespace

Load LoadOf(const Count& count, Picoseconds time) {
  return {.frames = count.frames,
          .bytes = count.bytes,
          .bandwidth = MeanRate(count.bytes, time),
          .packet_rate = MeanPacketRate(count.frames, time)};
}

DelayResult DelayOf(const DelayHistogram& delays) {
  return {.frames = delays.count(),
          .mean = delays.Mean(),
          .p50 = delays.Quantile(5000),
          .p99 = delays.Quantile(9900),
          .p999 = delays.Quantile(9990),
          .p9999 = delays.Quantile(9999),
          .largest = delays.largest()};
}

std::vector<HostResult> MeasureHosts(const ValidScenario& scenario, const RunCounters& counters) {
  const LimitChanges changes(scenario.timeline);
  std::vector<HostResult> hosts;
  for (std::size_t i = 0; i < scenario.deployment->cvms.size(); ++i) {
    if (scenario.deployment->cvms[i].is_load_balancer) continue;
    hosts.push_back(MeasureHost(scenario, changes, counters, i));
  }
  return hosts;
}

std::vector<ReceiverResult> MeasureReceivers(const ValidScenario& scenario,
                                             const RunCounters& counters) {
  const SpeedChanges speeds(scenario.timeline);
  std::vector<ReceiverResult> receivers;
  for (std::size_t i = 0; i < counters.receivers.size(); ++i) {
    if (counters.receivers[i]) {
      receivers.push_back(MeasureReceiver(scenario, speeds, counters, i));
    }
  }
  return receivers;
}

std::vector<LoadBalancerResult> MeasureBalancers(const ValidScenario& scenario,
                                                 const RunCounters& counters) {
  std::vector<LoadBalancerResult> balancers;
  for (std::size_t i = 0; i < counters.balancers.size(); ++i) {
    balancers.push_back(MeasureBalancer(scenario, counters, i));
  }
  return balancers;
}

SpanResult MeasureSpan(const ValidScenario& scenario, const RunCounters& counters) {
  return {.span = {counters.since, counters.until},
          .hosts = MeasureHosts(scenario, counters),
          .receivers = MeasureReceivers(scenario, counters),
          .load_balancers = MeasureBalancers(scenario, counters)};
}

void Measure(const ValidScenario& scenario, const RunCounters& counters, RunResult& result) {
  const Deployment& deployment = *scenario.deployment;
  result.hosts = MeasureHosts(scenario, counters);
  for (std::size_t i = 0; i < counters.enis.size(); ++i) {
    if (deployment.enis[i].load_balancer) continue;
    result.enis.push_back(MeasureEni(scenario, counters, i));
  }
  for (std::size_t i = 0; i < scenario.mirrors.size(); ++i) {
    result.mirrors.push_back(MeasureMirror(scenario, counters, i));
  }
  result.receivers = MeasureReceivers(scenario, counters);
  result.load_balancers = MeasureBalancers(scenario, counters);
  for (std::size_t i = 0; i < scenario.workloads.size(); ++i) {
    const Workload& workload = scenario.workloads[i];
    if (!counters.tcp[i]) continue;
    result.tcp.push_back(TcpOf(workload, *counters.tcp[i], counters.since, counters.until));
  }
  result.produced = counters.produced;
}

}  // namespace vpcmirror
