#include "analysis/report/findings_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "analysis/check/rule.h"
#include "analysis/report/findings_baseline.h"
#include "analysis/report/findings_sarif.h"
#include "tests/unit/report/sample_findings.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing_report::As;
using testing_report::Complaints;
using testing_report::Hostile;
using testing_report::kHostile;
using testing_report::kStoppedSource;
using testing_report::ReadSchema;
using testing_report::ReportOf;
using testing_report::Stopped;
using testing_report::Suppressed;
using testing_report::Wide;

constexpr char kFindingsFile[] = "scenarios/schema/findings.schema.json";
constexpr char kSarifFile[] = "tests/unit/report/sarif.schema.json";

FindingsReport Mixed() {
  FindingsReport report = ReportOf({Stopped(), Wide(), Suppressed(Stopped(), "until May"),
                                    As(Stopped(), Severity::kInfo), Hostile()});
  report.already_known = 4;
  return report;
}

json SarifOf(const FindingsReport& report, std::string_view source = kStoppedSource) {
  return json::parse(FindingsSarif(report, source));
}

TEST(FindingsJsonTest, HoldsToItsPublishedSchema) {
  const json schema = ReadSchema(kFindingsFile);
  EXPECT_EQ(Complaints(schema, json::parse(FindingsJson(Mixed()))), "");
  EXPECT_EQ(Complaints(schema, json::parse(FindingsJson(FindingsReport()))), "");
}

TEST(FindingsSchemaTest, RefusesAMissingKeyAnUnknownKeyAndAWrongType) {
  const json schema = ReadSchema(kFindingsFile);
  const json good = json::parse(FindingsJson(Mixed()));
  json missing = good;
  missing["findings"][1]["witnesses"][0].erase("mirrored");
  EXPECT_NE(Complaints(schema, missing), "");
  json unknown = good;
  unknown["findings"][0]["colour"] = "blue";
  EXPECT_NE(Complaints(schema, unknown), "");
  json wrong = good;
  wrong["findings"][0]["where"]["line"] = 0;
  EXPECT_NE(Complaints(schema, wrong), "");
}

TEST(FindingsJsonTest, HasVersionAndSummaryInFront) {
  json document = json::parse(FindingsJson(Mixed()));
  document.erase("findings");
  EXPECT_EQ(document, json::parse(R"({
    "schema": "vpcmirror.findings/1", "version": "1.2.3", "file": "s.json",
    "checked": {"hosts": 28, "enis": 29, "mirrors": 1},
    "summary": {"errors": 1, "warnings": 2, "infos": 1, "assumptions": 0,
                "suppressed": 1, "already_known": 4}})"));
}

TEST(FindingsJsonTest, HasAllOfAFinding) {
  const json findings = json::parse(FindingsJson(Mixed()))["findings"];
  ASSERT_EQ(findings.size(), 5u);
  EXPECT_EQ(findings[1], json::parse(R"({
    "code": "XYZ-ABC-999", "severity": "error", "confidence": "derived",
    "object": {"type": "eni", "id": "web[0]/eni0"},
    "where": {"file": null, "pointer": "/hosts/web", "line": null, "column": null},
    "message": "a copy of 1550 bytes passes an MTU of 1500", "why": "", "fix": "",
    "edits": [{"path": "/hosts/web/mtu", "value": "\"1600\""},
              {"path": "/hosts/web/old", "value": null}],
    "refs": [], "api_code": "InvalidParameter.Mtu",
    "numbers": [{"name": "copy", "value": 1550.0, "unit": "bytes"},
                {"name": "share", "value": 0.5, "unit": ""}],
    "witnesses": [{"packet": "out tcp 10.0.1.7:51000 > 10.0.2.9:443 len 1500",
                "eni": "web[0]/eni0", "direction": "out",
                "flow": {"source": "10.0.1.7", "destination": "10.0.2.9", "protocol": 6,
                         "ports": "known", "source_port": 51000, "destination_port": 443},
                "frame_bytes": 1500, "mirrored": true}],
    "suppressed_because": null})"));
}

TEST(FindingsJsonTest, HasWhatTheTableSaysOfTheRule) {
  const json finding = json::parse(FindingsJson(Mixed()))["findings"][2];
  const Rule* rule = FindRule("MIR-STA-003");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(finding["why"], rule->why);
  EXPECT_EQ(finding["refs"][0]["as_of"], rule->refs[0].as_of);
  EXPECT_EQ(finding["where"],
            (json{{"file", "s.json"}, {"pointer", "/mirrors/0"}, {"line", 2}, {"column", 25}}));
  EXPECT_EQ(finding["suppressed_because"], "until May");
}

TEST(FindingsJsonLinesTest, HasAFindingALine) {
  json schema = ReadSchema(kFindingsFile);
  for (const char* key : {"type", "properties", "required", "additionalProperties"}) {
    schema.erase(key);
  }
  schema["allOf"] = {{{"$ref", "#/definitions/finding"}}};
  const json all = json::parse(FindingsJson(Mixed()))["findings"];
  const std::string text = FindingsJsonLines(Mixed());
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    const std::size_t end = text.find('\n', at);
    const json line = json::parse(text.substr(at, end - at));
    EXPECT_EQ(Complaints(schema, line), "");
    EXPECT_EQ(line, all.at(count));
    at = end + 1;
  }
  EXPECT_EQ(count, all.size());
  EXPECT_EQ(FindingsJsonLines(FindingsReport()), "");
}

TEST(FindingKeyTest, KnowsAFindingWhoseLineAndNumbersChange) {
  Finding moved = Stopped();
  moved.line = 99;
  moved.column = 1;
  moved.message = "other numbers";
  moved.severity = Severity::kInfo;
  EXPECT_EQ(FindingKey(moved), FindingKey(Stopped()));
}

TEST(FindingKeyTest, TellsCodeObjectAndPlaceApart) {
  const std::string key = FindingKey(Stopped());
  Finding code = Stopped();
  code.code = "MIR-STA-004";
  EXPECT_NE(FindingKey(code), key);
  Finding object = Stopped();
  object.subject.id = "m2";
  EXPECT_NE(FindingKey(object), key);
  Finding place = Stopped();
  place.path = "/mirrors/1";
  EXPECT_NE(FindingKey(place), key);
}

TEST(BaselineTest, HidesWhatAStoredOutputHas) {
  const auto keys = ReadKnownFindings(FindingsJson(ReportOf({Stopped(), Hostile()})));
  FindingsReport report = ReportOf({Hostile(), Wide(), Stopped()});
  report.already_known = 1;
  HideKnown(report, keys);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].code, "XYZ-ABC-999");
  EXPECT_EQ(report.already_known, 3u);
}

TEST(BaselineTest, LeavesWhatIsSuppressedOnEitherSide) {
  FindingsReport report = ReportOf({Suppressed(Stopped(), "until May")});
  HideKnown(report, ReadKnownFindings(FindingsJson(ReportOf({Stopped()}))));
  EXPECT_EQ(report.findings.size(), 1u);
  EXPECT_TRUE(
      ReadKnownFindings(FindingsJson(ReportOf({Suppressed(Stopped(), "until May")}))).empty());
}

struct RefusedCase {
  const char* name;
  const char* text;
  const char* want;
};

void PrintTo(const RefusedCase& c, std::ostream* os) { *os << c.name; }

class RefusedBaselineTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedBaselineTest, IsAsTabled) {
  const RefusedCase& c = GetParam();
  try {
    ReadKnownFindings(c.text);
    FAIL() << "nothing was thrown";
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(error.what(),
              std::string(c.want) + "; accepted: what check --format json has printed");
  }
}

const RefusedCase kRefusedCases[] = {
    {"NoJson", "{\"a\": x}", "it is no JSON from byte 7 on"},
    {"Empty", "", "it is no JSON from byte 1 on"},
    {"List", "[]", "it has no \"schema\" that says what it is"},
    {"AResult", R"({"schema": "vpcmirror.result/1"})",
     "it is of schema \"vpcmirror.result/1\", not \"vpcmirror.findings/1\""},
    {"NoFindings", R"({"schema": "vpcmirror.findings/1", "findings": {}})", "/findings is no list"},
    {"NoObject", R"({"schema": "vpcmirror.findings/1", "findings": [7]})",
     "/findings/0 is no object"},
    {"NoCode", R"({"schema": "vpcmirror.findings/1", "findings": [{}]})",
     "/findings/0/code is missing"},
    {"CodeIsANumber", R"({"schema": "vpcmirror.findings/1", "findings": [{"code": 7}]})",
     "/findings/0/code is no string"},
    {"ObjectIsAList",
     R"({"schema": "vpcmirror.findings/1", "findings": [{"code": "A", "object": []}]})",
     "/findings/0/object/type is missing"},
};

INSTANTIATE_TEST_SUITE_P(Table, RefusedBaselineTest, testing::ValuesIn(kRefusedCases),
                         [](const auto& param) { return param.param.name; });

TEST(FindingsSarifTest, HoldsToTheSchemaOfWhatWeWrite) {
  const json schema = ReadSchema(kSarifFile);
  EXPECT_EQ(Complaints(schema, SarifOf(Mixed())), "");
  EXPECT_EQ(Complaints(schema, SarifOf(FindingsReport())), "");
}

TEST(FindingsSarifTest, HasARunWithEveryRule) {
  const json run = SarifOf(Mixed())["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), Rules().size());
  const auto stopped = static_cast<std::size_t>(FindRule("MIR-STA-003") - Rules().data());
  EXPECT_EQ(rules[stopped]["id"], "MIR-STA-003");
  EXPECT_EQ(rules[stopped]["name"], "TheMirrorIsStopped");
  EXPECT_EQ(rules[stopped]["defaultConfiguration"]["level"], "warning");
  EXPECT_EQ(run["tool"]["driver"]["version"], "1.2.3");
  EXPECT_EQ(run["invocations"], (json{{{"executionSuccessful", true}}}));
  EXPECT_EQ(run["results"][0]["ruleIndex"], stopped);
  EXPECT_FALSE(run["results"][1].contains("ruleIndex"));
}

TEST(FindingsSarifTest, HasAllOfAResult) {
  json result = SarifOf(ReportOf({Suppressed(Stopped(), "until May")}))["runs"][0]["results"][0];
  result.erase("ruleIndex");
  EXPECT_EQ(result, json::parse(R"({
    "ruleId": "MIR-STA-003", "level": "warning",
    "message": {"text":
        "mirror m is stopped: it sends no copy. Fix: start it, or leave it out"},
    "locations": [{
        "physicalLocation": {"artifactLocation": {"uri": "s.json"},
                             "region": {"startLine": 2, "startColumn": 25}},
        "logicalLocations": [{"fullyQualifiedName": "/mirrors/0"}]}],
    "partialFingerprints":
        {"findingKey/v1": "[\"MIR-STA-003\",\"mirror\",\"m\",\"/mirrors/0\"]"},
    "suppressions": [{"kind": "inSource", "justification": "until May"}],
    "properties": {"severity": "warning", "confidence": "documented",
                   "objectType": "mirror", "objectId": "m"}})"));
}

// SARIF 2.1.0, 3.27.10: there is no level below note.
TEST(FindingsSarifTest, HasNotesForInfosAndAssumptions) {
  const json results =
      SarifOf(ReportOf({As(Stopped(), Severity::kInfo), As(Stopped(), Severity::kAssumption),
                        As(Stopped(), Severity::kError)}))["runs"][0]["results"];
  EXPECT_EQ(results[0]["level"], "note");
  EXPECT_EQ(results[1]["level"], "note");
  EXPECT_EQ(results[2]["level"], "error");
}

TEST(FindingsSarifTest, CountsColumnsInCharacters) {
  Finding finding = Stopped();
  finding.line = 1;
  finding.column = 5;
  // Two characters of three and one byte are before byte 5.
  const json sarif = SarifOf(ReportOf({finding}), "\xe6\xb5\x8b:x");
  const json& region = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
  EXPECT_EQ(region["startColumn"], 3);
}

// Placeholders and links of 3.11.5 and 3.11.6, and RFC 3986.
TEST(FindingsSarifTest, EscapesMessagesAndAddresses) {
  Finding finding = Stopped();
  finding.message = "{0} [k](http://l) web[0]";
  finding.fix = "";
  finding.file = "a b/c:d%\xc3\xa9.json";
  const json result = SarifOf(ReportOf({finding}))["runs"][0]["results"][0];
  EXPECT_EQ(result["message"]["text"], "{{0}} [k] (http://l) web[0]");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "a%20b/c%3Ad%25%C3%A9.json");
  finding.file = "/tmp/s.json";
  EXPECT_EQ(SarifOf(ReportOf({finding}))["runs"][0]["results"][0]["locations"][0]
                                        ["physicalLocation"]["artifactLocation"]["uri"],
            "file:///tmp/s.json");
}

TEST(FindingsSarifTest, LeavesOutAPlaceThatIsNotKnown) {
  Finding finding = Wide();
  EXPECT_EQ(SarifOf(ReportOf({finding}))["runs"][0]["results"][0]["locations"],
            json::parse(R"([{"logicalLocations": [{"fullyQualifiedName": "/hosts/web"}]}])"));
  finding.path = "";
  EXPECT_EQ(SarifOf(ReportOf({finding}))["runs"][0]["results"][0]["locations"], json::array());
}

}  // namespace
}  // namespace vpcmirror
