#include "analysis/compare/result_measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "models/capacity/delay_histogram.h"
#include "models/mirror/ledger.h"

namespace vpcmirror {
namespace {

// A mean, and how far it may be off.
struct Estimate {
  double mean = 0;
  double half_width = 0;

  Estimate& operator+=(const Estimate& other) {
    mean += other.mean;
    half_width += other.half_width;
    return *this;
  }
  Estimate& operator-=(const Estimate& other) {
    mean -= other.mean;
    half_width += other.half_width;
    return *this;
  }
};

// The share that `some` is of `all`; zero of nothing.
Estimate ShareOf(const Estimate& some, const Estimate& all) {
  if (some.mean <= 0 || all.mean <= 0) return {0, all.mean > 0 ? some.half_width / all.mean : 0};
  const double share = some.mean / all.mean;
  return {share, some.half_width / all.mean + share * all.half_width / all.mean};
}

// The measures of one element, one after the other.
class Measuring {
 public:
  Measuring(const IntervalTable& table, ResultPart part, const std::string& id) : table_(table) {
    const bool has_path = part != ResultPart::kRun && !table.is_empty();
    if (has_path) prefix_ = fmt::format("{}[{}].", ToString(part), id);
  }

  std::vector<Measure> Take() { return std::move(measures_); }

  Estimate Of(std::string_view key, double value) const {
    if (table_.is_empty()) return {value, 0};
    const ReplicatedFigure* figure = table_.Find(prefix_ + std::string(key));
    return figure == nullptr ? Estimate{value, 0}
                             : Estimate{figure->mean, figure->half_width.value_or(0)};
  }
  Estimate Frames(std::string_view prefix, std::int64_t frames) const {
    return Of(fmt::format("{}frames", prefix), static_cast<double>(frames));
  }
  Estimate Drops(std::string_view list, const DropCounts& drops, bool but_as_scenario_says) const {
    Estimate sum;
    for (const auto& [reason, count] : drops) {
      if (but_as_scenario_says && IsAsScenarioSays(reason)) continue;
      sum += Frames(fmt::format("{}.{}.", list, reason), count.frames);
    }
    return sum;
  }

  // A figure of result.json.
  void Add(std::string_view key, FigureUnit unit, WorseWhen worse, double value,
           FigureScale scale = FigureScale::kRelative) {
    const Estimate estimate = Of(key, value);
    const bool is_whole = unit != FigureUnit::kShare && unit != FigureUnit::kNumber;
    Put({.figure = key, .unit = unit, .scale = scale, .worse = worse}, estimate,
        is_whole && estimate.mean == std::floor(estimate.mean));
  }
  void AddRate(std::string_view key, BitsPerSecond rate, WorseWhen worse = WorseWhen::kNeither) {
    Add(key, FigureUnit::kBitsPerSecond, worse, static_cast<double>(rate.count()));
  }
  void AddRate(std::string_view key, PacketsPerSecond rate) {
    Add(key, FigureUnit::kPacketsPerSecond, WorseWhen::kNeither, static_cast<double>(rate.count()));
  }
  template <class Quantity>
  void AddLimit(std::string_view key, FigureUnit unit, const std::optional<Quantity>& limit) {
    if (limit) return Add(key, unit, WorseWhen::kNeither, static_cast<double>(limit->count()));
    measures_.push_back({.figure = key, .unit = unit});
  }
  void AddMargin(const std::optional<double>& margin) {
    Measure measure{.figure = "margin",
                    .unit = FigureUnit::kShare,
                    .scale = FigureScale::kPoints,
                    .worse = WorseWhen::kLess,
                    .is_kept = true};
    if (margin) return Put(measure, Of("margin", *margin), false);
    measures_.push_back(measure);
  }
  void AddLoss(std::string_view figure, const Estimate& loss, bool is_kept = true) {
    Put({.figure = figure,
         .unit = FigureUnit::kShare,
         .scale = FigureScale::kLoss,
         .worse = WorseWhen::kMore,
         .is_kept = is_kept},
        loss, false);
  }
  void AddShare(std::string_view figure, WorseWhen worse, const Estimate& share) {
    Put({.figure = figure,
         .unit = FigureUnit::kShare,
         .scale = FigureScale::kPoints,
         .worse = worse},
        share, false);
  }
  void AddCoverage(std::string_view key, const std::optional<double>& share) {
    if (share) return AddShare(key, WorseWhen::kLess, Of(key, *share));
    measures_.push_back({.figure = key, .unit = FigureUnit::kShare, .scale = FigureScale::kPoints});
  }
  void AddWord(std::string_view key, const std::string& word) {
    measures_.push_back(
        {.figure = key, .unit = FigureUnit::kWord, .scale = FigureScale::kWord, .value = word});
  }
  // Of those that were timed, if any were.
  void AddDelay(std::string_view key, const DelayResult& delay, Picoseconds quantile) {
    if (delay.frames == 0) {
      measures_.push_back(
          {.figure = key, .unit = FigureUnit::kNanoseconds, .scale = FigureScale::kDelay});
      return;
    }
    Add(key, FigureUnit::kNanoseconds, WorseWhen::kMore,
        static_cast<double>(quantile.count()) / static_cast<double>(kPicosecondsPerNanosecond),
        FigureScale::kDelay);
  }

 private:
  void Put(Measure measure, const Estimate& estimate, bool is_whole) {
    measure.value =
        is_whole ? Figure(static_cast<std::int64_t>(estimate.mean)) : Figure(estimate.mean);
    measure.half_width = estimate.half_width;
    measures_.push_back(std::move(measure));
  }

  const IntervalTable& table_;
  std::string prefix_;  // of paths
  std::vector<Measure> measures_;
};

std::vector<Measure> RunMeasures(const RunResult& result, const IntervalTable& table) {
  Measuring run(table, ResultPart::kRun, "");
  run.AddLoss("production_loss", run.Of("production_loss", result.production_loss));
  run.AddLoss("mirror_loss", run.Of("mirror_loss", result.mirror_loss));
  run.AddMargin(result.margin);
  run.AddWord("margin_of", result.margin_of);
  run.AddRate("goodput.bps", result.delivered.bandwidth, WorseWhen::kLess);
  const DelayResult& production = result.production_delay;
  run.AddDelay("delay.production.p50_ns", production, production.p50);
  run.AddDelay("delay.production.p99_ns", production, production.p99);
  run.AddDelay("delay.production.p99_9_ns", production, production.p999);
  const DelayResult& copies = result.copy_delay;
  run.AddDelay("delay.copies.p50_ns", copies, copies.p50);
  run.AddDelay("delay.copies.p99_ns", copies, copies.p99);
  run.AddDelay("delay.copies.p99_9_ns", copies, copies.p999);
  const CoverageSummary coverage = result.coverage.value_or(CoverageSummary());
  run.AddCoverage("coverage.enis", coverage.covered());
  run.AddCoverage("coverage.bytes", coverage.seen);
  return run.Take();
}

std::vector<Measure> HostMeasures(const HostResult& host, const IntervalTable& table) {
  Measuring measures(table, ResultPart::kHosts, host.id);
  const bool both = host.limit_model == LimitModel::kCombined;
  const auto used = [both](auto in, auto out) { return both ? in + out : std::max(in, out); };
  measures.AddMargin(host.margin);
  measures.AddWord("type", host.type);
  measures.AddWord("limit_model", std::string(ToString(host.limit_model)));
  measures.AddLimit("limit_bps", FigureUnit::kBitsPerSecond, host.limit_bandwidth);
  measures.AddLimit("limit_pps", FigureUnit::kPacketsPerSecond, host.limit_packet_rate);
  measures.AddRate("used_bps", used(host.used_in.bandwidth, host.used_out.bandwidth));
  measures.AddRate("used_pps", used(host.used_in.packet_rate, host.used_out.packet_rate));
  measures.AddRate("copies_in_bps", host.copies_in.bandwidth);
  measures.AddRate("copies_out_bps", host.copies_out.bandwidth);
  measures.Add("cpu.cores_used", FigureUnit::kNumber, WorseWhen::kMore, host.cpu.cores_used);
  measures.Add("memory.peak_bytes", FigureUnit::kBytes, WorseWhen::kMore,
               static_cast<double>(host.memory_peak.count()));
  return measures.Take();
}

std::vector<Measure> EniMeasures(const EniResult& eni, const IntervalTable& table) {
  Measuring measures(table, ResultPart::kEnis, eni.id);
  Estimate produced = measures.Frames("offered_in_", eni.offered_in.frames);
  produced -= measures.Frames("copies_in_", eni.copies_in.frames);
  produced += measures.Frames("offered_out_", eni.offered_out.frames);
  measures.AddLoss("loss", ShareOf(measures.Drops("dropped", eni.dropped, true), produced));
  measures.AddRate("in_bps", eni.in.bandwidth);
  measures.AddRate("in_pps", eni.in.packet_rate);
  measures.AddRate("out_bps", eni.out.bandwidth);
  measures.AddRate("out_pps", eni.out.packet_rate);
  measures.AddRate("mirror_out_bps", eni.mirror_out.bandwidth);
  measures.AddRate("mirror_out_pps", eni.mirror_out.packet_rate);
  return measures.Take();
}

// Of copies that were decided on: in the source, or behind it.
std::vector<Measure> MirrorMeasures(const MirrorResult& mirror, const IntervalTable& table) {
  Measuring measures(table, ResultPart::kMirrors, mirror.id);
  Estimate lost;
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    lost += measures.Frames(fmt::format("dropped.{}.", ToString(static_cast<DropReason>(i))),
                            mirror.ledger.dropped[i].frames);
  }
  const Estimate mirrored = measures.Frames("mirrored_", mirror.ledger.mirrored.frames);
  const Estimate offered = measures.Frames("offered_", mirror.ledger.offered.frames);
  Estimate decided = mirrored;
  decided += lost;
  lost += measures.Drops("lost_after_source", mirror.lost_after_source, false);
  measures.AddLoss("loss", ShareOf(lost, decided));
  measures.AddShare("mirrored", WorseWhen::kNeither, ShareOf(mirrored, offered));
  return measures.Take();
}

std::vector<Measure> ReceiverMeasures(const ReceiverResult& receiver, const IntervalTable& table) {
  Measuring measures(table, ResultPart::kReceivers, receiver.id);
  const Estimate lost = measures.Drops("dropped", receiver.dropped, false);
  const Estimate digested = measures.Frames("digested_", receiver.digested.frames);
  Estimate fate_known = lost;
  fate_known += digested;
  measures.AddMargin(receiver.margin);
  measures.AddLoss("loss", ShareOf(lost, fate_known));
  measures.AddWord("profile", receiver.profile);
  measures.AddLimit("capacity_bps", FigureUnit::kBitsPerSecond, receiver.capacity_bandwidth);
  measures.AddLimit("capacity_pps", FigureUnit::kPacketsPerSecond, receiver.capacity_packet_rate);
  measures.AddRate("in_bps", receiver.in.bandwidth);
  measures.AddRate("in_pps", receiver.in.packet_rate);
  measures.AddShare(
      "duplicates", WorseWhen::kNeither,
      ShareOf(measures.Of("duplicate_frames", static_cast<double>(receiver.duplicate_frames)),
              measures.Frames("", receiver.in.frames)));
  return measures.Take();
}

std::vector<Measure> BalancerMeasures(const LoadBalancerResult& balancer,
                                      const IntervalTable& table) {
  Measuring measures(table, ResultPart::kLoadBalancers, balancer.id);
  measures.AddMargin(balancer.margin);
  measures.AddLoss("loss", ShareOf(measures.Drops("dropped", balancer.dropped, false),
                                   measures.Frames("in_", balancer.in.frames)));
  measures.AddLimit("zone_limit_bps", FigureUnit::kBitsPerSecond, balancer.limit_bandwidth);
  measures.AddRate("in_bps", balancer.in.bandwidth);
  measures.AddRate("in_pps", balancer.in.packet_rate);
  return measures.Take();
}

std::vector<Measure> TcpMeasures(const TcpResult& tcp, const IntervalTable& table) {
  Measuring measures(table, ResultPart::kTcp, tcp.id);
  measures.AddRate("goodput_bps", tcp.goodput, WorseWhen::kLess);
  measures.Add("failed_connections", FigureUnit::kCount, WorseWhen::kMore,
               static_cast<double>(tcp.failed));
  measures.AddLoss(
      "retransmitted",
      ShareOf(measures.Of("retransmitted_segments", static_cast<double>(tcp.retransmitted)),
              measures.Of("segments", static_cast<double>(tcp.segments))),
      false);
  measures.AddDelay("exchange.p50_ns", tcp.exchange, tcp.exchange.p50);
  measures.AddDelay("exchange.p99_ns", tcp.exchange, tcp.exchange.p99);
  return measures.Take();
}

// Of what might be instead: they are tried in the first run alone.
std::vector<Measure> DisciplineMeasures(const DisciplineResult& discipline, const IntervalTable&) {
  static const IntervalTable kNone(nullptr);
  Measuring measures(kNone, ResultPart::kDisciplines, discipline.value);
  measures.AddLoss("production_loss", {discipline.production.fraction(), 0}, false);
  measures.AddLoss("mirror_loss", {discipline.copies.fraction(), 0}, false);
  return measures.Take();
}

template <class Element>
MeasuredPart PartOf(const std::vector<Element>& elements, std::string Element::*id,
                    const IntervalTable& table,
                    std::vector<Measure> (*measure)(const Element&, const IntervalTable&)) {
  return {.size = elements.size(),
          .id = [&elements, id](std::size_t i) -> const std::string& { return elements[i].*id; },
          .measures = [&elements, &table,
                       measure](std::size_t i) { return measure(elements[i], table); }};
}

MeasuredPart WholeRun(const RunResult& result, const IntervalTable& table) {
  static const std::string kNoId;
  return {.size = 1,
          .id = [](std::size_t) -> const std::string& { return kNoId; },
          .measures = [&](std::size_t) { return RunMeasures(result, table); }};
}

}  // namespace

IntervalTable::IntervalTable(const Replications* of) : is_empty_(of == nullptr) {
  if (is_empty_) return;
  for (const ReplicatedFigure& figure : of->figures) by_path_.emplace(figure.path, &figure);
}

const ReplicatedFigure* IntervalTable::Find(const std::string& path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second;
}

MeasuredPart MeasuredPartOf(ResultPart part, const RunResult& result, const IntervalTable& table) {
  switch (part) {
    case ResultPart::kRun:
      break;
    case ResultPart::kHosts:
      return PartOf(result.hosts, &HostResult::id, table, HostMeasures);
    case ResultPart::kReceivers:
      return PartOf(result.receivers, &ReceiverResult::id, table, ReceiverMeasures);
    case ResultPart::kLoadBalancers:
      return PartOf(result.load_balancers, &LoadBalancerResult::id, table, BalancerMeasures);
    case ResultPart::kMirrors:
      return PartOf(result.mirrors, &MirrorResult::id, table, MirrorMeasures);
    case ResultPart::kEnis:
      return PartOf(result.enis, &EniResult::id, table, EniMeasures);
    case ResultPart::kTcp:
      return PartOf(result.tcp, &TcpResult::id, table, TcpMeasures);
    case ResultPart::kDisciplines:
      return PartOf(result.disciplines, &DisciplineResult::value, table, DisciplineMeasures);
  }
  return WholeRun(result, table);
}

}  // namespace vpcmirror
