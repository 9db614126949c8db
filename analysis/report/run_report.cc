#include "analysis/report/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "analysis/report/grounds.h"
#include "analysis/report/limit_bars.h"
#include "analysis/report/member_groups.h"
#include "analysis/report/mirroring_cost.h"
#include "analysis/report/rerun_command.h"
#include "analysis/report/run_parts.h"
#include "analysis/report/usage.h"
#include "analysis/report/values.h"
#include "analysis/report/verdict.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kShownBottlenecks = 3;

// What holds a limit, and how full the tightest of its limits is.
struct Holder {
  std::string id;
  std::string kind;  // alike ones share it
  double used = 0;
  std::string of;  // "packet rate, 1.5 Mpps"
};

std::string HostLimitText(const HostResult& host) {
  const std::string name = LimitName(host.tightest);
  if (host.tightest == "cpu") {
    return fmt::format("{:g} {}", host.cpu.cores_limit.value_or(0), name);
  }
  const bool is_rate = host.tightest.starts_with("packet_rate");
  return fmt::format("{}, {}{}", name,
                     is_rate ? PacketRateText(host.limit_packet_rate.value_or(PacketsPerSecond(0)))
                             : BitRateText(host.limit_bandwidth.value_or(BitsPerSecond(0))),
                     host.limit_model == LimitModel::kCombined ? " in and out" : "");
}

std::string ReceiverLimitText(const ReceiverResult& receiver) {
  const bool is_rate = receiver.tightest == "packet_rate";
  const std::string whole =
      is_rate ? PacketRateText(receiver.capacity_packet_rate.value_or(PacketsPerSecond(0)))
              : BitRateText(receiver.capacity_bandwidth.value_or(BitsPerSecond(0)));
  const int workers = receiver.workers ? receiver.workers->count : 1;
  return fmt::format("software {}, {}{}", receiver.profile, whole,
                     workers > 1 ? fmt::format(", the busiest of {} workers", workers) : "");
}

std::vector<Holder> HoldersOf(const RunResult& result) {
  std::vector<Holder> holders;
  for (const HostResult& host : result.hosts) {
    if (!host.margin) continue;
    holders.push_back({host.id, "host " + host.type, 1 - *host.margin, HostLimitText(host)});
  }
  for (const ReceiverResult& receiver : result.receivers) {
    if (!receiver.margin) continue;
    holders.push_back({receiver.id, "receiver " + receiver.profile, 1 - *receiver.margin,
                       ReceiverLimitText(receiver)});
  }
  for (const LoadBalancerResult& balancer : result.load_balancers) {
    if (!balancer.margin) continue;
    holders.push_back(
        {balancer.id, "load balancer", 1 - *balancer.margin,
         fmt::format("bandwidth, {} a zone",
                     BitRateText(balancer.limit_bandwidth.value_or(BitsPerSecond(0))))});
  }
  return holders;
}

// Of alike ones, the fullest speaks for all.
Bars BottlenecksOf(const RunResult& result) {
  const std::vector<Holder> holders = HoldersOf(result);
  std::vector<Member> members;
  for (const Holder& holder : holders) members.push_back({holder.id, holder.kind});
  Bars bars = LimitBars(result.margin_goal);
  for (const MemberGroup& group : GroupMembers(members)) {
    const Holder* fullest = &holders[group.members.front()];
    for (const std::size_t member : group.members) {
      if (holders[member].used > fullest->used) fullest = &holders[member];
    }
    const std::size_t alike = group.members.size();
    bars.bars.push_back({.label = fullest->id,
                         .detail = alike == 1
                                       ? fullest->of
                                       : fmt::format("{}; the fullest of {}", fullest->of, alike),
                         .to = fullest->used,
                         .text = PercentText(fullest->used) + " used",
                         .tone = value::ToneOfUse(fullest->used, result.margin_goal)});
  }
  std::stable_sort(bars.bars.begin(), bars.bars.end(),
                   [](const Bar& a, const Bar& b) { return a.to > b.to; });
  if (bars.bars.size() > kShownBottlenecks) bars.bars.resize(kShownBottlenecks);
  return bars;
}

// vCPUs of the hosts that copies leave: with the mirror, and less what copies cost the guest.
struct SourceCores {
  double with = 0;
  double without = 0;
};

SourceCores CoresOfSources(const RunResult& result) {
  SourceCores cores;
  for (const HostResult& host : result.hosts) {
    const OperationUse& clone = host.cpu.operations[static_cast<std::size_t>(CpuOperation::kClone)];
    if (clone.cores == 0) continue;
    cores.with += host.cpu.cores_used;
    cores.without += host.cpu.cores_used - (clone.payer == Payer::kGuest ? clone.cores : 0);
  }
  return cores;
}

std::string EngineWords(const RunResult& result) {
  return result.engine == "packet"
             ? "Counted, packet by packet, unless it says otherwise."
             : fmt::format("Reckoned by the {} engine, unless it says otherwise.", result.engine);
}

template <class Rate>
std::string MoreWords(Rate with, Rate without) {
  if (without.count() == 0) return "";
  const double factor = static_cast<double>(with.count()) / static_cast<double>(without.count());
  return factor >= 1.0005 ? fmt::format("x{:.3g}", factor) : "none";
}

void AddEgress(const RunResult& result, Report& report) {
  const MirroringCost cost = MirroringCostOf(result);
  if (cost.sources == 0) {
    report.remarks.push_back(
        {"No copy left any ENI: mirroring costs nothing here, and sees nothing.", Tone::kWarning});
    return;
  }
  const std::string of = cost.sources == 1 ? "the source" : fmt::format("{} sources", cost.sources);
  const BitsPerSecond with = cost.copies.bandwidth + cost.production.bandwidth;
  const PacketsPerSecond with_packets = cost.copies.packet_rate + cost.production.packet_rate;
  // Where production was lost, or gave way, nobody knows what would have left without the mirror.
  const bool known = cost.is_whole() && !cost.reacts;
  report.headlines.push_back(
      {.key = "egress_bps",
       .title = "Egress of " + of,
       .with = value::Rate(with),
       .without = known ? std::optional(value::Rate(cost.production.bandwidth)) : std::nullopt,
       .difference = known ? MoreWords(with, cost.production.bandwidth) : "",
       .rests_on = EgressGrounds(result)});
  report.headlines.push_back(
      {.key = "egress_pps",
       .title = "Packets out of " + of,
       .with = value::Rate(with_packets),
       .without = known ? std::optional(value::Rate(cost.production.packet_rate)) : std::nullopt,
       .difference = known ? MoreWords(with_packets, cost.production.packet_rate) : "",
       .rests_on = EgressGrounds(result)});
}

void AddCores(const RunResult& result, Report& report) {
  const SourceCores cores = CoresOfSources(result);
  if (cores.with == 0) return;
  const bool reacts = !result.tcp.empty();  // its flows would send more without copies
  report.headlines.push_back(
      {.key = "source_cpu_cores",
       .title = "vCPUs of the sources",
       .with = value::Cores(cores.with),
       .without = reacts ? std::nullopt : std::optional(value::Cores(cores.without)),
       .difference =
           reacts ? "" : fmt::format("+{}", SignificantText(cores.with - cores.without, 3)),
       .rests_on = CoreGrounds(result)});
}

void AddProduction(const RunResult& result, Report& report) {
  const ProductionResult* without = result.baseline ? &result.baseline->production : nullptr;
  const auto other = [&](auto value) {
    return without ? std::optional<Value>(value(*without)) : std::nullopt;
  };
  report.headlines.push_back(
      {.key = "production_loss",
       .title = "Production lost",
       .with = value::LossShare(result.production),
       .without = other([](const ProductionResult& all) { return value::LossShare(all.loss); }),
       .rests_on = ProductionLossGrounds(result)});
  if (result.production_delay.frames > 0) {
    report.headlines.push_back(
        {.key = "production_delay_p99_ns",
         .title = "Delay of production, 99 %",
         .with = value::Delay(result.production_delay.p99),
         .without = other([](const ProductionResult& all) { return value::Delay(all.delay.p99); }),
         .rests_on = ProductionLossGrounds(result)});
  }
}

void AddCopies(const RunResult& result, Report& report) {
  report.headlines.push_back(
      {.key = "mirror_loss",
       .title = "Copies lost",
       .with = result.copies.of == 0 ? value::Words("no copies") : value::LossShare(result.copies),
       .rests_on = CopyLossGrounds(result)});
  if (result.coverage && result.coverage->seen) {
    report.headlines.push_back({.key = "coverage_share",
                                .title = "Traffic that a mirror sees",
                                .with = value::Share(*result.coverage->seen),
                                .rests_on = CoverageGrounds(result)});
  }
  std::size_t software = 0;
  for (const ReceiverResult& receiver : result.receivers) software += receiver.margin ? 1 : 0;
  if (software > 0) {
    report.headlines.push_back(
        {.key = "receivers",
         .title = "Receivers in the scenario",
         .with = {fmt::format("{}", result.receivers.size()),
                  static_cast<double>(result.receivers.size())},
         .rests_on = "yours: the scenario; vpcmirror plan says how many are needed"});
  }
}

void AddRemarks(const RunResult& result, Report& report) {
  if (!result.complete) {
    report.remarks.push_back(
        {fmt::format("Stopped {}after {} of {}: this is what was seen until then.",
                     result.stopped_by.empty() ? "" : fmt::format("by {} ", result.stopped_by),
                     TimeText(result.duration), TimeText(result.planned_duration)),
         Tone::kWarning});
  }
  if (result.replications && result.replications->runs > 1) {
    std::string counts;
    for (const auto& [verdict, runs] : result.replications->verdicts) {
      counts += fmt::format("{}{} in {}", counts.empty() ? "" : ", ", ToString(verdict), runs);
    }
    report.remarks.push_back(
        {fmt::format("Of {} runs: {}. Below is the first.", result.replications->runs, counts),
         result.replications->verdicts.size() > 1 ? Tone::kWarning : Tone::kPlain});
  }
  if (!result.spans.empty()) {
    report.remarks.push_back(
        {"Tables give means of the whole run, also where limits changed. The verdict and the "
         "margins "
         "are of the busiest stretch between two events of the timeline."});
  }
  for (const std::string& note : result.notes) report.remarks.push_back({note, Tone::kWarning});
}

// In the order of the terminal's text.
void AddSections(const RunResult& result, Report& report) {
  AddSection(report, AssertionTable(result));
  Diagram copies = CopiesDiagram(result);
  if (!copies.bands.empty()) {
    Section section{.key = "copies", .title = "Where the copies go"};
    section.blocks.push_back(std::move(copies));
    report.sections.push_back(std::move(section));
  }
  if (result.replications) AddSection(report, ReplicationTable(result));
  AddSection(report, DelayTable(result));
  AddSection(report, DisciplineTable(result));
  AddSection(report, TcpTable(result));
  if (std::vector<ReportPart> charts = SeriesCharts(result); !charts.empty()) {
    report.sections.push_back({"series", "From moment to moment", std::move(charts)});
  }
  AddSection(report, TimelineTable(result));
  AddSection(report, HostTable(result));
  AddSection(report, EniTable(result));
  AddSection(report, MirrorTable(result));
  AddSection(report, LossTable(result));
  AddSection(report, ReceiverTable(result));
  AddSection(report, LoadBalancerTable(result));
  AddSection(report, AssumptionTable(result.assumptions));
}

}  // namespace

Report ReportOfRun(const RunResult& result) {
  Report report{.kind = "Run",
                .title = result.scenario_name,
                .description = result.scenario_description,
                .verdict = std::string(ToString(result.verdict)),
                .tone = value::ToneOfVerdict(result.verdict),
                .because = result.because + (result.holds.empty() ? "" : "; " + result.holds)};
  AddRemarks(result, report);
  Bars bottlenecks = BottlenecksOf(result);
  if (!bottlenecks.bars.empty()) report.bottlenecks = std::move(bottlenecks);
  report.figures_rest_on = EngineWords(result);
  AddEgress(result, report);
  AddProduction(result, report);
  AddCopies(result, report);
  AddCores(result, report);
  AddSections(result, report);
  report.provenance = {{"vpcmirror", result.version},
                       {"Engine", result.engine},
                       {"Scenario", result.scenario_file},
                       {"SHA-256", result.scenario_sha256},
                       {"Seed", fmt::format("{}", result.seed)},
                       {"Simulated", TimeText(result.duration)}};
  report.command = RerunCommand("run", result);
  return report;
}

}  // namespace vpcmirror
