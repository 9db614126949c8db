#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "analysis/report/assertions.h"
#include "analysis/report/member_groups.h"
#include "analysis/report/run_parts.h"
#include "analysis/report/usage.h"
#include "analysis/report/values.h"
#include "analysis/report/verdict.h"
#include "models/mirror/refusal.h"

namespace vpcmirror {
namespace {

Tone ToneOf(const AssertionOutcome outcome) {
  switch (outcome) {
    case AssertionOutcome::kMet:
      return Tone::kGood;
    case AssertionOutcome::kMissed:
      return Tone::kBad;
    case AssertionOutcome::kUndecided:
      break;
  }
  return Tone::kWarning;
}

// Numbers of TotalFrames, marked where there are any.
Value LostFrames(std::int64_t frames) {
  Value value = value::Whole(frames);
  if (frames > 0) value.tone = Tone::kBad;
  return value;
}

std::string LimitWords(LimitModel model) {
  return model == LimitModel::kCombined ? "combined" : "per-direction";
}

}  // namespace

Table HostTable(const RunResult& result) {
  Table table{.key = "hosts",
              .title = "Hosts",
              .caption =
                  "What is wanted of each machine's limits, whether it was lost or not; "
                  "means over the run.",
              .columns = {{"host", "Host", Role::kId},
                          {"type", "Type", Role::kWords},
                          {"tightest", "Tightest", Role::kWords},
                          {"used_share", "Used of it"},
                          {"used_in_bps", "In"},
                          {"used_out_bps", "Out"},
                          {"copies_out_bps", "Copies out"},
                          {"limit_bps", "Limit"},
                          {"limited", "Limit is of", Role::kWords},
                          {"used_in_pps", "Packets in"},
                          {"used_out_pps", "Packets out"},
                          {"limit_pps", "Packet limit"},
                          {"cpu_cores", "vCPUs busy"},
                          {"cpu_limit_cores", "vCPUs"},
                          {"memory_peak_bytes", "Waited at most"}}};
  for (const HostResult& host : result.hosts) {
    const auto& cores = host.cpu.cores_limit;
    table.rows.push_back(
        {value::Words(host.id), value::Words(host.type.empty() ? "-" : host.type),
         value::Words(host.tightest.empty() ? "-" : LimitName(host.tightest)),
         value::Used(host.margin, result.margin_goal), value::Rate(host.used_in.bandwidth),
         value::Rate(host.used_out.bandwidth), value::Rate(host.copies_out.bandwidth),
         value::Limit(host.limit_bandwidth), value::Words(LimitWords(host.limit_model)),
         value::Rate(host.used_in.packet_rate), value::Rate(host.used_out.packet_rate),
         value::Limit(host.limit_packet_rate), value::Cores(host.cpu.cores_used),
         cores ? value::Cores(*cores) : value::Words("-"), value::Size(host.memory_peak)});
  }
  return table;
}

Table EniTable(const RunResult& result) {
  Table table{.key = "enis",
              .title = "ENIs",
              .caption = "What each was offered and what passed it.",
              .columns = {{"eni", "ENI", Role::kId},
                          {"host", "Host", Role::kWords},
                          {"ip", "Address", Role::kWords},
                          {"offered_in_bps", "Offered in"},
                          {"in_bps", "Passed in"},
                          {"offered_out_bps", "Offered out"},
                          {"out_bps", "Passed out"},
                          {"mirror_out_bps", "Copies out"},
                          {"in_pps", "Packets in"},
                          {"out_pps", "Packets out"},
                          {"mirror_out_pps", "Copies out, packets"},
                          {"dropped_frames", "Production lost"}}};
  for (const EniResult& eni : result.enis) {
    std::int64_t lost = 0;
    for (const auto& [reason, count] : eni.dropped) {
      if (!IsAsScenarioSays(reason)) lost += count.frames;
    }
    table.rows.push_back({value::Words(eni.id), value::Words(eni.host),
                          value::Words(ToString(eni.address)),
                          value::Rate(eni.offered_in.bandwidth), value::Rate(eni.in.bandwidth),
                          value::Rate(eni.offered_out.bandwidth), value::Rate(eni.out.bandwidth),
                          value::Rate(eni.mirror_out.bandwidth), value::Rate(eni.in.packet_rate),
                          value::Rate(eni.out.packet_rate), value::Rate(eni.mirror_out.packet_rate),
                          LostFrames(lost)});
  }
  return table;
}

Table ReceiverTable(const RunResult& result) {
  Table table{.key = "receivers",
              .title = "Receivers",
              .caption = "Copies that came, and what the software took of them.",
              .columns = {{"receiver", "Receiver", Role::kId},
                          {"profile", "Software", Role::kWords},
                          {"in_bps", "Arrived"},
                          {"digested_bps", "Digested"},
                          {"capacity_bps", "Capacity"},
                          {"in_pps", "Arrived, packets"},
                          {"digested_pps", "Digested, packets"},
                          {"capacity_pps", "Capacity, packets"},
                          {"workers", "Workers"},
                          {"used_share", "Busiest worker used"},
                          {"dropped_frames", "Lost"},
                          {"duplicate_frames", "Seen twice"}}};
  for (const ReceiverResult& receiver : result.receivers) {
    table.rows.push_back(
        {value::Words(receiver.id), value::Words(receiver.profile.empty() ? "-" : receiver.profile),
         value::Rate(receiver.in.bandwidth), value::Rate(receiver.digested.bandwidth),
         value::Limit(receiver.capacity_bandwidth), value::Rate(receiver.in.packet_rate),
         value::Rate(receiver.digested.packet_rate), value::Limit(receiver.capacity_packet_rate),
         value::Whole(receiver.workers ? receiver.workers->count : 1),
         value::Used(receiver.margin, result.margin_goal),
         LostFrames(TotalFrames(receiver.dropped)), value::Whole(receiver.duplicate_frames)});
  }
  return table;
}

Table LoadBalancerTable(const RunResult& result) {
  Table table{.key = "load_balancers",
              .title = "Load balancers",
              .caption = "What came in at each zone, and what each backend was passed.",
              .columns = {{"load_balancer", "Load balancer", Role::kId},
                          {"part", "Part", Role::kId},
                          {"in_bps", "Copies"},
                          {"in_pps", "Packets"},
                          {"limit_bps", "Limit"}}};
  for (const LoadBalancerResult& balancer : result.load_balancers) {
    for (const LoadBalancerZoneResult& zone : balancer.zones) {
      table.rows.push_back({value::Words(balancer.id),
                            value::Words(zone.zone.empty() ? "in" : "in at zone " + zone.zone),
                            value::Rate(zone.in.bandwidth), value::Rate(zone.in.packet_rate),
                            value::Limit(balancer.limit_bandwidth)});
    }
    for (const BackendResult& backend : balancer.backends) {
      table.rows.push_back(
          {value::Words(balancer.id),
           value::Words(fmt::format("to {}{}", backend.id, backend.healthy ? "" : " (unhealthy)")),
           value::Rate(backend.out.bandwidth), value::Rate(backend.out.packet_rate),
           value::Words("-")});
    }
  }
  return table;
}

Table MirrorTable(const RunResult& result) {
  Table table{.key = "mirrors",
              .title = "Where the bytes went",
              .caption =
                  "Of what passed the sources: what each mirror refused, lost, sent, and "
                  "what arrived. Shares are of frames.",
              .columns = {{"mirror", "Mirror", Role::kId},
                          {"from", "From", Role::kWords},
                          {"to", "To", Role::kWords},
                          {"offered_frames", "Offered"},
                          {"offered_bytes", "Offered, bytes"},
                          {"rejected_frames", "Not copied"},
                          {"dropped_frames", "Lost at the source"},
                          {"mirrored_frames", "Mirrored"},
                          {"lost_after_source_frames", "Lost later"},
                          {"delivered_share", "Delivered of copies"},
                          {"wire_bytes", "On the wire"},
                          {"truncated_frames", "Cut short"}}};
  for (const MirrorResult& mirror : result.mirrors) {
    const Ledger& ledger = mirror.ledger;
    std::int64_t rejected = 0;
    for (const Count& count : ledger.rejected) rejected += count.frames;
    std::int64_t dropped = 0;
    for (const Count& count : ledger.dropped) dropped += count.frames;
    const std::int64_t later = TotalFrames(mirror.lost_after_source);
    const Loss lost{dropped + later, ledger.mirrored.frames + dropped};
    Value delivered = lost.of == 0 ? value::Words("-") : value::Share(1 - lost.fraction());
    if (lost.lost > 0) delivered.tone = Tone::kBad;
    table.rows.push_back(
        {value::Words(mirror.id), value::Words(GroupedNames(mirror.sources)),
         value::Words(GroupedNames(mirror.receivers)), value::Whole(ledger.offered.frames),
         value::Size(ledger.offered.bytes), value::Whole(rejected), LostFrames(dropped),
         value::Whole(ledger.mirrored.frames), LostFrames(later), std::move(delivered),
         value::Size(ledger.wire_bytes), value::Whole(ledger.truncated.frames)});
  }
  return table;
}

namespace {

void AddLosses(Table& table, const std::string& what, const std::string& where,
               const DropCounts& drops, std::int64_t of) {
  for (const auto& [reason, count] : drops) {
    if (count.frames == 0) continue;
    table.rows.push_back({value::Words(what), value::Words(where), value::Words(reason),
                          value::Whole(count.frames), value::Size(count.bytes),
                          value::Share(Loss{count.frames, of}.fraction())});
  }
}

}  // namespace

Table LossTable(const RunResult& result) {
  Table table{
      .key = "losses",
      .title = "Lost, by cause",
      .caption =
          "Shares are of the frames that were offered there, those that no filter takes included.",
      .columns = {{"what", "What", Role::kId},
                  {"where", "Where", Role::kId},
                  {"reason", "Cause", Role::kId},
                  {"frames", "Frames"},
                  {"bytes", "Bytes"},
                  {"share", "Share"}}};
  for (const EniResult& eni : result.enis) {
    AddLosses(table, "production", eni.id, eni.dropped,
              eni.offered_in.frames - eni.copies_in.frames + eni.offered_out.frames);
  }
  for (const MirrorResult& mirror : result.mirrors) {
    DropCounts drops = mirror.lost_after_source;
    for (std::size_t i = 0; i < mirror.ledger.dropped.size(); ++i) {
      drops[std::string(ToString(static_cast<DropReason>(i)))] += mirror.ledger.dropped[i];
    }
    AddLosses(table, "copies", mirror.id, drops, mirror.ledger.offered.frames);
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const auto& a, const auto& b) {
    return a[3].number.value_or(0) > b[3].number.value_or(0);
  });
  return table;
}

Table DelayTable(const RunResult& result) {
  Table table{.key = "delay",
              .title = "Delay",
              .caption = "How long frames took that were delivered.",
              .columns = {{"of", "Of", Role::kId},
                          {"frames", "Frames"},
                          {"mean_ns", "Mean"},
                          {"p50_ns", "Median"},
                          {"p99_ns", "99 %"},
                          {"p99_9_ns", "99.9 %"},
                          {"p99_99_ns", "99.99 %"},
                          {"max_ns", "Longest"}}};
  const auto add = [&](const std::string& of, const DelayResult& delay) {
    if (delay.frames == 0) return;
    table.rows.push_back({value::Words(of), value::Whole(delay.frames), value::Delay(delay.mean),
                          value::Delay(delay.p50), value::Delay(delay.p99),
                          value::Delay(delay.p999), value::Delay(delay.p9999),
                          value::Delay(delay.largest)});
  };
  add("production", result.production_delay);
  if (result.baseline) add("production without the mirror", result.baseline->production.delay);
  add("copies", result.copy_delay);
  return table;
}

Table TcpTable(const RunResult& result) {
  Table table{.key = "tcp",
              .title = "TCP flows",
              .caption = "What the connections of each workload got.",
              .columns = {{"workload", "Workload", Role::kId},
                          {"variant", "Variant", Role::kWords},
                          {"flows", "Flows"},
                          {"goodput_bps", "Goodput"},
                          {"retransmitted_share", "Sent again"},
                          {"failed", "Failed"},
                          {"exchange_p50_ns", "Exchange, median"},
                          {"exchange_p99_ns", "Exchange, 99 %"}}};
  for (const TcpResult& tcp : result.tcp) {
    const bool exchanged = tcp.exchange.frames > 0;
    table.rows.push_back(
        {value::Words(tcp.id), value::Words(tcp.variant), value::Whole(tcp.flows),
         value::Rate(tcp.goodput), value::Share(Loss{tcp.retransmitted, tcp.segments}.fraction()),
         value::Whole(tcp.failed), exchanged ? value::Delay(tcp.exchange.p50) : value::Words("-"),
         exchanged ? value::Delay(tcp.exchange.p99) : value::Words("-")});
  }
  return table;
}

Table TimelineTable(const RunResult& result) {
  Table table{.key = "timeline",
              .title = "Timeline",
              .caption = "What came to pass, in order.",
              .columns = {{"at", "At", Role::kId},
                          {"what", "What", Role::kId},
                          {"subject", "Of", Role::kId},
                          {"detail", "Detail", Role::kWords},
                          {"refused", "Refused", Role::kWords}}};
  for (const TimelineAction& action : result.timeline) {
    std::string refused;
    if (action.refusal) {
      refused = action.refusal->code.empty()
                    ? action.refusal->message
                    : action.refusal->code + ": " + action.refusal->message;
    }
    table.rows.push_back({value::Delay(action.at), value::Words(action.what),
                          value::Words(action.subject), value::Words(action.detail),
                          value::Words(refused, refused.empty() ? Tone::kPlain : Tone::kWarning)});
  }
  return table;
}

Table AssertionTable(const RunResult& result) {
  Table table{.key = "assertions",
              .title = "Assertions",
              .columns = {{"assertion", "Assertion", Role::kId},
                          {"outcome", "Outcome", Role::kWords},
                          {"value", "It is", Role::kWords}}};
  for (const AssertionResult& assertion : result.assertions) {
    const AssertionOutcome outcome = OutcomeOf(assertion);
    table.rows.push_back({value::Words(assertion.text),
                          value::Words(std::string(ToString(outcome)), ToneOf(outcome)),
                          value::Words(OutcomeText(assertion))});
  }
  return table;
}

Table AssumptionTable(const std::vector<Assumption>& assumptions) {
  Table table{.key = "assumptions",
              .title = "Assumptions and sources",
              .caption = "What the figures rest on where no measurement of yours says otherwise.",
              .columns = {{"assumption", "Assumption", Role::kId},
                          {"value", "Value", Role::kId},
                          {"whose", "Whose", Role::kWords},
                          {"meaning", "What it means", Role::kWords},
                          {"source", "Rests on", Role::kWords}}};
  for (const Assumption& assumption : assumptions) {
    table.rows.push_back({value::Words(assumption.name), value::Words(assumption.value),
                          value::Words(assumption.overridden ? "yours" : "default"),
                          value::Words(assumption.text), value::Words(assumption.source)});
  }
  return table;
}

Table ReplicationTable(const RunResult& result) {
  const Replications& all = *result.replications;
  Table table{.key = "replications",
              .title = fmt::format("{} runs", all.runs),
              .caption = fmt::format("Means over runs on random streams of their own, with the "
                                     "half of their {} intervals.",
                                     PercentText(all.confidence)),
              .columns = {{"figure", "Figure", Role::kId},
                          {"mean", "Mean", Role::kWords},
                          {"half_width", "Plus or minus", Role::kWords},
                          {"smallest", "Smallest", Role::kWords},
                          {"largest", "Largest", Role::kWords}}};
  const auto number = [](double value) { return Value{SignificantText(value, 5), value}; };
  for (const ReplicatedFigure& figure : all.figures) {
    table.rows.push_back({value::Words(figure.path), number(figure.mean),
                          figure.half_width ? number(*figure.half_width) : value::Words("-"),
                          number(figure.smallest), number(figure.largest)});
  }
  return table;
}

Table DisciplineTable(const RunResult& result) {
  Table table{.key = "disciplines",
              .title = "Who is served first when a limit is full",
              .caption = "No document says which; the same scenario run under each.",
              .columns = {{"congestion", "Discipline", Role::kId},
                          {"verdict", "Verdict", Role::kWords},
                          {"production_loss", "Production lost"},
                          {"mirror_loss", "Copies lost"}}};
  for (const DisciplineResult& discipline : result.disciplines) {
    table.rows.push_back(
        {value::Words(discipline.value), value::Words(std::string(ToString(discipline.verdict))),
         value::LossShare(discipline.production), value::LossShare(discipline.copies)});
  }
  return table;
}

}  // namespace vpcmirror
