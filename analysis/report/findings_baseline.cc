#include "analysis/report/findings_baseline.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "analysis/report/findings_json.h"

namespace vpcmirror {
namespace {

// A name may hold bytes that are not UTF-8; stored findings have U+FFFD for them.
std::string KeyOf(const std::string& code, const std::string& type, const std::string& id,
                  const std::string& pointer) {
  return nlohmann::json{code, type, id, pointer}.dump(-1, ' ', false,
                                                      nlohmann::json::error_handler_t::replace);
}

[[noreturn]] void RefuseStored(std::string_view what) {
  throw std::invalid_argument(
      fmt::format("{}; accepted: what check --format json has printed", what));
}

// The string at `pointer` of the finding at `index`.
std::string StringAt(const nlohmann::json& finding, std::size_t index, const char* pointer) {
  const nlohmann::json::json_pointer place(pointer);
  if (!finding.contains(place)) {
    RefuseStored(fmt::format("/findings/{}{} is missing", index, pointer));
  }
  if (!finding[place].is_string()) {
    RefuseStored(fmt::format("/findings/{}{} is no string", index, pointer));
  }
  return finding[place].get<std::string>();
}

nlohmann::json StoredFindings(std::string_view text) {
  nlohmann::json document;
  try {
    document = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    RefuseStored(fmt::format("it is no JSON from byte {} on", error.byte));
  }
  if (!document.is_object() || !document.contains("schema") || !document["schema"].is_string()) {
    RefuseStored("it has no \"schema\" that says what it is");
  }
  const auto schema = document["schema"].get<std::string>();
  if (schema != kFindingsSchema) {
    RefuseStored(fmt::format("it is of schema \"{}\", not \"{}\"", schema, kFindingsSchema));
  }
  if (!document.contains("findings") || !document["findings"].is_array()) {
    RefuseStored("/findings is no list");
  }
  return std::move(document["findings"]);
}

}  // namespace

std::string FindingKey(const Finding& finding) {
  return KeyOf(finding.code, finding.subject.type, finding.subject.id, finding.path);
}

std::set<std::string, std::less<>> ReadKnownFindings(std::string_view text) {
  const nlohmann::json findings = StoredFindings(text);
  std::set<std::string, std::less<>> keys;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const nlohmann::json& finding = findings[i];
    if (!finding.is_object()) RefuseStored(fmt::format("/findings/{} is no object", i));
    const auto suppressed = finding.find("suppressed_because");
    if (suppressed != finding.end() && !suppressed->is_null()) continue;
    keys.insert(KeyOf(StringAt(finding, i, "/code"), StringAt(finding, i, "/object/type"),
                      StringAt(finding, i, "/object/id"), StringAt(finding, i, "/where/pointer")));
  }
  return keys;
}

void HideKnown(FindingsReport& report, const std::set<std::string, std::less<>>& keys) {
  report.already_known += std::erase_if(report.findings, [&](const Finding& finding) {
    return !IsSuppressed(finding) && keys.contains(FindingKey(finding));
  });
}

}  // namespace vpcmirror
