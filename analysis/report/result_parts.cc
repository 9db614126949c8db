#include "analysis/report/result_parts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "analysis/report/assertions.h"
#include "analysis/report/assumption_json.h"
#include "analysis/report/coverage_summary_json.h"
#include "analysis/report/figure_json.h"
#include "analysis/report/figure_text.h"
#include "analysis/report/result_json.h"
#include "analysis/report/usage.h"
#include "analysis/report/verdict.h"
#include "models/capacity/delay_histogram.h"
#include "models/capacity/worker_rings.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

template <class Unit>
Json Number(const std::optional<Quantity<Unit>>& value) {
  return value ? Json(value->count()) : Json(nullptr);
}

Json Number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// The folder that a scenario was read from is not part of what was run.
std::string FileName(const std::string& file) { return file.substr(file.find_last_of('/') + 1); }

// `prefix` is "" or ends with "_".
void PutRates(Json& json, const std::string& prefix, const Load& load) {
  json[prefix + "bps"] = load.bandwidth.count();
  json[prefix + "pps"] = load.packet_rate.count();
}

void PutCount(Json& json, const std::string& prefix, const Count& count) {
  json[prefix + "frames"] = count.frames;
  json[prefix + "bytes"] = count.bytes.count();
}

void PutLoad(Json& json, const std::string& prefix, const Load& load) {
  PutRates(json, prefix, load);
  PutCount(json, prefix, {load.frames, load.bytes});
}

template <class Subject>
void PutMarginSpan(Json& json, const Subject& subject) {
  const auto put = [&](const char* key, Picoseconds at) {
    json[key] = subject.margin ? Json(at.count() / kPicosecondsPerNanosecond) : Json(nullptr);
  };
  put("margin_from_ns", subject.margin_span.start);
  put("margin_to_ns", subject.margin_span.end);
}

Json CountJson(const Count& count) {
  Json json;
  PutCount(json, "", count);
  return json;
}

Json DropsJson(const DropCounts& drops) {
  Json json = Json::object();
  for (const auto& [reason, count] : drops) json[reason] = CountJson(count);
  return json;
}

template <class Reason, std::size_t size>
Json ReasonsJson(const std::array<Count, size>& counts, std::size_t first) {
  Json json = Json::object();
  for (std::size_t i = first; i < size; ++i) {
    json[std::string(ToString(static_cast<Reason>(i)))] = CountJson(counts[i]);
  }
  return json;
}

Json CpuJson(const CpuUse& cpu) {
  Json operations;
  double cores_host = 0;
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    const OperationUse& use = cpu.operations[i];
    operations[std::string(ToString(static_cast<CpuOperation>(i)))] = {
        {"cores", use.cores}, {"payer", ToString(use.payer)}};
    if (use.payer == Payer::kHost) cores_host += use.cores;
  }
  return {{"cores_used", cpu.cores_used}, {"cores_limit", Number(cpu.cores_limit)},
          {"cores_host", cores_host},     {"table", cpu.table},
          {"poll_mode", cpu.poll_mode},   {"operations", std::move(operations)}};
}

Json HostJson(const HostResult& host) {
  Json json;
  json["id"] = host.id;
  json["type"] = host.type;
  json["limit_model"] = ToString(host.limit_model);
  json["limit_bps"] = Number(host.limit_bandwidth);
  json["used_bps"] =
      UsageOf(host.limit_model, host.used_in.bandwidth, host.used_out.bandwidth).rate.count();
  json["limit_pps"] = Number(host.limit_packet_rate);
  json["used_pps"] =
      UsageOf(host.limit_model, host.used_in.packet_rate, host.used_out.packet_rate).rate.count();
  PutRates(json, "used_in_", host.used_in);
  PutRates(json, "used_out_", host.used_out);
  PutRates(json, "copies_in_", host.copies_in);
  PutRates(json, "copies_out_", host.copies_out);
  json["margin"] = Number(host.margin);
  PutMarginSpan(json, host);
  json["tightest"] = host.tightest.empty() ? Json(nullptr) : Json(host.tightest);
  json["crossover_bytes"] = Number(host.crossover);
  json["cpu"] = CpuJson(host.cpu);
  json["memory"] = {{"peak_bytes", host.memory_peak.count()}};
  return json;
}

Json EniJson(const EniResult& eni) {
  Json json;
  json["id"] = eni.id;
  json["host"] = eni.host;
  json["ip"] = ToString(eni.address);
  json["vpc"] = eni.vpc;
  json["subnet"] = eni.subnet;
  json["zone"] = eni.zone;
  PutLoad(json, "in_", eni.in);
  PutLoad(json, "out_", eni.out);
  PutLoad(json, "mirror_out_", eni.mirror_out);
  json["offered_bps"] = (eni.offered_in.bandwidth + eni.offered_out.bandwidth).count();
  json["offered_pps"] = (eni.offered_in.packet_rate + eni.offered_out.packet_rate).count();
  PutLoad(json, "offered_in_", eni.offered_in);
  PutLoad(json, "copies_in_", eni.copies_in);
  PutLoad(json, "offered_out_", eni.offered_out);
  json["dropped"] = DropsJson(eni.dropped);
  return json;
}

// Share of a worker's part of the capacity, by whichever figure asks for more.
std::optional<double> UsedShare(const ReceiverResult& receiver, const Load& of_worker) {
  std::optional<double> used;
  const auto consider = [&](const auto& rate, const auto& capacity) {
    const auto limit = WorkerShare(capacity, receiver.workers->count);
    if (!limit) return;
    const double share = static_cast<double>(rate.count()) / static_cast<double>(limit->count());
    used = std::max(used.value_or(share), share);
  };
  consider(of_worker.bandwidth, receiver.capacity_bandwidth);
  consider(of_worker.packet_rate, receiver.capacity_packet_rate);
  return used;
}

Json WorkersJson(const ReceiverResult& receiver) {
  if (!receiver.workers) return nullptr;
  const WorkersUse& workers = *receiver.workers;
  Json json;
  json["count"] = workers.count;
  PutRates(json, "busiest_in_", workers.busiest);
  PutRates(json, "mean_in_", workers.mean);
  json["busiest_used"] = Number(UsedShare(receiver, workers.busiest));
  json["mean_used"] = Number(UsedShare(receiver, workers.mean));
  json["ring_peak_bytes"] = workers.ring_peak.count();
  json["ring_limit_bytes"] = Number(workers.ring_limit);
  return json;
}

Json ReceiverJson(const ReceiverResult& receiver) {
  Json json;
  json["ip"] = ToString(receiver.address);
  json["id"] = receiver.id;
  json["host"] = receiver.host;
  json["profile"] = receiver.profile;
  PutRates(json, "in_", receiver.in);
  PutCount(json, "", {receiver.in.frames, receiver.in.bytes});
  json["capacity_bps"] = Number(receiver.capacity_bandwidth);
  json["capacity_pps"] = Number(receiver.capacity_packet_rate);
  json["workers"] = WorkersJson(receiver);
  json["margin"] = Number(receiver.margin);
  PutMarginSpan(json, receiver);
  json["tightest"] = receiver.tightest.empty() ? Json(nullptr) : Json(receiver.tightest);
  PutLoad(json, "digested_", receiver.digested);
  json["queued_at_end_frames"] = receiver.queued_at_end;
  json["duplicate_frames"] = receiver.duplicate_frames;
  json["duplicate_bytes"] = receiver.duplicate_bytes.count();
  json["dropped"] = DropsJson(receiver.dropped);
  return json;
}

Json LoadBalancerJson(const LoadBalancerResult& balancer) {
  Json json;
  json["id"] = balancer.id;
  json["kind"] = balancer.kind;
  json["title"] = balancer.title;
  json["ip"] = ToString(balancer.address);
  PutLoad(json, "in_", balancer.in);
  json["zone_limit_bps"] = Number(balancer.limit_bandwidth);
  json["margin"] = Number(balancer.margin);
  PutMarginSpan(json, balancer);
  json["tightest"] = balancer.tightest.empty() ? Json(nullptr) : Json(balancer.tightest);
  json["zones"] = Json::array();
  for (const LoadBalancerZoneResult& zone : balancer.zones) {
    Json& each = json["zones"].emplace_back();
    each["zone"] = zone.zone;
    PutLoad(each, "in_", zone.in);
  }
  json["backends"] = Json::array();
  for (const BackendResult& backend : balancer.backends) {
    Json& each = json["backends"].emplace_back();
    each["id"] = backend.id;
    each["host"] = backend.host;
    each["zone"] = backend.zone;
    each["healthy"] = backend.healthy;
    PutLoad(each, "out_", backend.out);
  }
  json["queued_at_end_frames"] = balancer.queued_at_end;
  json["may_be_reordered_frames"] = balancer.may_be_reordered;
  json["dropped"] = DropsJson(balancer.dropped);
  return json;
}

Json ReplicatedJson(const std::optional<ReplicatedAssertion>& replicated) {
  if (!replicated) return nullptr;
  return {{"runs", replicated->runs},
          {"held", replicated->held},
          {"mean", Number(replicated->mean)},
          {"half_width", Number(replicated->half_width)}};
}

Json LossJson(const Loss& loss) { return {{"lost_frames", loss.lost}, {"of_frames", loss.of}}; }

// Whole nanoseconds stay whole; picoseconds are the decimals, up to 37 minutes: of more, they
// do not all survive in a double of nanoseconds and back.
Json Nanoseconds(Picoseconds time) {
  constexpr std::int64_t kExact = std::int64_t{1} << 51;
  const std::int64_t ps = time.count();
  const bool has_decimals = -kExact < ps && ps < kExact && ps % kPicosecondsPerNanosecond != 0;
  if (!has_decimals) return ps / kPicosecondsPerNanosecond;
  return static_cast<double>(ps) / static_cast<double>(kPicosecondsPerNanosecond);
}

// Where none were timed there is no time, and not one of 0.
Json DelayJson(const DelayResult& delay) {
  const auto time = [&](Picoseconds each) {
    return delay.frames == 0 ? Json(nullptr) : Nanoseconds(each);
  };
  return {{"frames", delay.frames},       {"mean_ns", time(delay.mean)},
          {"p50_ns", time(delay.p50)},    {"p99_ns", time(delay.p99)},
          {"p99_9_ns", time(delay.p999)}, {"p99_99_ns", time(delay.p9999)},
          {"max_ns", time(delay.largest)}};
}

Json ProductionJson(const Loss& loss, const Load& delivered, const DelayResult& delay) {
  Json json = LossJson(loss);
  json["loss"] = loss.fraction();
  PutLoad(json, "delivered_", delivered);
  json["delay"] = DelayJson(delay);
  return json;
}

// What the mirror adds to each of the numbers: negative where there is less of it.
Json CostJson(const RunResult& with, const BaselineResult& without) {
  const DelayResult& now = with.production_delay;
  const DelayResult& before = without.production.delay;
  const auto added = [&](Picoseconds DelayResult::*time) {
    const bool is_known = now.frames > 0 && before.frames > 0;
    return is_known ? Nanoseconds(now.*time - before.*time) : Json(nullptr);
  };
  return {{"lost_frames", with.production.lost - without.production.loss.lost},
          {"loss", with.production.fraction() - without.production.loss.fraction()},
          {"delivered_bps",
           (with.delivered.bandwidth - without.production.delivered.bandwidth).count()},
          {"p50_ns", added(&DelayResult::p50)},
          {"p99_ns", added(&DelayResult::p99)},
          {"p99_9_ns", added(&DelayResult::p999)}};
}

Json SlowdownJson(const TcpResult& with, const TcpResult& without) {
  return {{"id", with.id},
          {"without_bps", without.goodput.count()},
          {"with_bps", with.goodput.count()},
          {"difference_bps", (with.goodput - without.goodput).count()}};
}

Json BaselineJson(const RunResult& result) {
  if (!result.baseline) return nullptr;
  const ProductionResult& production = result.baseline->production;
  Json json;
  PutCount(json, "produced_", result.baseline->produced);
  json["without"] = ProductionJson(production.loss, production.delivered, production.delay);
  json["with"] = ProductionJson(result.production, result.delivered, result.production_delay);
  json["difference"] = CostJson(result, *result.baseline);
  json["tcp"] = Json::array();
  for (std::size_t i = 0; i < result.tcp.size(); ++i) {
    json["tcp"].push_back(SlowdownJson(result.tcp[i], result.baseline->tcp.at(i)));
  }
  return json;
}

Json DisciplineJson(const DisciplineResult& discipline) {
  return {{"congestion", discipline.value},
          {"production", LossJson(discipline.production)},
          {"copies", LossJson(discipline.copies)},
          {"production_loss", discipline.production.fraction()},
          {"mirror_loss", discipline.copies.fraction()},
          {"verdict", ToString(discipline.verdict)}};
}

Json TimelineJson(const TimelineAction& action) {
  const auto& refusal = action.refusal;
  return {{"at_ns", Nanoseconds(action.at)},
          {"what", action.what},
          {"subject", action.subject},
          {"detail", TextOrNull(action.detail)},
          {"outcome", refusal ? "refused" : "done"},
          {"code", refusal ? TextOrNull(refusal->code) : Json(nullptr)},
          {"message", refusal ? TextOrNull(refusal->message) : Json(nullptr)}};
}

Json TcpJson(const TcpResult& tcp) {
  return {{"id", tcp.id},
          {"variant", tcp.variant},
          {"flows", tcp.flows},
          {"connections", tcp.connections},
          {"failed_connections", tcp.failed},
          {"without_port", tcp.without_port},
          {"delivered_bytes", tcp.delivered.count()},
          {"goodput_bps", tcp.goodput.count()},
          {"segments", tcp.segments},
          {"retransmitted_segments", tcp.retransmitted},
          {"exchange", DelayJson(tcp.exchange)}};
}

template <class Items, class ToJson>
Json ListJson(const Items& items, ToJson to_json) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

// Figures that were always zero are left out.
Json SeriesObjectJson(const SeriesObject& object) {
  Json figures = Json::object();
  for (const SeriesColumn& column : ColumnsOf(object)) {
    Json& values = figures[std::string(column.name)] = Json::array();
    for (const double value : column.values) {
      // A count is a whole number.
      const bool is_whole = column.unit != kCores;
      values.push_back(is_whole ? Json(static_cast<std::int64_t>(value)) : Json(value));
    }
  }
  return {{"kind", ToString(object.kind)},
          {"id", object.id},
          {"first_bin", object.first_bin},
          {"figures", std::move(figures)},
          {"dropped_frames", object.dropped}};
}

Json ReplicatedFigureJson(const ReplicatedFigure& figure) {
  return {{"path", figure.path},
          {"mean", figure.mean},
          {"half_width", Number(figure.half_width)},
          {"smallest", figure.smallest},
          {"largest", figure.largest}};
}

Json ReplicationsJson(const std::optional<Replications>& replications) {
  if (!replications) return nullptr;
  Json verdicts = Json::object();
  for (const auto& [verdict, runs] : replications->verdicts) verdicts[ToString(verdict)] = runs;
  return {{"runs", replications->runs},
          {"confidence", replications->confidence},
          {"verdicts", std::move(verdicts)},
          {"figures", Json::array()}};
}

Json SeriesJson(const std::optional<Series>& series) {
  if (!series) return nullptr;
  return {{"bin_ns", series->bin.count() / kPicosecondsPerNanosecond},
          {"bins", series->bins},
          {"objects", Json::array()}};
}

// `id` is the member that names an item.
template <class Item, class ToJson>
ResultList ListOf(std::string_view parent, std::string_view key, const std::vector<Item>& items,
                  std::string Item::*id, ToJson to_json) {
  return {.parent = parent,
          .key = key,
          .size = items.size(),
          .id = [&items, id](std::size_t i) -> const std::string& { return items[i].*id; },
          .element = [&items, to_json](std::size_t i) { return to_json(items[i]); }};
}

}  // namespace

nlohmann::ordered_json MirrorJson(const MirrorResult& mirror) {
  const Ledger& ledger = mirror.ledger;
  Json json;
  json["id"] = mirror.id;
  json["sources"] = mirror.sources;
  json["receivers"] = mirror.receivers;
  PutCount(json, "offered_", ledger.offered);
  PutCount(json, "rejected_", ledger.TotalRejected());
  json["rejected"] = ReasonsJson<Refusal>(ledger.rejected, 1);  // 0 is kNone
  PutCount(json, "mirrored_", ledger.mirrored);
  PutCount(json, "queued_at_end_", ledger.queued_at_end);
  json["dropped"] = ReasonsJson<DropReason>(ledger.dropped, 0);
  json["wire_datagrams"] = ledger.wire_datagrams;
  json["wire_bytes"] = ledger.wire_bytes.count();
  json["truncated_frames"] = ledger.truncated.frames;
  json["truncated_away_bytes"] = ledger.truncated_away.count();
  json["lost_after_source"] = DropsJson(mirror.lost_after_source);
  return json;
}

nlohmann::ordered_json AssertionJson(const AssertionResult& assertion) {
  return {{"text", assertion.text},
          {"value", FigureJson(assertion.value)},
          {"bound", FigureJson(assertion.bound)},
          {"unit", TextOrNull(ToString(assertion.unit))},
          {"of", TextOrNull(assertion.of)},
          {"held", assertion.held},
          {"outcome", ToString(OutcomeOf(assertion))},
          {"replicated", ReplicatedJson(assertion.replicated)}};
}

nlohmann::ordered_json ResultHead(const RunResult& result) {
  Json json;
  json["schema"] = kResultSchema;
  json["version"] = result.version;
  json["scenario"] = {{"name", result.scenario_name},
                      {"description", result.scenario_description},
                      {"file", FileName(result.scenario_file)},
                      {"sha256", result.scenario_sha256},
                      {"changes", result.scenario_changes}};
  json["engine"] = result.engine;
  json["seed"] = result.seed;
  json["duration_ns"] = result.duration.count() / kPicosecondsPerNanosecond;
  json["planned_duration_ns"] = result.planned_duration.count() / kPicosecondsPerNanosecond;
  json["warm_up_ns"] = result.warm_up.count() / kPicosecondsPerNanosecond;
  json["complete"] = result.complete;
  json["stopped_by"] = result.stopped_by.empty() ? Json(nullptr) : Json(result.stopped_by);
  json["events"] = result.events;
  json["verdict"] = ToString(result.verdict);
  json["because"] = result.because;
  json["holds"] = result.holds.empty() ? Json(nullptr) : Json(result.holds);
  json["mirror_loss"] = result.mirror_loss;
  json["production_loss"] = result.production_loss;
  json["margin"] = Number(result.margin);
  json["margin_of"] = result.margin ? Json(result.margin_of) : Json(nullptr);
  json["margin_goal"] = result.margin_goal;
  json["copies"] = LossJson(result.copies);
  json["production"] = LossJson(result.production);
  PutLoad(json["goodput"], "", result.delivered);
  json["delay"] = {{"production", DelayJson(result.production_delay)},
                   {"copies", DelayJson(result.copy_delay)},
                   {"relative_error", kDelayError}};
  json["baseline"] = BaselineJson(result);
  json["replications"] = ReplicationsJson(result.replications);
  json["coverage"] = result.coverage ? CoverageSummaryJson(*result.coverage) : Json(nullptr);
  json["disciplines"] = ListJson(result.disciplines, DisciplineJson);
  json["hosts"] = Json::array();
  json["enis"] = Json::array();
  json["mirrors"] = Json::array();
  json["receivers"] = Json::array();
  json["load_balancers"] = Json::array();
  json["tcp"] = Json::array();
  json["timeline"] = ListJson(result.timeline, TimelineJson);
  json["series"] = SeriesJson(result.series);
  json["notes"] = result.notes;
  json["assumptions"] = ListJson(result.assumptions, AssumptionJson);
  json["asserts"] = ListJson(result.assertions, AssertionJson);
  return json;
}

std::vector<ResultList> ResultLists(const RunResult& result) {
  std::vector<ResultList> lists = {
      ListOf("", "hosts", result.hosts, &HostResult::id, HostJson),
      ListOf("", "enis", result.enis, &EniResult::id, EniJson),
      ListOf("", "mirrors", result.mirrors, &MirrorResult::id, MirrorJson),
      ListOf("", "receivers", result.receivers, &ReceiverResult::id, ReceiverJson),
      ListOf("", "load_balancers", result.load_balancers, &LoadBalancerResult::id,
             LoadBalancerJson),
      ListOf("", "tcp", result.tcp, &TcpResult::id, TcpJson)};
  if (result.replications) {
    lists.push_back(ListOf("replications", "figures", result.replications->figures,
                           &ReplicatedFigure::path, ReplicatedFigureJson));
  }
  if (result.series) {
    lists.push_back(
        ListOf("series", "objects", result.series->objects, &SeriesObject::id, SeriesObjectJson));
  }
  return lists;
}

}  // namespace vpcmirror
