#include "analysis/report/result_diff_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "analysis/report/assertions.h"
#include "analysis/report/figure_json.h"
#include "analysis/report/figure_text.h"
#include "analysis/report/verdict.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

Json SideJson(const std::string& file, const RunResult& result) {
  return {{"file", file},
          {"scenario", result.scenario_name},
          {"verdict", ToString(result.verdict)},
          {"because", result.because}};
}

Json ChangeJson(const FigureChange& change) {
  return {{"part", ToString(change.part)},
          {"id", TextOrNull(change.id)},
          {"figure", change.figure},
          {"unit", TextOrNull(ToString(change.unit))},
          {"before", FigureJson(change.before)},
          {"after", FigureJson(change.after)},
          {"sense", ToString(change.sense)},
          {"regression", change.is_regression},
          {"effect", change.effect}};
}

Json UnmatchedJson(const std::vector<Unmatched>& unmatched) {
  Json list = Json::array();
  for (const Unmatched& each : unmatched) {
    list.push_back({{"part", ToString(each.part)}, {"id", each.id}});
  }
  return list;
}

Json OutcomeJson(const std::optional<AssertionOutcome>& outcome) {
  return outcome ? Json(ToString(*outcome)) : Json(nullptr);
}

std::int64_t ChangesOf(const ResultDiff& diff, ChangeSense sense) {
  return std::count_if(diff.changes.begin(), diff.changes.end(),
                       [sense](const FigureChange& change) { return change.sense == sense; });
}

Json SummaryJson(const ResultDiff& diff) {
  return {{"regressions", diff.Regressions()},
          {"verdict_is_worse", diff.verdict_is_worse},
          {"worse", ChangesOf(diff, ChangeSense::kWorse)},
          {"better", ChangesOf(diff, ChangeSense::kBetter)},
          {"neither", ChangesOf(diff, ChangeSense::kNeither)},
          {"compared", diff.compared},
          {"within_noise", diff.within_noise},
          {"within_intervals", diff.within_intervals}};
}

}  // namespace

std::string ResultDiffJson(const ResultDiffReport& report) {
  const ResultDiff& diff = report.diff;
  Json json;
  json["schema"] = kResultDiffSchema;
  json["version"] = report.version;
  json["before"] = SideJson(report.before, *report.result_before);
  json["after"] = SideJson(report.after, *report.result_after);
  json["noise"] = diff.noise;
  json["summary"] = SummaryJson(diff);
  json["inputs"] = Json::array();
  for (const InputChange& each : diff.inputs) {
    json["inputs"].push_back({{"name", each.name},
                              {"before", TextOrNull(each.before)},
                              {"after", TextOrNull(each.after)}});
  }
  json["asserts"] = Json::array();
  for (const AssertionChange& each : diff.assertions) {
    json["asserts"].push_back({{"text", each.text},
                               {"before", OutcomeJson(each.before)},
                               {"after", OutcomeJson(each.after)},
                               {"regression", each.is_regression}});
  }
  json["changes"] = Json::array();
  for (const FigureChange& each : diff.changes) json["changes"].push_back(ChangeJson(each));
  json["appeared"] = UnmatchedJson(diff.appeared);
  json["gone"] = UnmatchedJson(diff.gone);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vpcmirror
