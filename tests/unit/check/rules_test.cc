#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/check/rule.h"
#include "analysis/report/findings.h"
#include "models/scenario/find_enis.h"
#include "sim/explain/explainer.h"
#include "sim/input/packet_text.h"
#include "tests/unit/check/rule_cases.h"

namespace vpcmirror::sim {
namespace {

std::string AllOf(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& each : findings) text += each.code + ": " + each.message + "\n";
  return text;
}

class RuleTest : public testing::TestWithParam<RuleCase> {};

TEST_P(RuleTest, IsBrokenByOneAndKeptByTheOther) {
  const RuleCase& c = GetParam();
  ASSERT_NE(FindRule(c.code), nullptr);
  const std::vector<Finding> findings = FindingsOfText(c.breaks);
  const Finding* found = FindCode(findings, c.code);
  ASSERT_NE(found, nullptr) << AllOf(findings);
  EXPECT_EQ(found->severity, FindRule(c.code)->severity);
  EXPECT_EQ(found->path, c.path) << found->message;
  EXPECT_FALSE(found->message.empty());
  EXPECT_FALSE(found->fix.empty());
  if (!c.number.empty()) {
    const auto number =
        std::find_if(found->numbers.begin(), found->numbers.end(),
                     [&](const FindingNumber& each) { return each.name == c.number; });
    ASSERT_NE(number, found->numbers.end());
    EXPECT_NEAR(number->value, c.value, 1e-6 * std::max(1.0, c.value)) << found->message;
  }
  const std::vector<Finding> kept = FindingsOfText(c.keeps);
  const Finding* still = FindCode(kept, c.code);
  EXPECT_EQ(still, nullptr) << still->message;
}

// The scenario with the edits of a finding done.
std::string Mended(const std::string& text, const Finding& finding) {
  using Json = nlohmann::ordered_json;
  Json document = Json::parse(text);
  for (const Edit& edit : finding.edits) {
    if (edit.value.empty()) {
      document = document.patch(Json::array({{{"op", "remove"}, {"path", edit.path}}}));
    } else {
      document[Json::json_pointer(edit.path)] = Json::parse(edit.value);
    }
  }
  return document.dump();
}

// Where the case names none, its rule has no fix that is an edit.
TEST_P(RuleTest, IsKeptAfterTheEditsThatItPrints) {
  const RuleCase& c = GetParam();
  const std::vector<Finding> findings = FindingsOfText(c.breaks);
  const Finding* found = FindCode(findings, c.code);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(!found->edits.empty(), c.has_edits) << found->fix;
  if (found->edits.empty()) return;
  const std::string mended = Mended(c.breaks, *found);
  const auto is_same = [&](const Finding& each) {
    return each.code == found->code && each.subject == found->subject && each.path == found->path;
  };
  const std::vector<Finding> left = FindingsOfText(mended);
  EXPECT_TRUE(std::none_of(left.begin(), left.end(), is_same)) << mended;
  const auto unreadable = [](const std::vector<Finding>& among) {
    return std::count_if(among.begin(), among.end(),
                         [](const Finding& each) { return each.code == kInputRule; });
  };
  EXPECT_LE(unreadable(left), unreadable(findings)) << mended;
}

TEST_P(RuleTest, HasWitnessesThatExplainConfirms) {
  const RuleCase& c = GetParam();
  const std::vector<Finding> findings = FindingsOfText(c.breaks);
  const Finding* found = FindCode(findings, c.code);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->witnesses.size(), c.witnesses);
  if (found->witnesses.empty()) return;
  const ValidScenario scenario = Validate(ReadScenarioText(c.breaks, "test.json"), RulesLibrary());
  for (const Witness& witness : found->witnesses) {
    const std::vector<std::size_t> enis = FindEnis(scenario, witness.eni, "--eni");
    ASSERT_EQ(enis.size(), 1u);
    const PacketText packet = ParsePacketText(PacketWords(witness));
    const Explanation explanation =
        Explainer(scenario, enis.front())
            .Explain(packet.frame.bytes, packet.frame.wire_length, packet.direction);
    const auto session = std::find_if(
        explanation.sessions.begin(), explanation.sessions.end(),
        [&](const ExplainedSession& each) {
          return scenario.mirrors[each.mirror].mirror->settings().id == found->subject.id;
        });
    ASSERT_NE(session, explanation.sessions.end());
    EXPECT_EQ(session->ruling.copies(), witness.is_mirrored) << PacketWords(witness);
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleTest, testing::ValuesIn(kRuleCases), [](const auto& info) {
  std::string name = info.param.code;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// By who reads or accepts, and not by a rule's function or a scenario's error.
bool IsToldElsewhere(std::string_view code) {
  return code == kInputRule || code == kAcceptanceRule || code == kImportGapRule ||
         code == kImportContradictionRule;
}

TEST(RulesTest, AreInTheOrderOfTheirCodesAndSayAllThatIsAsked) {
  std::set<std::string_view> words;
  std::string_view last;
  for (const Rule& rule : vpcmirror::Rules()) {
    EXPECT_LT(last, rule.code);
    last = rule.code;
    for (const std::string_view text : {rule.title, rule.why, rule.fix}) {
      EXPECT_FALSE(text.empty()) << rule.code;
    }
    if (!rule.word.empty()) {
      EXPECT_TRUE(words.insert(rule.word).second) << rule.word;
    }
    EXPECT_TRUE(rule.find != nullptr || !rule.word.empty() || IsToldElsewhere(rule.code))
        << rule.code;
  }
}

TEST(RulesTest, HaveEachAScenarioThatBreaksThem) {
  std::set<std::string_view> with_case;
  for (const RuleCase& c : kRuleCases) with_case.insert(c.code);
  for (const Rule& rule : vpcmirror::Rules()) {
    // The ways of copies and what is imported have cases in tests of their own.
    const bool is_elsewhere = rule.code == kImportGapRule ||
                              rule.code == kImportContradictionRule || rule.code == "MIR-RTE-001" ||
                              rule.code.starts_with("MIR-RCH");
    EXPECT_EQ(with_case.count(rule.code), is_elsewhere ? 0u : 1u) << rule.code;
  }
}

// Of frames of 1,000 and 1,514 bytes, as many of each, the longer ones do not fit with 50 bytes
// more into an MTU of 1,500, whatever is then done with them.
TEST(FindCutCopiesTest, LooksAtWhatDoesNotFitWhateverBecomesOfIt) {
  const std::string mix = R"("sizes": [{"frame": "1000 B", "weight": 1},
                                       {"frame": "1514 B", "weight": 1}])";
  for (const auto& [policy, what] :
       {std::pair("truncate", "lose their last 50 bytes"), std::pair("drop", "are dropped"),
        std::pair("fragment", "are sent in several packets")}) {
    const std::vector<Finding> findings = FindingsOfText(
        Tencent(kWatched, Www("10 Mbps", mix), kPlain, R"("limits": {"bandwidth": "10 Gbps"})",
                R"(, "assumptions": {"mtu_policy": ")" + std::string(policy) + "\"}"));
    const Finding* found = FindCode(findings, "MIR-MTU-001");
    ASSERT_NE(found, nullptr) << policy;
    EXPECT_THAT(found->message, testing::HasSubstr(what));
    ASSERT_EQ(found->numbers.size(), 4u);
    EXPECT_NEAR(found->numbers[3].value, 0.5, 1e-9) << policy;
  }
}

// Tencent's own example: six S3.6XLARGE48 of 3 Gbps are 18, of which a ninth is 2: two
// S3.MEDIUM8 or one S3.4XLARGE32 (cloud.tencent.com/document/product/215/44475).
std::string OneNinth(const std::string& ids, const std::string& workload) {
  return R"({"hosts": {"web": {"count": 6, "type": "S3.6XLARGE48"}, "ids": {)" + ids +
         R"(}}, "workloads": {)" + workload + R"(}, "mirrors": [{"State": "RUNNING",
         "CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids[*]"]}}]})";
}

TEST(OneNinthTest, IsEnoughToBeAdmitted) {
  for (const char* ids :
       {R"("count": 2, "type": "S3.MEDIUM8")", R"("count": 1, "type": "S3.4XLARGE32")"}) {
    for (const Finding& each : FindingsOfText(OneNinth(ids, ""))) {
      EXPECT_NE(each.severity, Severity::kError) << each.message;
    }
  }
}

TEST(OneNinthTest, IsAskedForInTheWordsOfTheApi) {
  const std::vector<Finding> findings =
      FindingsOfText(OneNinth(R"("count": 1, "type": "S3.MEDIUM8")", ""));
  const Finding* found = FindCode(findings, "MIR-CAP-001");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->severity, Severity::kError);
  EXPECT_EQ(found->api_code, "InvalidParameterValue.MirrorLackTargetResource");
  EXPECT_THAT(found->message, testing::HasSubstr("have 1000 Mbps together, and 2000 Mbps, 1/9 of "
                                                 "its sources' 18000 Mbps, are asked for"));
}

// 6 x 1 Gbps of frames of 1,000 bytes come with 50 more each as 6.3 Gbps, of which 2 arrive.
TEST(OneNinthTest, IsAdmissionOnly) {
  const std::vector<Finding> findings =
      FindingsOfText(OneNinth(R"("count": 1, "type": "S3.4XLARGE32")", Www("1 Gbps")));
  const Finding* found = FindCode(findings, "MIR-CAP-002");
  ASSERT_NE(found, nullptr);
  EXPECT_THAT(found->message, testing::HasSubstr("that is admission only: 6.3 Gbps of copies are "
                                                 "expected, and 68.3 % of them would be lost"));
}

// AWS, quotas: 10 sources of a target, 100 of the types that it lists, such as c5n.18xlarge and
// not c5n.9xlarge. Where the type is not given, the larger one is assumed.
TEST(FindCrowdedTargetsTest, TakesMoreSourcesOfListedTypes) {
  const auto found_with = [](const std::string& ids) {
    return FindingsOfText(WithReceiver(AwsOf(Sessions(11), Accept(1)), ids));
  };
  const auto of_small = found_with(R"("type": "c5n.9xlarge")");
  const Finding* small = FindCode(of_small, "MIR-QTA-005");
  ASSERT_NE(small, nullptr);
  EXPECT_EQ(small->severity, Severity::kError);
  EXPECT_EQ(small->api_code, "TrafficMirrorSourcesPerTargetLimitExceeded");
  EXPECT_THAT(small->message, testing::HasSubstr("11 sources, where 10 are the most"));
  EXPECT_EQ(FindCode(found_with(R"("type": "c5n.18xlarge")"), "MIR-QTA-005"), nullptr);
  const auto of_unknown = found_with("");
  const Finding* unknown = FindCode(of_unknown, "MIR-QTA-005");
  ASSERT_NE(unknown, nullptr);
  EXPECT_EQ(unknown->severity, Severity::kAssumption);
  EXPECT_THAT(unknown->message, testing::HasSubstr("or 100 of large types"));
}

// 2 Gbps of copies of 1 Gbps in and out to a receiver of 1 Gbps, which has no traffic of its own.
TEST(FindHostsOverLimitsTest, NamesNoProductionAtAPureReceiver) {
  const auto findings = FindingsOfText(R"({"provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "60 Gbps"}},
              "ids": {"receiver": "kata", "limits": {"bandwidth": "1 Gbps"}}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1000 B"}},
    "mirrors": [{"State": "RUNNING", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]}}],
    "assumptions": {"encapsulation": "none"}})");
  const Finding* over = FindCode(findings, "MIR-CAP-003");
  ASSERT_NE(over, nullptr);
  EXPECT_THAT(over->message,
              testing::HasSubstr("all of it copies that it receives: 50 % of them would be lost"));
  EXPECT_THAT(over->message, testing::Not(testing::HasSubstr("production")));
}

// EC2 has no MTU over 9001, so that 9001 + 54 at the receivers is no remedy.
TEST(FindCutCopiesTest, SuggestsNoMtuThatTheCloudDoesNotHave) {
  const auto findings = FindingsOfText(
      WithReceiver(AwsOf(Session(1, "web[0]"), Accept(1), R"("count": 2, "mtu": "9001 B")",
                         R"("www": {"at": "web[0]", "in": "1 Mbps", "sizes": "9001 B"})"),
                   R"("mtu": "9001 B")"));
  const Finding* cut = FindCode(findings, "MIR-MTU-001");
  ASSERT_NE(cut, nullptr);
  EXPECT_EQ(cut->fix, "an MTU of 8947 at the sources");
}

TEST(FindUnsupportedTypesTest, AssumesWhereTheListIsOld) {
  const std::string text = Tencent(kWatched, "", R"("type": "S5.4XLARGE32")");
  const Scenario written = ReadScenarioText(text, "test.json");
  const ValidScenario valid = Validate(written, RulesLibrary());
  // The list is of 2024-01-12; 18 months later is July 2025.
  const auto severity_on = [&](const char* today) {
    const std::vector<Finding> findings = Check(written, valid, {.today = today});
    const Finding* found = FindCode(findings, "MIR-TYP-001");
    return found == nullptr ? Severity::kInfo : found->severity;
  };
  EXPECT_EQ(severity_on("2025-07-31"), Severity::kWarning);
  EXPECT_EQ(severity_on("2025-08-01"), Severity::kAssumption);
}

TEST(MarkAcceptedTest, SuppressesWithTheReason) {
  const std::vector<Finding> findings = FindingsOfText(
      Tencent(kWatched, "", kPlain, R"("limits": {"bandwidth": "10 Gbps"})",
              R"(, "accept": [{"finding": "MIR-STA-001", "of": "mirror-1", "because": "a draft"},
                              {"finding": "MIR-STA-001", "of": "mirror-2", "because": "none"},
                              {"finding": "MIR-NOT-999", "because": "misspelled"}])"));
  EXPECT_EQ(FindCode(findings, "MIR-STA-001")->suppressed_because, "a draft");
  std::vector<std::string> paths;
  for (const Finding& each : findings) {
    if (each.code == kAcceptanceRule) paths.push_back(each.path + " " + each.message);
  }
  EXPECT_THAT(paths,
              testing::ElementsAre(
                  "/accept/1 nothing is found of MIR-STA-001 of mirror-2, which is accepted here",
                  "/accept/2 there is no finding MIR-NOT-999"));
}

}  // namespace
}  // namespace vpcmirror::sim
