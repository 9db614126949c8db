#include "analysis/report/findings_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "analysis/check/rule.h"
#include "analysis/report/figure_json.h"
#include "analysis/report/flow_json.h"
#include "analysis/report/paths_json.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

Json TextOrNull(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }
Json NumberOrNull(int number) { return number == 0 ? Json(nullptr) : Json(number); }

Json WitnessJson(const Witness& witness) {
  return {{"packet", PacketWords(witness)},
          {"eni", witness.eni},
          {"direction", witness.direction == Direction::kIngress ? "in" : "out"},
          {"flow", FlowJson(witness.flow)},
          {"frame_bytes", witness.frame.count()},
          {"mirrored", witness.is_mirrored}};
}

Json EditsJson(const std::vector<Edit>& edits) {
  Json list = Json::array();
  for (const Edit& edit : edits) {
    list.push_back({{"path", edit.path}, {"value", TextOrNull(edit.value)}});
  }
  return list;
}

Json ReferencesJson(const Rule* rule) {
  Json list = Json::array();
  if (rule == nullptr) return list;
  for (const Reference& reference : rule->refs) {
    list.push_back({{"where", reference.where}, {"as_of", reference.as_of}});
  }
  return list;
}

Json NumbersJson(const std::vector<FindingNumber>& numbers) {
  Json list = Json::array();
  for (const FindingNumber& number : numbers) {
    list.push_back({{"name", number.name}, {"value", number.value}, {"unit", number.unit}});
  }
  return list;
}

Json FindingJson(const Finding& finding) {
  const Rule* rule = FindRule(finding.code);
  Json json;
  json["code"] = finding.code;
  json["severity"] = ToString(finding.severity);
  json["confidence"] = ToString(finding.basis);
  json["object"] = {{"type", finding.subject.type}, {"id", finding.subject.id}};
  json["where"] = {{"file", TextOrNull(finding.file)},
                   {"pointer", finding.path},
                   {"line", NumberOrNull(finding.line)},
                   {"column", NumberOrNull(finding.column)}};
  json["message"] = finding.message;
  json["why"] = rule == nullptr ? "" : rule->why;
  json["fix"] = finding.fix;
  json["edits"] = EditsJson(finding.edits);
  json["refs"] = ReferencesJson(rule);
  json["api_code"] = TextOrNull(finding.api_code);
  json["numbers"] = NumbersJson(finding.numbers);
  json["witnesses"] = Json::array();
  for (const Witness& witness : finding.witnesses) {
    json["witnesses"].push_back(WitnessJson(witness));
  }
  json["suppressed_because"] = TextOrNull(finding.suppressed_because);
  return json;
}

// A name may hold bytes that are not UTF-8; the document must not.
std::string DumpFindings(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json FindingsHead(const FindingsReport& report) {
  const FindingCounts counts = CountFindings(report);
  Json summary;
  for (std::size_t i = 0; i < kSeverities; ++i) {
    const std::string key(ToString(static_cast<Severity>(i)));
    summary[key + "s"] = counts.by_severity[i];
  }
  summary["suppressed"] = counts.suppressed;
  summary["already_known"] = report.already_known;
  Json head = {
      {"schema", kFindingsSchema},
      {"version", report.version},
      {"file", report.file},
      {"checked", {{"hosts", report.hosts}, {"enis", report.enis}, {"mirrors", report.mirrors}}},
      {"summary", std::move(summary)}};
  if (report.paths) head["paths"] = PathsJson(*report.paths);
  head["findings"] = Json::array();
  return head;
}

}  // namespace

std::string FindingsJson(const FindingsReport& report) {
  std::string text = DumpFindings(FindingsHead(report), 2);
  if (report.findings.empty()) return text + "\n";
  text.resize(text.rfind(']'));
  for (const Finding& finding : report.findings) {
    text += &finding == report.findings.data() ? "\n    " : ",\n    ";
    text += DumpFindings(FindingJson(finding), -1);
  }
  return text + "\n  ]\n}\n";
}

std::string FindingsJsonLines(const FindingsReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    text += DumpFindings(FindingJson(finding), -1) + "\n";
  }
  return text;
}

}  // namespace vpcmirror
