#include "analysis/report/plan_json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/assumption_json.h"
#include "analysis/report/plan_log_report.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/verdict.h"

namespace vpcmirror {
namespace {

using PlanDocument = nlohmann::ordered_json;

template <class Item, class ToJson>
PlanDocument PlanList(const std::vector<Item>& items, ToJson to_json) {
  PlanDocument list = PlanDocument::array();
  for (const Item& item : items) list.push_back(to_json(item));
  return list;
}

PlanDocument PlanNumber(const std::optional<double>& number) {
  return number ? PlanDocument(*number) : PlanDocument(nullptr);
}

// The folder that it lies in is nobody else's.
std::string WithoutFolder(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

PlanDocument BracketJson(const std::optional<LoadBracket>& bracket) {
  if (!bracket) return nullptr;
  return {{"at", PlanNumber(bracket->at())},
          {"holds", bracket->holds},
          {"breaks",
           std::isfinite(bracket->breaks) ? PlanDocument(bracket->breaks) : PlanDocument(nullptr)}};
}

std::string_view CapacityKey(std::string_view limit) {
  if (limit == "cpu") return "capacity_vcpus";
  return limit.starts_with("bandwidth") ? "capacity_bps" : "capacity_pps";
}

PlanDocument BottleneckJson(const Bottleneck& each) {
  return {{"kind", ToString(each.part.kind)},
          {"name", each.part.name},
          {"members", each.use.members},
          {"tightest", each.use.tightest_member},
          {"limit", each.use.limit},
          {std::string(CapacityKey(each.use.limit)), each.use.capacity},
          {"workers", each.use.workers},
          {"margin", each.use.margin},
          {"breaks", BracketJson(each.breaks)}};
}

PlanDocument FramesLost(const Loss& loss) {
  return {{"lost_frames", loss.lost}, {"of_frames", loss.of}, {"share", loss.fraction()}};
}

PlanDocument PlaceJson(const LossPlace& place) {
  return {{"what", ToString(place.what)},
          {"reason", place.reason},
          {"provider", place.provider},
          {"lost_frames", place.lost.frames},
          {"lost_bytes", place.lost.bytes.count()},
          {"lost_bps", place.bandwidth.count()},
          {"lost_pps", place.packet_rate.count()},
          {"counters", place.counters},
          {"source", place.counters.empty() ? PlanDocument(nullptr) : PlanDocument(place.source)}};
}

PlanDocument LossesJson(const std::optional<LossesAtLoad>& losses) {
  if (!losses) return nullptr;
  return {{"load", losses->load},
          {"production", FramesLost(losses->production)},
          {"copies", FramesLost(losses->copies)},
          {"congestion", losses->congestion},
          {"rests_on", losses->rests_on},
          {"places", PlanList(losses->places, PlaceJson)}};
}

PlanDocument OutlineJson(const Outline& outline) {
  return {{"verdict", ToString(outline.verdict)},
          {"because", outline.because},
          {"margin", PlanNumber(outline.margin)},
          {"margin_of", outline.margin ? PlanDocument(outline.margin_of) : PlanDocument(nullptr)},
          {"production", FramesLost(outline.production)},
          {"copies", FramesLost(outline.copies)},
          {"copies_bps", outline.copies_wanted.count()}};
}

PlanDocument SensitivityJson(const Sensitivity& each) {
  return {{"subject", each.subject},
          {"value", each.value},
          {"flips", each.flips},
          {"effect", each.effect},
          {"then", OutlineJson(each.outline)}};
}

PlanDocument SavingJson(const Saving& each) {
  return {{"kind", ToString(each.lever.kind)},
          {"mirror", each.lever.mirror_id},
          {"port", each.lever.kind == LeverKind::kPortOnly ? PlanDocument(each.lever.port)
                                                           : PlanDocument(nullptr)},
          {"saved_bps", each.saved.count()},
          {"then", OutlineJson(each.outline)}};
}

PlanDocument ObstacleJson(const Obstacle& each) {
  return {{"code", each.code},
          {"of", each.subject},
          {"refused", each.is_refused},
          {"message", each.message}};
}

PlanDocument WhatIfJson(const WhatIf& each) {
  return {{"change", each.change},
          {"verdict", ToString(WithObstacles(each.outline.verdict, each.obstacles))},
          {"obstacles", PlanList(each.obstacles, ObstacleJson)},
          {"then", OutlineJson(each.outline)},
          {"without_loss", BracketJson(each.without_loss)}};
}

PlanDocument OutageJson(const Outage& each) {
  return {{"kind", ToString(each.kind)},
          {"name", each.name},
          {"receivers", each.receivers},
          {"sources_lost", each.sources_lost},
          {"blind", each.blind},
          {"partly_blind", each.partly_blind},
          {"share_unseen", each.share_unseen},
          {"then", each.then ? OutlineJson(*each.then) : PlanDocument(nullptr)},
          {"tightest_receiver",
           each.receiver_margin ? PlanDocument(each.tightest_receiver) : PlanDocument(nullptr)},
          {"receiver_margin", PlanNumber(each.receiver_margin)}};
}

template <class Whole>
PlanDocument WholeOrNull(const std::optional<Whole>& number) {
  return number ? PlanDocument(*number) : PlanDocument(nullptr);
}

PlanDocument SizeJson(const FleetSize& size) {
  return {{"type", size.type},
          {"vcpus", size.vcpus},
          {"fewest", WholeOrNull(size.fewest)},
          {"most", WholeOrNull(size.most)},
          {"needs", PlanList(size.needs, [](const FleetNeed& need) {
             return PlanDocument{{"pace", need.pace},
                                 {"receivers", WholeOrNull(need.receivers)},
                                 {"limit", ToString(need.limit)}};
           })}};
}

PlanDocument CheapestJson(const CheapestFleet& fleet) {
  return {{"pace", fleet.pace},
          {"receivers", fleet.receivers},
          {"cost", fleet.cost},
          {"exact", fleet.is_exact},
          {"most_receivers",
           fleet.most_receivers > 0 ? PlanDocument(fleet.most_receivers) : PlanDocument(nullptr)},
          {"why_not", fleet.why_not.empty() ? PlanDocument(nullptr) : PlanDocument(fleet.why_not)},
          {"parts", PlanList(fleet.parts, [](const FleetPart& part) {
             return PlanDocument{{"type", part.type}, {"receivers", part.receivers}};
           })}};
}

PlanDocument SizingJson(const std::optional<Sizing>& sizing) {
  if (!sizing) return nullptr;
  return {{"provider", sizing->provider},
          {"profiles", sizing->profiles},
          {"most_used", sizing->most_used},
          {"copies_bps", sizing->demand.bandwidth.count()},
          {"copies_pps", sizing->demand.packet_rate.count()},
          {"largest_flow_bps", sizing->demand.largest_flow.count()},
          {"largest_flow_pps", sizing->demand.largest_flow_packets.count()},
          {"largest_source_bps", sizing->demand.largest_source.count()},
          {"largest_source_pps", sizing->demand.largest_source_packets.count()},
          {"sources", sizing->demand.sources},
          {"source_bps", sizing->demand.source_bandwidth.count()},
          {"cost_unit", sizing->fleet.currency.empty() ? "vcpus" : sizing->fleet.currency},
          {"sizes", PlanList(sizing->fleet.sizes, SizeJson)},
          {"cheapest", PlanList(sizing->fleet.cheapest, CheapestJson)},
          {"cheapest_with_spare", PlanList(sizing->with_spare, CheapestJson)},
          {"fewest", PlanList(sizing->fleet.fewest, CheapestJson)},
          {"fewest_with_spare", PlanList(sizing->fewest_with_spare, CheapestJson)},
          {"notes", SizingNotes(*sizing)}};
}

PlanDocument CostLineJson(const CostLine& line) {
  return {{"item", ToString(line.item)},
          {"provider", line.provider},
          {"of", line.of},
          {"count", line.count},
          {"month_units", line.month_units},
          {"price", line.price ? PlanDocument(line.price->amount) : PlanDocument(nullptr)},
          {"currency", line.price ? PlanDocument(line.price->currency) : PlanDocument(nullptr)},
          {"price_source", line.price ? PlanDocument(line.price->source) : PlanDocument(nullptr)},
          {"price_as_of", line.price ? PlanDocument(line.price->as_of) : PlanDocument(nullptr)},
          {"amount", line.amount},
          {"free_now", line.is_free_now},
          {"note", line.note}};
}

PlanDocument CostJson(const MonthlyCost& cost) {
  PlanDocument json = {{"lines", PlanList(cost.lines, CostLineJson)},
                       {"totals", PlanDocument::object()},
                       {"due", PlanDocument::object()},
                       {"complete", cost.is_complete},
                       {"assumptions", cost.assumptions}};
  for (const auto& [currency, total] : cost.totals) json["totals"][currency] = total;
  for (const auto& [currency, due] : cost.due) json["due"][currency] = due;
  return json;
}

PlanDocument BudgetJson(const Plan& plan) {
  if (!plan.budget) return nullptr;
  const CopyBudget& budget = *plan.budget;
  return {{"copies_bps",
           budget.bandwidth ? PlanDocument(budget.bandwidth->count()) : PlanDocument(nullptr)},
          {"copies_pps",
           budget.packet_rate ? PlanDocument(budget.packet_rate->count()) : PlanDocument(nullptr)},
          {"sources", WholeOrNull(budget.sources)},
          {"source_bps", budget.source_bandwidth ? PlanDocument(budget.source_bandwidth->count())
                                                 : PlanDocument(nullptr)},
          {"choices", PlanList(plan.choices, [](const BudgetChoice& each) {
             return PlanDocument{{"lever", each.lever ? PlanDocument(ToString(*each.lever))
                                                      : PlanDocument(nullptr)},
                                 {"kept", each.kept},
                                 {"copies_bps", each.copies.count()},
                                 {"copies_pps", each.copies_packet_rate.count()},
                                 {"sources_before", each.sources_before},
                                 {"sources", each.sources}};
           })}};
}

PlanDocument BeforeJson(const std::optional<PlanBefore>& before) {
  if (!before) return nullptr;
  PlanDocument totals = PlanDocument::object();
  for (const auto& [currency, total] : before->totals) totals[currency] = total;
  return {{"verdict", before->verdict},
          {"margin", PlanNumber(before->margin)},
          {"lasts_until", PlanNumber(before->lasts_until)},
          {"copies_bps", WholeOrNull(before->copies_bps)},
          {"totals", std::move(totals)}};
}

PlanDocument ScenarioJson(const RunResult& result) {
  return {{"name", result.scenario_name},
          {"description", result.scenario_description},
          {"file", WithoutFolder(result.scenario_file)},
          {"sha256", result.scenario_sha256}};
}

PlanDocument HeadroomJson(const Headroom& headroom) {
  return {{"fits", BracketJson(headroom.fits)},
          {"without_loss", BracketJson(headroom.without_loss)}};
}

// The verdict with what stands in the way, and without.
void AddVerdict(const RunResult& result, const std::vector<Obstacle>& obstacles,
                PlanDocument& json) {
  json["verdict"] = ToString(WithObstacles(result.verdict, obstacles));
  json["because"] = obstacles.empty() ? result.because : ObstacleWords(obstacles);
  json["obstacles"] = PlanList(obstacles, ObstacleJson);
  json["by_traffic"] = {{"verdict", ToString(result.verdict)}, {"because", result.because}};
}

PlanDocument OneOfSeveralJson(const OneOfSeveral& each) {
  const RunResult& result = each.result;
  PlanDocument json;
  json["scenario"] = ScenarioJson(result);
  AddVerdict(result, each.obstacles, json);
  json["margin"] = PlanNumber(result.margin);
  json["margin_of"] = result.margin ? PlanDocument(result.margin_of) : PlanDocument(nullptr);
  json["production"] = FramesLost(result.production);
  json["copies"] = FramesLost(result.copies);
  json["copies_bps"] = each.demand.bandwidth.count();
  json["copies_pps"] = each.demand.packet_rate.count();
  json["sends_nothing"] = SendsNothing(result);
  json["headroom"] = HeadroomJson(each.headroom);
  return json;
}

std::string Written(const PlanDocument& json) {
  return json.dump(2, ' ', false, PlanDocument::error_handler_t::replace) + "\n";
}

}  // namespace

std::string SeveralJson(const std::vector<OneOfSeveral>& planned,
                        const std::vector<SharedFleet>& fleets) {
  PlanDocument json;
  json["schema"] = kFleetSchema;
  json["scenarios"] = PlanList(planned, OneOfSeveralJson);
  json["fleets"] = PlanList(fleets, [](const SharedFleet& each) {
    return PlanDocument{{"scenarios", each.scenarios}, {"sizing", SizingJson(each.sizing)}};
  });
  return Written(json);
}

std::string PlanJson(const Plan& plan, const std::optional<PlanBefore>& before) {
  const RunResult& result = plan.result;
  PlanDocument json;
  json["schema"] = kPlanSchema;
  json["scenario"] = ScenarioJson(result);
  json["engine"] = result.engine;
  json["seed"] = result.seed;
  json["duration_ns"] = result.duration.count() / kPicosecondsPerNanosecond;
  json["load_lasts"] = plan.load_lasts;
  json["runs"] = plan.runs;
  json["log"] = LogJson(plan.log, OutlineJson);
  AddVerdict(result, plan.obstacles, json);
  json["holds"] = result.holds.empty() ? PlanDocument(nullptr) : PlanDocument(result.holds);
  json["margin"] = PlanNumber(result.margin);
  json["margin_of"] = result.margin ? PlanDocument(result.margin_of) : PlanDocument(nullptr);
  json["margin_goal"] = result.margin_goal;
  json["production"] = FramesLost(result.production);
  json["copies"] = FramesLost(result.copies);
  json["bottlenecks"] = PlanList(plan.bottlenecks, BottleneckJson);
  json["sends_nothing"] = SendsNothing(result);
  json["headroom"] = HeadroomJson(plan.headroom);
  json["first_losses"] = LossesJson(plan.first_losses);
  json["sensitivity"] = PlanList(plan.sensitivity, SensitivityJson);
  json["savings"] = PlanList(plan.savings, SavingJson);
  json["what_ifs"] = PlanList(plan.what_ifs, WhatIfJson);
  json["outages"] = PlanList(plan.outages, OutageJson);
  json["sizing"] = SizingJson(plan.sizing);
  json["budget"] = BudgetJson(plan);
  json["cost"] = CostJson(plan.cost);
  json["before"] = BeforeJson(before);
  json["unscaled_workloads"] = plan.unscaled;
  json["notes"] = result.notes;
  json["assumptions"] = PlanList(result.assumptions, AssumptionJson);
  return Written(json);
}

}  // namespace vpcmirror
