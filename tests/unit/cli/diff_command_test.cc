#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kSamples = VPCMIRROR_SOURCE_DIR "/scenarios/";

std::vector<std::string> WithSets(std::vector<std::string> arguments,
                                  const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    arguments.push_back("--set");
    arguments.push_back(set);
  }
  return arguments;
}

TEST(DiffCommandTest, ExitCodeSaysWhetherAnythingDiffers) {
  const Program program;
  const std::string file = program.Write("small.json", kSmallest);
  const Ran same = program({"diff", file, file});
  EXPECT_EQ(same.exit_code, kFine) << same.err;
  EXPECT_THAT(same.out, HasSubstr("nothing differs in what is"));
  const Ran other = program({"diff", file, file, "--set", "/mirrors/0/Direction=INGRESS"});
  EXPECT_EQ(other.exit_code, kFindings) << other.err;
  EXPECT_THAT(other.out, HasSubstr("stops being mirrored:\n  all IP, egress\n"));
  EXPECT_EQ(program({"diff", file, "/nowhere.json"}).exit_code, kBadInput);
}

// Answers of AWS's API in two folders that differ in a session's VNI.
TEST(DiffCommandTest, TakesFoldersOfAnswers) {
  const Program program;
  const std::string answers = VPCMIRROR_SOURCE_DIR "/tests/golden/import/aws";
  const std::string changed = program.InFolder("changed");
  std::filesystem::copy(answers, changed);
  const std::string sessions = changed + "/traffic-mirror-sessions.json";
  std::ifstream file(sessions);
  json document = json::parse(file);
  json& session = document.at("TrafficMirrorSessions").at(0);
  const std::string before = session.at("VirtualNetworkId").dump();
  session["VirtualNetworkId"] = 4711;
  std::ofstream(sessions) << document;
  const Ran same = program({"diff", answers, answers});
  EXPECT_EQ(same.exit_code, kFine) << same.err;
  const Ran other = program({"diff", answers, changed});
  EXPECT_EQ(other.exit_code, kFindings) << other.err;
  EXPECT_THAT(other.out, HasSubstr("    VNI: " + before + " -> 4711\n"));
}

// Security groups of the source let a single port in, of the 65,536 that start.
TEST(DiffCommandTest, WitnessIsOneThatSecurityGroupsLetPass) {
  const Program program;
  const std::string file = program.Write("closed.json", R"({"provider": "aws",
    "vpcs": {"v": {"cidr": "10.0.0.0/16", "subnets": {"s": "10.0.0.0/24"},
      "security_groups": {"sg": {"ingress": [{"action": "accept", "protocol": "tcp", "ports": 8443}],
                                 "egress": [{"action": "accept"}]}}}},
    "hosts": {"web": {"subnet": "s", "security_groups": ["sg"]},
              "ids": {"subnet": "s", "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1 Mbps", "ports": {"server": 8443}}},
    "mirrors": {
      "TrafficMirrorSessions": [{"TrafficMirrorSessionId": "tms-1", "TrafficMirrorTargetId": "tmt-1",
        "TrafficMirrorFilterId": "tmf-1", "NetworkInterfaceId": "web", "SessionNumber": 1}],
      "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1", "NetworkServices": [],
        "IngressFilterRules": [{"RuleNumber": 1, "RuleAction": "reject", "Protocol": 6,
          "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0"}],
        "EgressFilterRules": []}],
      "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids",
        "Type": "network-interface"}]}})");
  const Ran ran =
      program({"diff", file, file, "--format", "json", "--set",
               "/mirrors/TrafficMirrorFilters/0/IngressFilterRules/0/RuleAction=accept"});
  ASSERT_EQ(ran.exit_code, kFindings) << ran.err;
  const json document = json::parse(ran.out);
  const json& witness = document["changes"][0]["witness"];
  EXPECT_EQ(witness["flow"]["destination_port"], 8443);
  EXPECT_EQ(witness["holds_in_place"], true);
}

struct Edited {
  const char* name;
  const char* sample;
  std::vector<std::string> sets;
};

void PrintTo(const Edited& edited, std::ostream* os) { *os << edited.name; }

class DiffWitnessTest : public testing::TestWithParam<Edited> {
 protected:
  // What explain says of the witness: each copy with its receiver and outer headers.
  std::multiset<std::string> Copies(const json& witness, const std::vector<std::string>& sets) {
    const std::string packet = witness["packet"];
    const std::string eni = witness["eni"];
    const Ran ran = program_(
        WithSets({"explain", file_, "--packet", packet, "--eni", eni, "--format", "json"}, sets));
    EXPECT_EQ(ran.exit_code, kFine) << ran.err;
    std::multiset<std::string> copies;
    const json document = json::parse(ran.out);
    for (const json& session : document["sessions"]) {
      if (session.value("refusal", json()).is_null() && session["copy"].is_object()) {
        copies.insert(session["copy"].dump());
      }
    }
    return copies;
  }

  Program program_;
  std::string file_ = kSamples + GetParam().sample;
};

// Every witness is fed to explain, before and after, and held to what is claimed.
TEST_P(DiffWitnessTest, ExplainSaysTheSame) {
  const Ran ran = program_(WithSets({"diff", file_, file_, "--format", "json"}, GetParam().sets));
  ASSERT_EQ(ran.exit_code, kFindings) << ran.err;
  const json document = json::parse(ran.out);
  EXPECT_TRUE(document["summary"]["complete"]);
  int held = 0;
  for (const json& change : document["changes"]) {
    const json& witness = change["witness"];
    if (witness.is_null() || change["present"] != "both") continue;
    EXPECT_TRUE(witness["holds_in_place"]) << change["packets"];
    const auto was = Copies(witness, {});
    const auto is = Copies(witness, GetParam().sets);
    EXPECT_NE(was, is) << witness;
    EXPECT_EQ(change["kind"] == "starts", was.empty()) << witness;
    EXPECT_EQ(change["kind"] == "stops", is.empty()) << witness;
    ++held;
  }
  EXPECT_GT(held, 0);
}

const std::string kAwsRule = "/mirrors/TrafficMirrorFilters/0/EgressFilterRules/0/";

const Edited kEdits[] = {
    {"Direction", "design-estate.json", {"/mirrors/0/Direction=INGRESS"}},
    {"FewerSources", "design-estate.json", {R"(/mirrors/0/CollectorSrcs=["subnet:web"])"}},
    {"OtherHash", "design-estate.json", {"/mirrors/0/CollectorTarget/AlgHash=ENI"}},
    {"FewerReceivers",
     "design-estate.json",
     {R"(/mirrors/0/CollectorTarget/TargetIps=["ids[0]"])"}},
    {"RuleDropsMore", "tencent-rules.json", {"/mirrors/0/IngressFilterRules/0/DstPort=22-80"}},
    {"RuleTurned", "tencent-rules.json", {"/mirrors/0/IngressFilterRules/0/Action=ACCEPT"}},
    {"AwsVni", "aws-two-tools.json", {"/mirrors/TrafficMirrorSessions/0/VirtualNetworkId=7"}},
    {"AwsReject", "aws-two-tools.json", {kAwsRule + "RuleAction=reject"}},
    {"AwsNarrower", "aws-two-tools.json", {kAwsRule + "DestinationCidrBlock=10.0.0.0/8"}},
    {"AwsLength", "aws-two-tools.json", {"/mirrors/TrafficMirrorSessions/1/PacketLength=100"}},
    {"AwsOrder", "aws-two-tools.json", {"/mirrors/TrafficMirrorSessions/0/SessionNumber=3"}},
};

INSTANTIATE_TEST_SUITE_P(Table, DiffWitnessTest, testing::ValuesIn(kEdits),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace vpcmirror::sim
