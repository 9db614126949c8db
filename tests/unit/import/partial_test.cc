// Imports that lack answers: what is assumed, by name, and that the scenario loads all the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "analysis/check/check.h"
#include "tests/unit/import/imported.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

struct PartialCase {
  const char* name;
  const char* cloud;
  std::vector<std::string> files;  // of the golden answers
  std::vector<std::string> gaps;   // each has to be named
};

void PrintTo(const PartialCase& c, std::ostream* os) { *os << c.name; }

class PartialImportTest : public testing::TestWithParam<PartialCase> {};

TEST_P(PartialImportTest, LoadsAndNamesWhatItAssumes) {
  const auto& [name, cloud, files, gaps] = GetParam();
  std::vector<std::string> paths;
  for (const std::string& file : files) paths.push_back(GoldenAnswers(cloud) + "/" + file);
  const ImportedScenario imported =
      ImportFiles(paths, FindCloudApi(cloud), ShippedTypes()).scenario;
  for (const std::string& gap : gaps) EXPECT_THAT(GapNames(imported), Contains(gap));
  for (const Gap& gap : imported.gaps) {
    EXPECT_NE(imported.text.find("// - " + gap.message), std::string::npos) << gap.message;
  }
  const ValidScenario scenario = Loaded(imported);
  EXPECT_EQ(scenario.mirrors.empty(), name == std::string("NetworksOnly"));
}

const PartialCase kPartialCases[] = {
    {"MirrorsOnly",
     "tencent",
     {"traffic-mirrors.json"},
     {"eni_not_listed", "address_not_listed", "subnet_not_listed", "vpc_not_listed",
      "no_route_table"}},
    {"NetworksOnly", "tencent", {"vpcs.json", "subnets.json"}, {"no_mirrors", "no_hosts"}},
    {"NoInstances",
     "tencent",
     {"traffic-mirrors.json", "network-interfaces.json"},
     {"instances_not_listed", "group_without_rules", "subnet_not_listed"}},
    {"NoTypes",
     "tencent",
     {"traffic-mirrors.json", "network-interfaces.json", "instances.json"},
     {"type_without_limits"}},
    {"NoInterfaces", "tencent", {"traffic-mirrors.json", "instances.json"}, {"eni_not_listed"}},
    {"SessionsOnly",
     "aws",
     {"traffic-mirror-sessions.json"},
     {"filter_not_listed", "target_not_listed", "eni_not_listed"}},
    {"RulesWithoutFilters",
     "aws",
     {"traffic-mirror-sessions.json", "traffic-mirror-filter-rules.json",
      "traffic-mirror-targets.json"},
     {"eni_not_listed"}},
    {"NoRoutes",
     "aws",
     {"traffic-mirror-sessions.json", "traffic-mirror-filters.json", "traffic-mirror-targets.json",
      "network-interfaces.json"},
     {"subnet_not_listed", "no_route_table"}},
    {"AlibabaSessionsOnly",
     "alibaba",
     {"traffic-mirror-sessions.json"},
     {"filter_not_listed", "eni_not_listed"}},
};

// The source and the receiver of NoRoutes are in two VPCs: without the transit gateway's
// routes no copy gets there, which is told where the scenario is checked.
bool IsCutOff(const PartialCase& c) { return c.name == std::string("NoRoutes"); }

std::vector<PartialCase> Connected() {
  std::vector<PartialCase> cases;
  for (const PartialCase& each : kPartialCases) {
    if (!IsCutOff(each)) cases.push_back(each);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Table, PartialImportTest, testing::ValuesIn(Connected()),
                         [](const auto& info) { return info.param.name; });

TEST(PartialImportTest2, ACutOffReceiverIsFound) {
  const std::string golden = GoldenAnswers("aws");
  const ImportedScenario imported =
      ImportFiles(
          {golden + "/traffic-mirror-sessions.json", golden + "/traffic-mirror-filters.json",
           golden + "/traffic-mirror-targets.json", golden + "/network-interfaces.json"},
          FindCloudApi("aws"), ShippedTypes())
          .scenario;
  const ExaminedScenario examined =
      ExamineScenarioText(imported.text, "imported.json", Shipped(), WithShippedData());
  ASSERT_TRUE(examined.errors.empty());
  const std::vector<Finding> findings = Check(examined.written, *examined.sound);
  const auto lost = std::find_if(findings.begin(), findings.end(), [](const Finding& each) {
    return each.code == "MIR-RTE-001";
  });
  ASSERT_NE(lost, findings.end());
  EXPECT_EQ(lost->severity, Severity::kError);
}

TEST(PartialImportTest2, ALoadBalancerThatNobodyDescribedHasAHostBehindIt) {
  const ImportedScenario imported = ImportTexts(
      {{"mirror.json", R"({"VpcId": "vpc-1", "TrafficMirrorName": "m", "State": "RUNNING",
          "CollectorSrcs": ["subnet-1"],
          "CollectorTarget": {"TargetType": "CLB", "TargetIps": ["lb-0a1b2c3d"]}})"}},
      "tencent");
  EXPECT_THAT(GapNames(imported), Contains("load_balancer_not_listed"));
  EXPECT_THAT(GapNames(imported), Contains("backends_not_listed"));
  EXPECT_THAT(GapNames(imported), Contains("range_without_hosts"));
  const ValidScenario scenario = Loaded(imported);
  EXPECT_EQ(scenario.deployment->load_balancers.size(), 1u);
  EXPECT_THAT(scenario.mirrors[0].sources, Not(IsEmpty()));
}

TEST(PartialImportTest2, ARangeOfAnUnknownSubnetHoldsAllOfItsAddresses) {
  // 10.0.2.1 would be the gateway of 10.0.2.0/24, and 10.0.3.0 is outside it: /23 would
  // have 10.0.2.1 as its gateway still, /22 has 10.0.0.1.
  const ImportedScenario imported = ImportTexts({{"enis.json", R"({"NetworkInterfaceSet": [
          {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
           "PrivateIpAddressSet": [{"PrivateIpAddress": "10.0.2.1", "Primary": true}],
           "Attachment": {"InstanceId": "ins-1", "DeviceIndex": 0}},
          {"NetworkInterfaceId": "eni-2", "VpcId": "vpc-1", "SubnetId": "subnet-1",
           "PrivateIpAddressSet": [{"PrivateIpAddress": "10.0.3.0", "Primary": true}],
           "Attachment": {"InstanceId": "ins-2", "DeviceIndex": 0}}]})"}},
                                                "tencent");
  EXPECT_NE(imported.text.find(R"("cidr": "10.0.0.0/22")"), std::string::npos) << imported.text;
  EXPECT_EQ(Loaded(imported).deployment->cvms.size(), 2u);
}

}  // namespace
}  // namespace vpcmirror::sim
