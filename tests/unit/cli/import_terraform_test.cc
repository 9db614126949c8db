// vpcmirror import terraform, and check of a plan: over plans and states that were written by
// hand from the documented format, with invented IDs (tests/golden/import/terraform).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "analysis/compare/mirror_diff.h"
#include "models/scenario/valid_scenario.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "sim/cli/exit_code.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kTerraformData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";
const std::string kPlans = std::string(VPCMIRROR_SOURCE_DIR) + "/tests/golden/import/terraform/";

std::string FileText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Ran ImportTerraform(std::vector<std::string> files) {
  files.insert(files.begin(), {"import", "terraform"});
  files.insert(files.end(), {"--data", kTerraformData});
  return Program()(files);
}

ValidScenario ScenarioImported(const Ran& ran) {
  static const Library library = LoadLibrary(kTerraformData);
  ReadOptions read;
  read.data_folder = kTerraformData;
  return LoadScenarioText(ran.out, "imported.json", library, read);
}

std::vector<std::string> IdsOf(const ValidScenario& scenario,
                               const std::vector<std::size_t>& enis) {
  std::vector<std::string> ids;
  for (const std::size_t eni : enis) ids.push_back(scenario.deployment->enis[eni].id);
  return ids;
}

// Whether the filter of the first mirror copies a TCP packet to a port, coming in.
bool CopiesTcpTo(const ValidScenario& scenario, const char* address, std::uint16_t port) {
  FlowKey flow;
  flow.source = *ParseIpAddress("192.0.2.7");
  flow.destination = *ParseIpAddress(address);
  flow.protocol = kProtocolTcp;
  flow.source_port = 40000;
  flow.destination_port = port;
  flow.ports = Ports::kKnown;
  const FrameInfo frame = WitnessFrame(flow);
  const Filter& filter = scenario.mirrors.front().mirror->settings().filter;
  return filter.Decide(frame, Direction::kIngress).refusal == Refusal::kNone;
}

// Of the plan no ID is known: who is meant is told by references alone, through a module's
// variable with count.index, an output of a module with for_each, and an instance's own ENI.
TEST(ImportTerraformTest, FollowsReferencesThroughModulesAndCount) {
  const Ran ran = ImportTerraform({kPlans + "aws-plan.json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const ValidScenario scenario = ScenarioImported(ran);
  ASSERT_EQ(scenario.mirrors.size(), 2u);
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[0].sources),
              ElementsAre("aws_network_interface.web.0"));
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[1].sources),
              ElementsAre("aws_network_interface.web.1"));
  for (const PlacedMirror& mirror : scenario.mirrors) {
    EXPECT_THAT(IdsOf(scenario, mirror.receiver_enis), ElementsAre("aws_instance.ids.eni0"));
  }
  // Rule 100 accepts TCP 443, rule 200 rejects the rest.
  EXPECT_TRUE(CopiesTcpTo(scenario, "10.20.1.10", 443));
  EXPECT_FALSE(CopiesTcpTo(scenario, "10.20.1.10", 22));
  const Deployment& deployment = *scenario.deployment;
  EXPECT_EQ(deployment.cvms.size(), 3u);
  std::set<std::string> subnets;
  for (const Eni& eni : deployment.enis)
    subnets.insert(ToString(deployment.subnets[eni.subnet].cidr));
  EXPECT_THAT(subnets, ElementsAre("10.20.1.0/24", "10.20.2.0/24"));  // web in "a", ids in "b"
}

TEST(ImportTerraformTest, TellsWhatIsKnownAfterApplyOnly) {
  const Ran ran =
      Program()({"check", kPlans + "aws-plan.json", "--data", kTerraformData, "--format", "json"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  std::vector<std::string> assumed;
  const Json report = Json::parse(ran.out);
  for (const Json& finding : report["findings"]) {
    if (finding["severity"] == "assumption") assumed.push_back(finding["message"]);
  }
  EXPECT_THAT(assumed,
              testing::IsSupersetOf({
                  HasSubstr("network_interface_id of aws_ec2_traffic_mirror_session.lost will be "
                            "known after apply, and refers to local.elsewhere"),
                  HasSubstr("Session aws_ec2_traffic_mirror_session.lost is left out"),
                  HasSubstr("The addresses of ENIs will be known after apply, or are sensitive, "
                            "of 1 resource (private_ip of aws_instance.ids)"),
                  HasSubstr("by count.index or each.key are taken to mean"),
              }));
}

// The secrets of both files, each of which Terraform prints in clear in several places.
TEST(ImportTerraformTest, NeverTellsWhatIsSensitive) {
  const std::string plan = FileText(kPlans + "aws-plan.json");
  ASSERT_THAT(plan, HasSubstr("hunter2-Xq9"));
  ASSERT_THAT(FileText(kPlans + "aws-state.json"), HasSubstr("s3cr3t-of-the-database"));
  std::vector<std::string> outputs;
  for (const char* file : {"aws-plan.json", "aws-state.json"}) {
    const Ran imported = ImportTerraform({kPlans + file});
    outputs.push_back(imported.out + imported.err);
    for (const char* format : {"text", "json", "jsonl", "sarif", "junit", "github", "markdown"}) {
      const Ran checked = Program()({"check", kPlans + file, "--data", kTerraformData, "--verbose",
                                     "--format", format, "--fail-on", "info"});
      EXPECT_EQ(checked.exit_code, kFindings) << format << checked.err;
      outputs.push_back(checked.out + checked.err);
    }
  }
  // Cut off, so that nothing tells any more what is sensitive.
  const Program program;
  const std::string cut = program.Write("cut.json", plan.substr(0, plan.find("hunter2-Xq9") + 20));
  const Ran broken = program({"check", cut, "--data", kTerraformData});
  EXPECT_EQ(broken.exit_code, kBadInput);
  outputs.push_back(broken.out + broken.err);
  for (const std::string& output : outputs) {
    EXPECT_FALSE(output.empty());
    EXPECT_THAT(output, AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("s3cr3t"))));
  }
}

// A name that is marked in `tags`, and copied to where it is not, names no host.
TEST(ImportTerraformTest, DoesNotNameThingsBySecrets) {
  Json state = Json::parse(FileText(kPlans + "aws-state.json"));
  for (Json& each : state["values"]["root_module"]["resources"]) {
    if (each["address"] != "aws_instance.app") continue;
    each["values"]["tags"]["Name"] = each["values"]["tags_all"]["Name"] = "project-bluebird";
    each["sensitive_values"]["tags"]["Name"] = true;
    each["values"]["private_ip"] = "10.30.1.77";
    each["sensitive_values"]["private_ip"] = true;
  }
  const Program program;
  const Ran ran = program(
      {"import", "terraform", program.Write("state.json", state.dump()), "--data", kTerraformData});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out + ran.err, AllOf(Not(HasSubstr("bluebird")), Not(HasSubstr("10.30.1.77"))));
  EXPECT_THAT(ran.out, HasSubstr("private_ip of aws_instance.app"));
}

TEST(ImportTerraformTest, ReadsAStateWithALoadBalancer) {
  const Ran ran = ImportTerraform({kPlans + "aws-state.json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const ValidScenario scenario = ScenarioImported(ran);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[0].sources), ElementsAre("eni-0f10"));
  ASSERT_TRUE(scenario.mirrors[0].load_balancer.has_value());
  std::vector<std::string> backends;
  for (const Backend& each :
       scenario.deployment->load_balancers[*scenario.mirrors[0].load_balancer].backends) {
    backends.push_back(scenario.deployment->enis[each.eni].id);
  }
  EXPECT_THAT(backends, ElementsAre("eni-0f20", "eni-0f21"));
}

TEST(ImportTerraformTest, ReadsAlibabaCloud) {
  const Ran ran = ImportTerraform({kPlans + "alibaba-state.json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const ValidScenario scenario = ScenarioImported(ran);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_EQ(scenario.deployment->providers.front(), "alibaba");
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[0].sources), ElementsAre("eni-bp1web"));
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[0].receiver_enis), ElementsAre("eni-bp1ids"));
  EXPECT_TRUE(CopiesTcpTo(scenario, "172.16.1.10", 443));
  EXPECT_FALSE(CopiesTcpTo(scenario, "172.16.1.10", 80));
}

TEST(ImportTerraformTest, ReadsGoogleCloud) {
  const Ran ran = ImportTerraform({kPlans + "google-state.json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const ValidScenario scenario = ScenarioImported(ran);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_EQ(scenario.deployment->providers.front(), "gcp");
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[0].sources),
              ElementsAre("google_compute_instance.web.nic0"));
  ASSERT_TRUE(scenario.mirrors[0].load_balancer.has_value());
  EXPECT_EQ(scenario.mirrors[0].mirror->settings().receivers.front().address,
            *ParseIpAddress("10.40.2.100"));
}

// Terraform has the rules of Tencent Cloud's mirrors and not the mirrors.
TEST(ImportTerraformTest, JoinsRulesOfTencentCloudToAnAnswerOfItsApi) {
  const Ran alone = ImportTerraform({kPlans + "tencent-state.json"});
  EXPECT_EQ(alone.exit_code, kFindings);
  EXPECT_THAT(alone.err, HasSubstr("gives rules to mirror imgf-0a1b2c3d, whose sources and "
                                   "receivers no resource of Terraform has"));
  const Ran ran = ImportTerraform({kPlans + "tencent-state.json", kPlans + "tencent-mirrors.json"});
  ASSERT_EQ(ran.exit_code, kFine) << ran.err;
  const ValidScenario scenario = ScenarioImported(ran);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_EQ(scenario.mirrors[0].sources.size(), 2u);  // both hosts of the subnet
  EXPECT_THAT(IdsOf(scenario, scenario.mirrors[0].receiver_enis), ElementsAre("ins-ids00001.eni0"));
  EXPECT_TRUE(CopiesTcpTo(scenario, "10.50.1.10", 443));
  EXPECT_FALSE(CopiesTcpTo(scenario, "10.50.1.10", 22));  // rule 1 drops SSH
}

struct BrokenPlan {
  const char* name;
  std::string text;
  const char* want;
};

void PrintTo(const BrokenPlan& plan, std::ostream* os) { *os << plan.name; }

class BrokenPlanTest : public testing::TestWithParam<BrokenPlan> {};

TEST_P(BrokenPlanTest, IsRefusedWithTheReason) {
  const Program program;
  const std::string file = program.Write("plan.json", GetParam().text);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"import", "terraform", file}, {"check", file, "--format", "json"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--data", kTerraformData});
    const Ran ran = program(arguments);
    EXPECT_EQ(ran.exit_code, kBadInput) << command[0];
    EXPECT_THAT(ran.out + ran.err, HasSubstr(GetParam().want)) << command[0];
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("this is a bug"))) << command[0];
  }
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

const std::string kHead = R"({"format_version": "1.2", "terraform_version": "1.9.8", )";

const BrokenPlan kBrokenPlans[] = {
    {"LaterMajor", R"({"format_version": "2.0", "planned_values": {"root_module": {}}})",
     "is not known to this version"},
    {"StateItself",
     R"({"version": 4, "terraform_version": "1.9.8", "lineage": "a", "resources": []})",
     "this is a state file as Terraform stores it"},
    {"NothingToRead", kHead + R"("planned_values": {"root_module": {}}})", "there is no resource"},
    {"Truncated", kHead + R"("planned_values": {"root_mod)", "the file ends inside a string"},
    {"TenThousandDeep",
     kHead + R"("planned_values": )" + Repeated("[", 10000) + Repeated("]", 10000) + "}", "64"},
    {"DuplicateKeys", kHead + R"("planned_values": {"a": 1, "a": 2}})", "is here for the second time"},
};

INSTANTIATE_TEST_SUITE_P(Table, BrokenPlanTest, testing::ValuesIn(kBrokenPlans),
                         [](const auto& param) { return param.param.name; });

TEST(ImportTerraformTest, IgnoresKeysThatItDoesNotKnow) {
  ASSERT_THAT(FileText(kPlans + "aws-plan.json"), HasSubstr("a_key_of_a_later_minor_version"));
  Json plan = Json::parse(FileText(kPlans + "aws-plan.json"));
  plan["format_version"] = "1.99";
  const Program program;
  const Ran ran = program(
      {"import", "terraform", program.Write("plan.json", plan.dump()), "--data", kTerraformData});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
}

}  // namespace
}  // namespace vpcmirror::sim
