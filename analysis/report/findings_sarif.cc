#include "analysis/report/findings_sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "analysis/check/rule.h"
#include "analysis/report/findings_baseline.h"
#include "analysis/report/source_frame.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kSarifSchema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json";

constexpr char kLesser[] = "note";  // level, SARIF 3.27.10

// Braces are of placeholders, and "](" is of a link (SARIF 3.11.5 and 3.11.6): a name that
// has them shall be neither.
Json MessageJson(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    escaped += text[i];
    if (text[i] == '{' || text[i] == '}') escaped += text[i];
    if (text.substr(i, 2) == "](") escaped += ' ';
  }
  return {{"text", escaped}};
}

// RFC 3986: all but unreserved characters and slashes as percent and two digits.
std::string UriOf(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_kept =
        byte < 0x80 &&
        (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos);
    uri += is_kept ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

// The first address that a rule's sources name; empty: none.
std::string_view AddressOf(const Rule& rule) {
  for (const Reference& reference : rule.refs) {
    const std::size_t at = reference.where.find("https://");
    if (at == std::string_view::npos) continue;
    return reference.where.substr(at, reference.where.find_first_of(" ,;)>", at) - at);
  }
  return {};
}

// "The mirror is stopped" as TheMirrorIsStopped (SARIF 3.49.7).
std::string IdentifierOf(std::string_view title) {
  std::string identifier;
  bool begins = true;
  for (const char c : title) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      identifier += begins ? static_cast<char>(std::toupper(byte)) : c;
    }
    begins = std::isalnum(byte) == 0;
  }
  return identifier;
}

Json RuleJson(const Rule& rule) {
  Json json{{"id", rule.code},
            {"name", IdentifierOf(rule.title)},
            {"shortDescription", MessageJson(rule.title)},
            {"fullDescription", MessageJson(rule.why)},
            {"help", MessageJson(rule.fix)}};
  if (const std::string_view address = AddressOf(rule); !address.empty()) {
    json["helpUri"] = address;
  }
  json["defaultConfiguration"] = {{"level", LevelOf(rule.severity, kLesser)}};
  json["properties"] = {{"severity", ToString(rule.severity)},
                        {"confidence", ToString(rule.basis)}};
  return json;
}

Json RegionJson(const Finding& finding, const FindingsReport& report, const SourceLines& lines) {
  Json region = Json::object();
  region["startLine"] = finding.line;
  if (finding.column == 0) return region;
  const bool is_known = finding.file == report.file;
  region["startColumn"] =
      is_known ? CharacterColumn(lines.Line(finding.line), finding.column) : finding.column;
  return region;
}

// None, or one.
Json LocationsJson(const Finding& finding, const FindingsReport& report, const SourceLines& lines) {
  Json location = Json::object();
  if (!finding.file.empty()) {
    Json& physical = location["physicalLocation"];
    physical["artifactLocation"]["uri"] = UriOf(finding.file);
    if (finding.line > 0) physical["region"] = RegionJson(finding, report, lines);
  }
  if (!finding.path.empty()) {
    Json logical = Json::object();
    logical["fullyQualifiedName"] = finding.path;
    location["logicalLocations"] = Json::array({std::move(logical)});
  }
  return location.empty() ? Json::array() : Json::array({std::move(location)});
}

Json ResultOf(const Finding& finding, const FindingsReport& report, const SourceLines& lines) {
  Json json{{"ruleId", finding.code}};
  if (const Rule* rule = FindRule(finding.code)) json["ruleIndex"] = rule - Rules().data();
  json["level"] = LevelOf(finding.severity, kLesser);
  json["message"] = MessageJson(
      fmt::format("{}{}{}", finding.message, finding.fix.empty() ? "" : ". Fix: ", finding.fix));
  json["locations"] = LocationsJson(finding, report, lines);
  json["partialFingerprints"]["findingKey/v1"] = FindingKey(finding);
  // All results have it or none (SARIF 3.27.23).
  json["suppressions"] = Json::array();
  if (IsSuppressed(finding)) {
    json["suppressions"].push_back(
        {{"kind", "inSource"}, {"justification", finding.suppressed_because}});
  }
  json["properties"] = {{"severity", ToString(finding.severity)},
                        {"confidence", ToString(finding.basis)},
                        {"objectType", finding.subject.type},
                        {"objectId", finding.subject.id}};
  if (!finding.api_code.empty()) json["properties"]["apiCode"] = finding.api_code;
  return json;
}

}  // namespace

std::string FindingsSarif(const FindingsReport& report, std::string_view source) {
  Json driver{{"name", "vpcmirror"}, {"version", report.version}, {"rules", Json::array()}};
  for (const Rule& rule : Rules()) driver["rules"].push_back(RuleJson(rule));
  const SourceLines lines(source);
  Json results = Json::array();
  for (const Finding& finding : report.findings) {
    results.push_back(ResultOf(finding, report, lines));
  }
  Json run{{"tool", {{"driver", std::move(driver)}}},
           {"invocations", Json::array({{{"executionSuccessful", true}}})},
           {"columnKind", "unicodeCodePoints"},
           {"results", std::move(results)}};
  const Json log{{"$schema", kSarifSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vpcmirror
