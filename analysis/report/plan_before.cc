#include "analysis/report/plan_before.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/report/plan_json.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

using PlanValue = nlohmann::json;

// Null where there is nothing of that kind.
PlanValue ValueAt(const PlanValue& document, const char* pointer) {
  const PlanValue::json_pointer at(pointer);
  return document.contains(at) ? document.at(at) : PlanValue();
}

std::optional<double> NumberAt(const PlanValue& document, const char* pointer) {
  const PlanValue value = ValueAt(document, pointer);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

// Searched loads are 1 % apart at most; other figures have more digits than they are told with.
constexpr double kSameLoad = 0.01;

std::string LoadText(const std::optional<double>& load) {
  return load ? GrowthText(*load) : std::string("not known");
}

std::string RateText(const std::optional<std::int64_t>& bps) {
  return bps ? BitRateText(BitsPerSecond(*bps)) : std::string("none");
}

bool IsSameLoad(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return a == b;
  return std::abs(*a - *b) <= kSameLoad * *a;
}

void AddIfOther(std::string_view what, const std::string& before, const std::string& now,
                std::vector<std::string>& changes) {
  if (before != now) changes.push_back(fmt::format("{} {} -> {}", what, before, now));
}

}  // namespace

std::optional<PlanBefore> ReadPlanBefore(std::string_view plan_json) {
  const PlanValue document = PlanValue::parse(plan_json, nullptr, false);
  if (!document.is_object() || ValueAt(document, "/schema") != kPlanSchema) return std::nullopt;
  const PlanValue verdict = ValueAt(document, "/verdict");
  if (!verdict.is_string()) return std::nullopt;
  PlanBefore before{.verdict = verdict.get<std::string>(),
                    .margin = NumberAt(document, "/margin"),
                    .lasts_until = NumberAt(document, "/headroom/without_loss/at")};
  if (const auto copies = NumberAt(document, "/sizing/copies_bps")) {
    before.copies_bps = std::llround(*copies);
  }
  const PlanValue totals = ValueAt(document, "/cost/totals");
  for (const auto& [currency, total] : totals.items()) {
    if (total.is_number()) before.totals[currency] = total.get<double>();
  }
  return before;
}

PlanBefore OutcomeOf(const Plan& plan) {
  PlanBefore outcome{.verdict = std::string(ToString(VerdictOf(plan))),
                     .margin = plan.result.margin,
                     .lasts_until = plan.headroom.without_loss.at(),
                     .totals = plan.cost.totals};
  if (plan.sizing) outcome.copies_bps = plan.sizing->demand.bandwidth.count();
  return outcome;
}

std::vector<std::string> ChangesSince(const PlanBefore& before, const Plan& plan) {
  const PlanBefore now = OutcomeOf(plan);
  std::vector<std::string> changes;
  AddIfOther("verdict", Printable(before.verdict), now.verdict, changes);
  AddIfOther("margin", MarginText(before.margin), MarginText(now.margin), changes);
  if (!IsSameLoad(before.lasts_until, now.lasts_until)) {
    AddIfOther("lasts until", LoadText(before.lasts_until), LoadText(now.lasts_until), changes);
  }
  AddIfOther("copies", RateText(before.copies_bps), RateText(now.copies_bps), changes);
  std::set<std::string> currencies;
  for (const auto* totals : {&before.totals, &now.totals}) {
    for (const auto& [currency, total] : *totals) currencies.insert(currency);
  }
  for (const std::string& currency : currencies) {
    const auto text = [&](const std::map<std::string, double>& totals) {
      const auto total = totals.find(currency);
      return MoneyText(total == totals.end() ? 0 : total->second, currency);
    };
    AddIfOther("cost a month", text(before.totals), text(now.totals), changes);
  }
  return changes;
}

}  // namespace vpcmirror
