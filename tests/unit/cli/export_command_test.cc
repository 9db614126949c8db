// vpcmirror export tencent: what is written, what is refused, and that it says the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "analysis/compare/mirror_diff.h"
#include "models/scenario/valid_scenario.h"
#include "sim/cli/exit_code.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kExportData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";

// Everything has an ID of the cloud; sources are named as a host, an ENI, a subnet and a VPC.
constexpr char kEstate[] = R"({
  "provider": "tencent",
  "vpcs": {
    "prod": {
      "id": "vpc-2ari9m7h", "cidr": "10.0.0.0/16",
      "subnets": {
        "web": {"id": "subnet-f7d3a1b2", "cidr": "10.0.1.0/24"},
        "db": {"id": "subnet-0c9e8d7f", "cidr": "10.0.2.0/24"},
        "sec": {"id": "subnet-5b4a3c2d", "cidr": "10.0.9.0/24"}
      },
      "nat_gateways": {"nat-4e1f0a9b": {}}
    },
    "lab": {
      "id": "vpc-9z8y7x6w", "cidr": "10.9.0.0/16",
      "subnets": {"all": {"id": "subnet-1q2w3e4r", "cidr": "10.9.0.0/24"}}
    }
  },
  "hosts": {
    "web": {"count": 2, "type": "S5.4XLARGE32", "subnet": "web", "override": {
      "0": {"enis": [{"id": "eni-aaaaaaa0", "subnet": "web"}]},
      "1": {"enis": [{"id": "eni-aaaaaaa1", "subnet": "web"}]}}},
    "cache": {"type": "S5.4XLARGE32", "enis": [{"id": "eni-ccccccc0", "subnet": "web"}]},
    "db": {"count": 3, "type": "S5.4XLARGE32", "subnet": "db"},
    "lab": {"type": "S5.4XLARGE32", "subnet": "lab/all"},
    "lab-ids": {"type": "S5.4XLARGE32", "receiver": "generic",
                "enis": [{"id": "eni-bbbbbbb9", "subnet": "lab/all", "address": "10.9.0.200"}]},
    "ids": {"count": 2, "type": "S5.4XLARGE32", "receiver": "generic",
            "enis": [{"subnet": "sec", "address": "10.0.9.20"}]}
  },
  "mirrors": [
    {"TrafficMirrorName": "from/web", "CollectorSrcs": ["web", "eni-ccccccc0"],
     "Direction": "INGRESS",
     "CollectorNormalFilters": [{"SrcNet": "192.168.0.0/16", "Protocol": "TCP", "DstPort": "443"}],
     "CollectorTarget": {"TargetIps": ["ids[0]", "10.0.9.21"]}},
    {"CollectorSrcs": ["subnet:db"], "State": "STOPED", "NatId": "nat-4e1f0a9b",
     "TrafficMirrorDescribe": "what leaves", "CollectorTarget": {"TargetIps": ["ids[1]"]}},
    {"TrafficMirrorName": "lab", "VpcId": "lab", "CollectorSrcs": ["vpc:lab"],
     "Direction": "NO-DIRECTION",
     "IngressFilterRules": [
       {"TrafficMirrorFilterRuleId": "tmfi-1", "Protocol": "TCP", "DstPort": "22", "Action": "DROP"},
       {"SrcNet": "10.9.0.0/24", "Description": "the rest"}],
     "CollectorTarget": {"TargetIps": ["lab-ids"], "AlgHash": "FIVE_TUPLE_FLOW"}}
  ]
})";

Ran ExportText(const Program& program, const std::string& scenario,
               std::vector<std::string> options = {}) {
  const std::string file = program.Write("scenario.json", scenario);
  std::vector<std::string> arguments = {"export", "tencent", file, "--data", kExportData};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return program(arguments);
}

// kEstate with what `change` does to it.
template <class Change>
std::string EstateWith(Change change) {
  Json scenario = Json::parse(kEstate);
  change(scenario);
  return scenario.dump();
}

ValidScenario Loaded(const std::string& text) {
  static const Library library = LoadLibrary(kExportData);
  ReadOptions read;
  read.data_folder = kExportData;
  return LoadScenarioText(text, "scenario.json", library, read);
}

// Written by hand from the fields of CreateTrafficMirror, version 2017-03-12.
TEST(ExportCommandTest, WritesBodiesOfCreateTrafficMirror) {
  const Program program;
  const Ran ran = ExportText(program, kEstate);
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(Json::parse(ran.out), Json::parse(R"([
    {"VpcId": "vpc-2ari9m7h", "TrafficMirrorName": "from/web", "State": "RUNNING",
     "Direction": "INGRESS", "CollectorSrcs": ["eni-aaaaaaa0", "eni-aaaaaaa1", "eni-ccccccc0"],
     "CollectorNormalFilters": [{"SrcNet": "192.168.0.0/16", "Protocol": "TCP", "DstPort": "443"}],
     "CollectorTarget": {"TargetIps": ["10.0.9.20", "10.0.9.21"], "AlgHash": "ENI"}},
    {"VpcId": "vpc-2ari9m7h", "TrafficMirrorName": "mirror-2", "State": "STOPED",
     "TrafficMirrorDescribe": "what leaves", "Direction": "ALL", "NatId": "nat-4e1f0a9b",
     "CollectorSrcs": ["subnet-0c9e8d7f"], "CollectorTarget": {"TargetIps": ["10.0.9.21"]}},
    {"VpcId": "vpc-9z8y7x6w", "TrafficMirrorName": "lab", "State": "RUNNING",
     "Direction": "NO-DIRECTION", "CollectorSrcs": ["vpc-9z8y7x6w"],
     "IngressFilterRules": [
       {"Protocol": "TCP", "DstPort": "22", "Priority": 1, "Action": "DROP"},
       {"SrcNet": "10.9.0.0/24", "Priority": 2, "Action": "ACCEPT", "Description": "the rest"}],
     "CollectorTarget": {"TargetIps": ["10.9.0.200"], "AlgHash": "FIVE_TUPLE_FLOW"}}
  ])"));
}

// The exact arithmetic on sets of packets that compares two scenarios finds nothing between
// the scenario and itself with the exported mirrors in place of its own.
TEST(ExportCommandTest, SaysTheSameWhenPastedBack) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--names"}}) {
    const Program program;
    const bool has_ids = options.empty();
    const std::string written = EstateWith([&](Json& scenario) {
      if (has_ids) return;
      scenario["vpcs"]["prod"].erase("id");
      scenario["vpcs"]["prod"]["subnets"]["db"] = "10.0.2.0/24";
      scenario["hosts"]["web"].erase("override");
      scenario["hosts"]["ids"]["enis"][0].erase("address");
      scenario["mirrors"][0]["CollectorTarget"]["TargetIps"] = {"ids[*]"};
    });
    const Ran ran = ExportText(program, written, options);
    ASSERT_EQ(ran.exit_code, kFine) << ran.err;
    Json pasted = Json::parse(written);
    pasted["mirrors"] = Json::parse(ran.out);
    const ValidScenario before = Loaded(written);
    const ValidScenario after = Loaded(pasted.dump());
    const MirrorDiff diff = DiffMirroring(before, after);
    EXPECT_THAT(diff.groups, IsEmpty());
    // Two web, one cache and three db in prod; the lab's host and the receiver's ENI, of which
    // only the copies are left out.
    EXPECT_EQ(diff.unchanged_enis, 8u);
    ASSERT_EQ(before.mirrors.size(), after.mirrors.size());
    for (std::size_t i = 0; i < before.mirrors.size(); ++i) {
      EXPECT_EQ(before.mirrors[i].sources, after.mirrors[i].sources) << i;
      EXPECT_EQ(before.mirrors[i].receiver_enis, after.mirrors[i].receiver_enis) << i;
      EXPECT_EQ(before.mirrors[i].mirror->settings().id, after.mirrors[i].mirror->settings().id);
      EXPECT_EQ(before.mirrors[i].mirror->settings().state,
                after.mirrors[i].mirror->settings().state);
    }
  }
}

TEST(ExportCommandTest, SeesAFilterThatIsNotTheSame) {
  Json other = Json::parse(kEstate);
  other["mirrors"][0]["CollectorNormalFilters"][0]["DstPort"] = "444";
  EXPECT_THAT(DiffMirroring(Loaded(kEstate), Loaded(other.dump())).groups, Not(IsEmpty()));
}

TEST(ExportCommandTest, WritesAFileAMirrorForTheCommandLineInterface) {
  const Program program;
  const std::string folder = program.InFolder("bodies");
  const Ran ran = ExportText(program, kEstate, {"--out", folder});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(program.List("bodies"), ElementsAre("from_web.json", "lab.json", "mirror-2.json"));
  EXPECT_EQ(Json::parse(program.Read("bodies/mirror-2.json"))["NatId"], "nat-4e1f0a9b");
  EXPECT_THAT(ran.err, HasSubstr("tccli vpc CreateTrafficMirror --region REGION --cli-input-json "
                                 "file://" +
                                 folder + "/from_web.json"));
}

TEST(ExportCommandTest, ListsEverythingThatHasNoIdAtOnce) {
  const Program program;
  const Ran ran =
      ExportText(program, EstateWith([](Json& scenario) {
                   scenario["vpcs"]["prod"].erase("id");
                   scenario["vpcs"]["prod"]["subnets"]["db"] = "10.0.2.0/24";
                   scenario["hosts"]["web"].erase("override");
                   scenario["hosts"]["ids"]["enis"][0].erase("address");
                   scenario["mirrors"][0]["CollectorTarget"]["TargetIps"] = {"ids[0]"};
                   scenario["vpcs"]["prod"]["nat_gateways"] = {{"exit", Json::object()}};
                   scenario["mirrors"][1]["NatId"] = "exit";
                 }));
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_EQ(ran.out, "");
  for (const char* part :
       {"VPC prod has no ID of Tencent Cloud (at /vpcs/prod)", "\"id\": \"vpc-...\"",
        "subnet db has no ID of Tencent Cloud (at /vpcs/prod/subnets/db)",
        "NAT gateway exit has no ID of Tencent Cloud (at /vpcs/prod/nat_gateways)",
        "host web: no ID of Tencent Cloud for the ENIs that are watched: web[0]/eni0, web[1]/eni0",
        "host ids: receivers whose addresses nobody has written: ids[0]/eni0, ids[1]/eni0",
        "\"override\": {\"0\": {\"enis\": [{\"id\": \"eni-...\"}]}, ...}"}) {
    EXPECT_THAT(ran.err, HasSubstr(part));
  }
  EXPECT_THAT(ran.err, HasSubstr("scenario.json:1:"));
}

TEST(ExportCommandTest, RefusesWhatTheApiCannotSay) {
  const Program program;
  const Ran ran =
      ExportText(program, EstateWith([](Json& scenario) {
                   scenario["mirrors"][0]["options"] = {{"sampling", "1/10"}, {"weights", {3, 1}}};
                   scenario["mirrors"][1]["options"] = {{"packet_length", "128 B"}};
                 }));
  EXPECT_EQ(ran.exit_code, kBadInput);
  for (const char* option :
       {"mirror from/web: the API has no sampling", "(at /mirrors/0/options/sampling)",
        "mirror from/web: the API has no weights",
        "mirror mirror-2: the API has no packet_length"}) {
    EXPECT_THAT(ran.err, HasSubstr(option));
  }
}

TEST(ExportCommandTest, WarnsOfWhatIsTheCloudsOwn) {
  const Program program;
  const Ran ran = ExportText(program, EstateWith([](Json& scenario) {
                               scenario["mirrors"][0]["options"] = {{"mtu_policy", "drop"}};
                               scenario["mirrors"][0]["CollectorTarget"]["TargetType"] = "ENI";
                             }));
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("the API has no mtu_policy"),
                             HasSubstr("written with TargetType IP and the addresses")));
  EXPECT_EQ(Json::parse(ran.out)[0].count("options"), 0u);
  EXPECT_EQ(Json::parse(ran.out)[0]["CollectorTarget"]["TargetType"], "IP");
}

// One host of 28 ENIs is 28 collection objects: the API takes 20 (SDK 3.1.69).
TEST(ExportCommandTest, CountsEnisAsCollectionObjects) {
  const Program program;
  const Ran ran = ExportText(program, EstateWith([](Json& scenario) {
                               scenario["hosts"]["db"]["count"] = 21;
                               scenario["hosts"]["db"]["type"] = "S5.SMALL1";
                               scenario["mirrors"][1]["CollectorSrcs"] = {"db"};
                             }),
                             {"--names"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("mirror mirror-2 watches 21 collection objects"));
}

TEST(ExportCommandTest, RefusesMirrorsWithErrors) {
  const Program program;
  Ran ran = ExportText(program, EstateWith([](Json& scenario) {
                         scenario["mirrors"][2]["CollectorSrcs"] = {"nobody"};
                       }));
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("nothing is called \"nobody\""));
  // 21 sources of 6 Gbps ask for receivers of 14 Gbps by the rule of one ninth; one has 6.
  ran = ExportText(program,
                   EstateWith([](Json& scenario) { scenario["hosts"]["db"]["count"] = 21; }));
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("MIR-CAP-001: "));
}

TEST(ExportCommandTest, KnowsTencentAlone) {
  const Program program;
  const std::string file = program.Write("s.json", kEstate);
  Ran ran = program({"export", "aws", file, "--data", kExportData});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("there is no export to \"aws\""), HasSubstr("tencent")));
  ran = program({"export", "tencent", kExportData + "/aws-two-tools.json", "--data", kExportData});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("only Tencent Cloud's mirrors can be exported"));
}

}  // namespace
}  // namespace vpcmirror::sim
