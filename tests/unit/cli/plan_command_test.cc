#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/cli/engines.h"
#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Runs commands with the engines of the program.
class PlanCommandTest : public testing::Test {
 protected:
  Ran Plan(std::vector<std::string> arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const Surroundings around{.out = out,
                              .err = err,
                              .make_engine = MakeEngine,
                              .seconds = [] { return 0.0; },
                              .today = "2026-11-30"};
    arguments.insert(arguments.begin(), "plan");
    arguments.insert(arguments.end(), {"--out", program_.InFolder("out")});
    Ran ran;
    ran.exit_code = RunProgram(arguments, around);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
  }

  std::string Scenario(const std::string& name, const std::string& text) {
    return program_.Write(name, text);
  }

  Program program_;
};

// A web server of 6 Gbps in and out together that asks for 4 of them, and a sensor that nothing
// limits.
constexpr char kOneInThreeOut[] = R"({"name": "three", "provider": "tencent",
  "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}}, "ids": {"receiver": "generic"}},
  "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1000 B"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
               "CollectorTarget": {"TargetIps": ["ids"]}}],
  "assumptions": {"encapsulation": "none"}})";

std::size_t LongestLine(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

// 6 / 4 = 1.5.
TEST_F(PlanCommandTest, SaysTheVerdictFirstAndUntilWhenItLasts) {
  const Ran ran = Plan({Scenario("three.json", kOneInThreeOut)});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("FITS, because web needs 4 Gbps of a combined 6 Gbps"));
  EXPECT_THAT(ran.out, HasSubstr("Lasts until +50 % (x1.5): then it DOES NOT FIT."));
  EXPECT_THAT(ran.out, HasSubstr("FITS until +20 % (x1.2)"));
  EXPECT_LE(LongestLine(ran.out.substr(0, ran.out.find("\nPlan: "))), 80u) << ran.out;
}

// 1,388 bytes of TCP and a copy of 1,438 share 50 Mbps: 49 %.
TEST_F(PlanCommandTest, HasTheVerdictOfARunWhereTcpIsSlowedDown) {
  const Ran ran = Plan({VPCMIRROR_SOURCE_DIR "/scenarios/tcp-crowded-out.json"});
  EXPECT_THAT(ran.out, StartsWith("DOES NOT FIT, because TCP flows have 23."));
}

TEST_F(PlanCommandTest, JsonIsTheFileAndFollowsTheSchema) {
  const Ran ran = Plan({Scenario("three.json", kOneInThreeOut), "--format", "json", "--whatif",
                        "/workloads/www/in=x2;/workloads/www/out=x2", "--budget", "1 Gbps"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_EQ(ran.out, program_.Read("out/plan.json"));
  const json document = json::parse(ran.out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/plan.schema.json"), document),
            "");
  EXPECT_NEAR(document["headroom"]["without_loss"]["at"].get<double>(), 1.5, 0.015);
  EXPECT_EQ(document["what_ifs"][0]["then"]["verdict"], "DOES NOT FIT");
  EXPECT_EQ(document["before"], nullptr);
  // Of 2 Gbps of copies either half is 1 Gbps; the server is the only source, whole or not at all.
  EXPECT_EQ(document["budget"]["choices"].size(), 2u);
  for (const json& each : document["budget"]["choices"]) {
    EXPECT_NEAR(each["kept"].get<double>(), 0.5, 1e-6);
    EXPECT_NE(each["lever"], nullptr);
  }
}

// 6,000 frames of 1250 bytes a second where 5,000 pass: a queue takes the 1,000 of the first
// second, but a sixth is lost of a load that lasts.
TEST_F(PlanCommandTest, LosesWhatALoadThatLastsLoses) {
  const std::string brief = R"({"name": "brief", "hosts": {"web": {
      "limits": {"bandwidth": "50 Mbps", "model": "per_direction"}, "queue": "1000 frames"}},
    "workloads": {"www": {"at": "web", "out": "60 Mbps", "sizes": "1250 B"}}, "mirrors": [],
    "assumptions": {"congestion": "fifo"})";
  const auto lost = [this](const std::string& text, std::vector<std::string> more) {
    more.insert(more.begin(), {Scenario("brief.json", text), "--format", "json"});
    const json plan = json::parse(Plan(more).out);
    return std::pair(plan["load_lasts"].get<bool>(), plan["production"]["share"].get<double>());
  };
  EXPECT_THAT(lost(brief + "}", {}), testing::Pair(true, testing::DoubleNear(1.0 / 6, 1e-6)));
  EXPECT_THAT(lost(brief + R"(, "duration": "20 ms"})", {"--engine", "packet"}),
              testing::Pair(false, 0.0));
  const std::string changes =
      R"(, "timeline": [{"at": "500 ms", "change": "web", "mtu": "1400 B"}]})";
  EXPECT_THAT(lost(brief + changes, {}), testing::Pair(false, 0.0));
  EXPECT_THAT(Plan({Scenario("brief.json", brief + changes)}).out,
              HasSubstr("the load changes under way"));
}

// A quarter more asks for 5 of 6 Gbps.
TEST_F(PlanCommandTest, TellsWhatHasChangedSinceTheLastPlan) {
  const std::string file = Scenario("three.json", kOneInThreeOut);
  EXPECT_THAT(Plan({file}).out, Not(HasSubstr("Since the last plan")));
  EXPECT_THAT(Plan({file}).out, HasSubstr("Since the last plan nothing has changed."));
  const Ran more =
      Plan({file, "--set", "/workloads/*/in=x1.25", "--set", "/workloads/*/out=x1.25"});
  EXPECT_THAT(more.out, HasSubstr("verdict FITS -> AT RISK; margin 33.3 % -> 16.7 %"));
  EXPECT_EQ(json::parse(program_.Read("out/previous-plan.json"))["verdict"], "FITS");
}

TEST_F(PlanCommandTest, AnEarlierPlanThatIsDamagedIsSaid) {
  const std::string file = Scenario("three.json", kOneInThreeOut);
  EXPECT_EQ(Plan({file}).err, "");
  program_.Write("out/plan.json", "{\"schema\": ");
  const Ran ran = Plan({file});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_THAT(ran.err, HasSubstr("out/plan.json is no plan that can be read"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Since the last plan")));
  EXPECT_EQ(program_.Read("out/previous-plan.json"), "{\"schema\": ");
}

TEST_F(PlanCommandTest, ColumnsOfWhatIfsStandAbreast) {
  const Ran ran = Plan({Scenario("three.json", kOneInThreeOut), "--whatif",
                        "/workloads/www/in=x2;/workloads/www/out=x2", "--whatif",
                        "/mirrors/0/Direction=\"EGRESS\""});
  EXPECT_THAT(ran.out,
              HasSubstr("  verdict                         FITS  DOES NOT FIT          FITS\n"));
  EXPECT_THAT(ran.out,
              HasSubstr("  margin                        33.3 %       -33.3 %          50 %\n"));
  EXPECT_THAT(ran.out,
              HasSubstr("  lasts until                    +50 %         -25 %        +100 %\n"));
}

TEST_F(PlanCommandTest, MarkdownHasItsTables) {
  const Ran ran = Plan({Scenario("three.json", kOneInThreeOut), "--format", "md"});
  EXPECT_THAT(ran.out, StartsWith("**FITS**, because web needs 4 Gbps"));
  EXPECT_THAT(ran.out, HasSubstr("| web | web | 6 Gbps bandwidth | 66.7 % | x1.5 (+50 %) |"));
}

// The larger of 2 and 4 Gbps of copies.
TEST_F(PlanCommandTest, SeveralScenariosGetOneFleet) {
  std::string twice = kOneInThreeOut;
  twice.replace(twice.find("\"three\""), 7, "\"twice\"");
  for (std::size_t at; (at = twice.find("\"1 Gbps\"")) != std::string::npos;) {
    twice.replace(at, 8, "\"2 Gbps\"");
  }
  twice.replace(twice.find("6 Gbps"), 6, "60 Gbps");
  const Ran ran = Plan({Scenario("a.json", kOneInThreeOut), Scenario("b.json", twice)});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("three: FITS"));
  EXPECT_THAT(ran.out, HasSubstr("\ntwice: FITS"));
  EXPECT_THAT(ran.out, HasSubstr("For 4 Gbps and 500 kpps of copies of 1 source,"));
}

// Two sources of 36 Gbps are 72 Gbps, a ninth of which is 8: 2 Gbps of a receiver are refused
// (215/44475), 8 are not. Their 20 Mbps each fit either way.
constexpr char kUnderTheNinth[] = R"({"name": "ninth", "provider": "tencent",
  "hosts": {"web": {"count": 2, "limits": {"bandwidth": "36 Gbps"}},
            "ids": {"receiver": "generic", "limits": {"bandwidth": "2 Gbps"}}},
  "workloads": {"www": {"at": "web", "in": "10 Mbps", "out": "10 Mbps"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
               "CollectorTarget": {"TargetIps": ["ids"]}}]})";

TEST_F(PlanCommandTest, WhatTheCloudRefusesDoesNotFitWhateverIsSent) {
  const std::string file = Scenario("ninth.json", kUnderTheNinth);
  const Ran ran = Plan({file});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out,
              StartsWith("DOES NOT FIT, because the cloud refuses it: MIR-CAP-001 (mirror m)."
                         "\nBy its traffic alone: FITS, because ids needs"));
  EXPECT_THAT(ran.out, HasSubstr("8000 Mbps, 1/9 of its sources' 72000 Mbps"));
  const json plan = json::parse(program_.Read("out/plan.json"));
  EXPECT_EQ(plan["verdict"], "DOES NOT FIT");
  EXPECT_EQ(plan["by_traffic"]["verdict"], "FITS");
  EXPECT_EQ(plan["obstacles"][0]["code"], "MIR-CAP-001");
  EXPECT_EQ(plan["obstacles"][0]["refused"], true);
  EXPECT_THAT(Plan({file, "--format", "md"}).out,
              StartsWith("**DOES NOT FIT**, because the cloud refuses it: MIR-CAP-001"));
}

TEST_F(PlanCommandTest, AWhatIfSaysWhatTheCloudRefuses) {
  const std::string enough = "/hosts/ids/limits/bandwidth=8 Gbps";
  const Ran refused = Plan({Scenario("ninth.json", kUnderTheNinth), "--whatif", enough});
  EXPECT_THAT(refused.out, HasSubstr("  verdict                 DOES NOT FIT          FITS\n"
                                     "  whatever is sent         MIR-CAP-001             -\n"));
  const Ran taken = Plan({Scenario("ninth.json", kUnderTheNinth), "--set", enough, "--whatif",
                          "/hosts/ids/limits/bandwidth=2 Gbps", "--format", "json"});
  const json plan = json::parse(taken.out);
  EXPECT_EQ(plan["verdict"], "FITS");
  EXPECT_EQ(plan["what_ifs"][0]["verdict"], "DOES NOT FIT");
  EXPECT_EQ(plan["what_ifs"][0]["obstacles"][0]["code"], "MIR-CAP-001");
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/plan.schema.json"), plan),
            "");
}

// One receiver of 2 Gbps admits sources of 18 Gbps, which neither of 36 is; two of 2 Gbps admit
// one, and its 20 Mbps fit.
TEST_F(PlanCommandTest, ReceiversAreAskedForNoMoreSourcesThanTheCloudAllows) {
  const std::string file = Scenario("ninth.json", kUnderTheNinth);
  const Ran one = Plan({file, "--receivers", "1"});
  EXPECT_THAT(one.out, HasSubstr("of sources with 18 Gbps in all, as the cloud"));
  EXPECT_THAT(one.out, HasSubstr("Not even one source."));
  const json two = json::parse(Plan({file, "--receivers", "2", "--format", "json"}).out);
  EXPECT_EQ(two["budget"]["source_bps"], 36'000'000'000);
  EXPECT_EQ(two["budget"]["choices"][0]["sources"].size(), 1u);
}

TEST_F(PlanCommandTest, AnOwnerMayAcceptWhatCheckCallsAnError) {
  std::string text = kUnderTheNinth;
  text.insert(text.rfind('}'),
              R"(, "accept": [{"finding": "MIR-CAP-001", "because": "the quota was raised"}])");
  EXPECT_THAT(Plan({Scenario("ninth.json", text)}).out, StartsWith("FITS"));
}

// The group of the receiver admits nothing.
TEST_F(PlanCommandTest, CopiesThatDoNotArriveAreNamed) {
  const Ran ran = Plan({Scenario("closed.json", R"({"name": "closed", "provider": "tencent",
    "vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.1.0/24"},
             "security_groups": {"shut": {"ingress": [{"action": "drop", "peer": "0.0.0.0/0"}]}}}},
    "hosts": {"web": {"subnet": "s", "limits": {"bandwidth": "6 Gbps"}},
              "ids": {"subnet": "s", "receiver": "generic", "security_groups": ["shut"]}},
    "workloads": {"www": {"at": "web", "out": "1 Gbps"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]}}]})")});
  EXPECT_THAT(ran.out, StartsWith("DOES NOT FIT, because copies do not arrive: MIR-SEC-001"))
      << ran.err;
}

// 4 Gbps of copies of AWS and 2 of Tencent Cloud: a fleet of each cloud's types, whichever comes
// first.
TEST_F(PlanCommandTest, OtherCloudsGetFleetsOfTheirOwnInAnyOrder) {
  const std::string aws = R"({"name": "other", "provider": "aws",
    "hosts": {"web": {"limits": {"bandwidth": "60 Gbps"}}, "ids": {"receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1000 B"}},
    "mirrors": {
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids"}],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1",
        "IngressFilterRules": [
          {"RuleNumber": 1, "RuleAction": "accept", "TrafficDirection": "ingress",
           "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}],
        "EgressFilterRules": []}],
      "TrafficMirrorSessions": [{
        "TrafficMirrorSessionId": "tms-1", "TrafficMirrorTargetId": "tmt-1",
        "TrafficMirrorFilterId": "tmf-1", "NetworkInterfaceId": "web", "SessionNumber": 1}]}})";
  const std::string a = Scenario("a.json", kOneInThreeOut);
  const std::string b = Scenario("b.json", aws);
  const json one = json::parse(Plan({a, b, "--format", "json"}).out);
  EXPECT_EQ(testing_report::Complaints(
                testing_report::ReadSchema("scenarios/schema/fleet.schema.json"), one),
            "");
  ASSERT_EQ(one["fleets"].size(), 2u);
  EXPECT_EQ(one["fleets"][0]["scenarios"], json({"other"}));
  EXPECT_EQ(one["fleets"][0]["sizing"]["provider"], "aws");
  EXPECT_EQ(one["fleets"][1]["sizing"]["provider"], "tencent");
  EXPECT_NEAR(one["scenarios"][0]["headroom"]["without_loss"]["at"].get<double>(), 1.5, 0.015);
  const json other = json::parse(Plan({b, a, "--format", "json"}).out);
  EXPECT_EQ(other["fleets"], one["fleets"]);
  const std::string text = Plan({b, a}).out;
  EXPECT_THAT(text, HasSubstr("\n  Lasts until +50 % (x1.5): then it DOES NOT FIT."));
  EXPECT_THAT(text, HasSubstr("Other clouds and other software need receivers of their own"));
}

TEST_F(PlanCommandTest, KeepsThePlanOfSeveralWhereItIsTold) {
  const Ran ran = Plan(
      {Scenario("a.json", kOneInThreeOut), Scenario("b.json", kOneInThreeOut), "--format", "json"});
  EXPECT_THAT(program_.List("out"), testing::ElementsAre("plans.json"));
  EXPECT_EQ(program_.Read("out/plans.json"), ran.out);
}

TEST_F(PlanCommandTest, OneOfSeveralMayBeRefused) {
  const Ran ran =
      Plan({Scenario("three.json", kOneInThreeOut), Scenario("ninth.json", kUnderTheNinth)});
  EXPECT_THAT(ran.out, HasSubstr("\nninth: DOES NOT FIT, because the cloud refuses it: "
                                 "MIR-CAP-001 (mirror m).\n  By its traffic alone: FITS"));
}

TEST_F(PlanCommandTest, SaysThatThereIsNoTraffic) {
  const Ran ran = Plan({Scenario("idle.json", R"({"name": "idle", "provider": "tencent",
    "hosts": {"web": {"limits": {"bandwidth": "6 Gbps"}}, "ids": {"receiver": "generic"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]}}]})")});
  EXPECT_THAT(ran.out, HasSubstr("Nothing is sent: there is no traffic to plan by."));
  EXPECT_THAT(ran.out, Not(HasSubstr("FITS until")));
  EXPECT_THAT(ran.out, Not(HasSubstr("lost up to")));
}

TEST_F(PlanCommandTest, RefusesTwoValuesOfOnePathInAWhatIf) {
  const Ran ran = Plan({Scenario("three.json", kOneInThreeOut), "--whatif",
                        "/hosts/web/count=3;/hosts/web/count=4"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("'/hosts/web/count' is changed twice, to 3 and to 4"));
}

TEST_F(PlanCommandTest, AnAssertionThatIsMissedIsThree) {
  const std::string file = Scenario("three.json", kOneInThreeOut);
  EXPECT_EQ(Plan({file, "--assert", "margin >= 50%"}).exit_code, kAssertionMissed);
  EXPECT_EQ(Plan({file, "--assert", "margin >= 30%"}).exit_code, kFine);
}

TEST_F(PlanCommandTest, RefusesWhatOnlyOneScenarioHas) {
  const std::string file = Scenario("three.json", kOneInThreeOut);
  const Ran ran = Plan({file, file, "--whatif", "/workloads/www/in=x2"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("several scenarios"));
}

TEST(PlanWithoutRunsTest, FindsAWhatIfThatLeadsNowhereBeforeTheFirstRun) {
  Program program;
  int runs = 0;
  program.script = [&](const ValidScenario&, const RunControl&, RunResult&) { ++runs; };
  const Ran ran = program({"plan", program.Write("three.json", kOneInThreeOut), "--whatif",
                           "/workloads/nobody/in=x2", "--out", program.InFolder("out")});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("--whatif"));
  EXPECT_EQ(runs, 0);
}

TEST(PlanWithoutRunsTest, WritesNothingWhenStopped) {
  Program program;
  program.script = [](const ValidScenario&, const RunControl&, RunResult& result) {
    result.complete = false;
  };
  const Ran ran = program(
      {"plan", program.Write("three.json", kOneInThreeOut), "--out", program.InFolder("out")});
  EXPECT_EQ(ran.exit_code, kStopped);
  EXPECT_THAT(ran.err, HasSubstr("there is no plan"));
  EXPECT_THAT(program.List("out"), IsEmpty());
}

}  // namespace
}  // namespace vpcmirror::sim
