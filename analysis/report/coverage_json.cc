#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "analysis/report/coverage_report.h"
#include "analysis/report/coverage_summary_json.h"
#include "analysis/report/csv_text.h"
#include "analysis/report/result_parts.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> MirrorIds(const ValidScenario& scenario, const EniCoverage& row) {
  std::vector<std::string> ids;
  for (const std::size_t each : row.mirrors) {
    ids.push_back(scenario.mirrors[each].mirror->settings().id);
  }
  return ids;
}

Json RowJson(const ValidScenario& scenario, const EniCoverage& row) {
  const Eni& eni = scenario.deployment->enis[row.eni];
  Json json = {{"id", eni.id},
               {"host", scenario.deployment->cvms[eni.cvm].id},
               {"subnet", scenario.deployment->subnets[eni.subnet].id},
               {"receiver", row.is_receiver},
               {"covered", row.is_covered},
               {"because", row.because ? Json(ToString(*row.because)) : Json(nullptr)},
               {"mirrors", MirrorIds(scenario, row)},
               {"passing_bytes", row.bytes},
               {"seen_bytes", row.seen},
               {"unseen_bytes", Json::object()}};
  for (std::size_t i = 0; i < kUnseenReasons; ++i) {
    if (row.unseen[i] == 0) continue;
    json["unseen_bytes"][std::string(ToString(static_cast<Unseen>(i)))] = row.unseen[i];
  }
  return json;
}

Json NeverMirroredJson(const ProviderProfile& provider) {
  Json names = Json::array();
  for (const NeverMirrored& each : provider.never_mirrored) {
    if (std::find(names.begin(), names.end(), each.name) == names.end()) {
      names.push_back(each.name);
    }
  }
  Json documents = Json::array();
  for (const DocumentSource& source : provider.sources) {
    const auto& sections = source.sections;
    if (std::find(sections.begin(), sections.end(), "never_mirrored") != sections.end()) {
      documents.push_back(source.where);
    }
  }
  return {{"provider", provider.name},
          {"as_of", provider.as_of},
          {"names", std::move(names)},
          {"documents", std::move(documents)}};
}

Json LogJson(const FlowLogTally& log) {
  return {{"file", log.file},
          {"records", log.records},
          {"observed", log.observed},
          {"rejected", log.rejected},
          {"no_data", log.no_data},
          {"skipped", log.skipped},
          {"unknown", log.unknown},
          {"unknown_interfaces", log.unknown_interfaces},
          {"elsewhere", log.elsewhere},
          {"bad_lines", log.bad_lines},
          {"told_lines", log.told_lines}};
}

}  // namespace

std::string CoverageJson(const CoverageReport& report) {
  const ValidScenario& scenario = *report.scenario;
  Json json = {{"schema", kCoverageSchema},
               {"version", report.version},
               {"file", report.file},
               {"basis", report.coverage.is_steady ? "steady" : "flow_log"},
               {"left_out", report.coverage.left_out},
               {"coverage", CoverageSummaryJson(SummaryOf(report.coverage))}};
  json["never_mirrored"] = Json::array();
  for (const ProviderProfile& each : scenario.providers) {
    json["never_mirrored"].push_back(NeverMirroredJson(each));
  }
  json["flow_logs"] = Json::array();
  for (const FlowLogTally& each : report.logs) json["flow_logs"].push_back(LogJson(each));
  json["asserts"] = Json::array();
  for (const AssertionResult& each : report.asserts) json["asserts"].push_back(AssertionJson(each));
  json["enis"] = Json::array();
  for (const EniCoverage& row : report.coverage.enis) {
    json["enis"].push_back(RowJson(scenario, row));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string CoverageCsv(const CoverageReport& report) {
  const ValidScenario& scenario = *report.scenario;
  std::string out = "eni,host,subnet,receiver,covered,because,mirrors,passing_bytes,seen_bytes";
  for (std::size_t i = 0; i < kUnseenReasons; ++i) {
    out += fmt::format(",unseen_{}_bytes", ToString(static_cast<Unseen>(i)));
  }
  out += '\n';
  for (const EniCoverage& row : report.coverage.enis) {
    const Eni& eni = scenario.deployment->enis[row.eni];
    out += fmt::format("{},{},{},{},{},{},{},{},{}", CsvCell(eni.id),
                       CsvCell(scenario.deployment->cvms[eni.cvm].id),
                       CsvCell(scenario.deployment->subnets[eni.subnet].id), row.is_receiver,
                       row.is_covered, row.because ? ToString(*row.because) : "",
                       CsvCell(fmt::format("{}", fmt::join(MirrorIds(scenario, row), " "))),
                       row.bytes, row.seen);
    for (const double bytes : row.unseen) out += fmt::format(",{}", bytes);
    out += '\n';
  }
  return out;
}

}  // namespace vpcmirror
