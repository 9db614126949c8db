// The golden answers of each cloud: the scenario they make, and that it loads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/import/imported.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(TencentImportTest, MirrorsOfBothGenerationsWatchAndReachTheirEnis) {
  const ImportedScenario imported = ImportGolden("tencent");
  EXPECT_THAT(imported.gaps, IsEmpty());
  EXPECT_THAT(imported.contradictions, IsEmpty());
  const ValidScenario scenario = Loaded(imported);
  ASSERT_EQ(scenario.mirrors.size(), 2u);
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[0].sources), ElementsAre("eni-web00001"));
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[0].receiver_enis), ElementsAre("eni-ids00001"));
  EXPECT_EQ(scenario.mirrors[0].mirror->settings().id, "audit");
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[1].sources), ElementsAre("eni-web00002"));
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[1].receiver_enis), ElementsAre("eni-ids00001"));
  // A name that is no name of a scenario gives way to the mirror's ID.
  EXPECT_EQ(scenario.mirrors[1].mirror->settings().id, "imgf-rules001");
}

TEST(TencentImportTest, HostsHaveTheirTypesOrTheLimitsOfTheAnswer) {
  const ValidScenario scenario = Loaded(ImportGolden("tencent"));
  EXPECT_EQ(CvmCalled(scenario, "web-1").type, "S5.2XLARGE32");
  // The answer: InstanceBandwidth 1.5 (Gbps), InstancePps 30 (ten thousand packets a second).
  const Cvm& other = CvmCalled(scenario, "web-2");
  EXPECT_EQ(other.limits.bandwidth, BitsPerSecond(1'500'000'000));
  EXPECT_EQ(other.limits.packet_rate, PacketsPerSecond(300'000));
  EXPECT_EQ(other.limits.vcpus, 4);
}

// 22 of 80 and 443 is a rule each; a rule for a group is one for each of its addresses.
TEST(TencentImportTest, SecurityGroupsKeepTheirOrder) {
  const ImportedScenario imported = ImportGolden("tencent");
  EXPECT_THAT(
      imported.text,
      HasSubstr(R"({"action": "accept", "protocol": "tcp", "peer": "0.0.0.0/0", "ports": "80"},
            {"action": "accept", "protocol": "tcp", "peer": "0.0.0.0/0", "ports": "443"},
            {"action": "drop", "peer": "10.0.9.10"})"));
  // A route that is switched off is none, and an ENI that nobody has is no host.
  EXPECT_THAT(imported.text, Not(HasSubstr("ccn-all00001")));
  EXPECT_THAT(imported.text, Not(HasSubstr("eni-idle0001")));
}

// What AWS gave back stays in the list; of several ranges of a VPC the first is taken, and a
// subnet of another has none that would lie outside.
TEST(AwsImportTest, RangesOfIpv6AreThoseInUse) {
  const ImportedScenario imported =
      ImportTexts({{"vpcs.json", R"({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16",
          "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2001:db8:1::/56", "Ipv6CidrBlockState": {"State": "disassociated"}},
            {"Ipv6CidrBlock": "2001:db8:2::/56", "Ipv6CidrBlockState": {"State": "associated"}}]}]})"},
                   {"subnets.json", R"({"Subnets": [
          {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24",
           "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:2:1::/64",
                                            "Ipv6CidrBlockState": {"State": "associated"}}]},
          {"SubnetId": "subnet-2", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24",
           "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:3:1::/64",
                                            "Ipv6CidrBlockState": {"State": "associated"}}]}]})"},
                   {"enis.json", R"({"NetworkInterfaces": [
          {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
           "PrivateIpAddress": "10.0.1.5", "Ipv6Addresses": [{"Ipv6Address": "2001:db8:2:1::5"}],
           "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0}}]})"}},
                  "aws");
  const ValidScenario scenario = Loaded(imported);
  EXPECT_EQ(scenario.deployment->vpcs[0].ipv6_cidr, ParseIpPrefix("2001:db8:2::/56"));
  ASSERT_EQ(scenario.deployment->subnets.size(), 2u);
  EXPECT_EQ(scenario.deployment->subnets[0].ipv6_cidr, ParseIpPrefix("2001:db8:2:1::/64"));
  EXPECT_EQ(scenario.deployment->subnets[1].ipv6_cidr, std::nullopt);
  EXPECT_THAT(scenario.deployment->enis[0].addresses,
              ElementsAre(*ParseIpAddress("10.0.1.5"), *ParseIpAddress("2001:db8:2:1::5")));
}

TEST(TencentImportTest, RangesOfIpv6AreEmptyWhereThereAreNone) {
  const ImportedScenario imported = ImportTexts({{"vpcs.json", R"({"VpcSet": [
          {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Ipv6CidrBlock": "2402:4e00:1::/56"},
          {"VpcId": "vpc-2", "CidrBlock": "10.1.0.0/16", "Ipv6CidrBlock": ""}]})"},
                                                 {"subnets.json", R"({"SubnetSet": [
          {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24",
           "Ipv6CidrBlock": "2402:4e00:1:0::/64"},
          {"SubnetId": "subnet-2", "VpcId": "vpc-2", "CidrBlock": "10.1.1.0/24",
           "Ipv6CidrBlock": ""}]})"},
                                                 {"enis.json", R"({"NetworkInterfaceSet": [
          {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1",
           "PrivateIpAddressSet": [{"PrivateIpAddress": "10.0.1.5", "Primary": true}],
           "Attachment": {"InstanceId": "ins-1", "DeviceIndex": 0}}]})"}},
                                                "tencent");
  const ValidScenario scenario = Loaded(imported);
  ASSERT_EQ(scenario.deployment->vpcs.size(), 2u);
  EXPECT_EQ(scenario.deployment->vpcs[0].ipv6_cidr, ParseIpPrefix("2402:4e00:1::/56"));
  EXPECT_EQ(scenario.deployment->vpcs[1].ipv6_cidr, std::nullopt);
  EXPECT_EQ(scenario.deployment->subnets[0].ipv6_cidr, ParseIpPrefix("2402:4e00:1::/64"));
  EXPECT_EQ(scenario.deployment->subnets[1].ipv6_cidr, std::nullopt);
}

TEST(AwsImportTest, ASessionReachesItsTargetThroughTheTransitGateway) {
  const ImportedScenario imported = ImportGolden("aws");
  EXPECT_THAT(GapNames(imported), ElementsAre("gateway_peer", "gateway_peer"));
  const ValidScenario scenario = Loaded(imported);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[0].sources), ElementsAre("eni-0a0000000000000a1"));
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[0].receiver_enis),
              ElementsAre("eni-0a0000000000000b1"));
  // 0.75 Gbps baseline, not the 10 of the burst; "web" is a subnet and a host, not two hosts.
  EXPECT_EQ(CvmCalled(scenario, "web").limits.bandwidth, BitsPerSecond(750'000'000));
  EXPECT_EQ(CvmCalled(scenario, "ids").type, "c5.xlarge");
}

// A rule that stands in its filter and in the list of rules is one rule.
TEST(AwsImportTest, RulesOfBothListsAreJoined) {
  const std::string text = ImportGolden("aws").text;
  const std::size_t first = text.find("tmfr-0a00000000000001");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("tmfr-0a00000000000001", first + 1), std::string::npos);
  EXPECT_GT(text.find("tmfr-0a00000000000002"), text.find("EgressFilterRules"));
  // Entries of an ACL are asked by number: 100 before 32767.
  EXPECT_LT(text.find(R"("ports": "4789"},
            {"action": "drop")"),
            text.size());
}

TEST(AlibabaImportTest, SessionsAndRulesAreThose) {
  const ImportedScenario imported = ImportGolden("alibaba");
  EXPECT_THAT(imported.gaps, IsEmpty());
  const ValidScenario scenario = Loaded(imported);
  ASSERT_EQ(scenario.mirrors.size(), 1u);
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[0].sources), ElementsAre("eni-bp1web000001"));
  EXPECT_THAT(EniIds(scenario, scenario.mirrors[0].receiver_enis), ElementsAre("eni-bp1ids000001"));
  // 1,024,000 kbit/s.
  EXPECT_EQ(CvmCalled(scenario, "ids").limits.bandwidth, BitsPerSecond(1'024'000'000));
  // Of the group's rules priority 1 comes first, wherever it stands.
  EXPECT_THAT(imported.text, HasSubstr(R"({"action": "drop", "peer": "10.0.0.0/8"},
            {"action": "accept", "protocol": "udp", "peer": "172.16.1.11", "ports": "4789"})"));
}

TEST(ImportTest, SaysTheSameEachTime) {
  for (const char* cloud : {"tencent", "aws", "alibaba"}) {
    EXPECT_EQ(ImportGolden(cloud).text, ImportGolden(cloud).text) << cloud;
  }
}

TEST(ImportTest, FindsEachValueAgainInItsFile) {
  const ImportedScenario imported = ImportGolden("tencent");
  const Origin address = imported.OriginOf("/hosts/web-1/enis/0/address");
  EXPECT_THAT(*address.file, HasSubstr("network-interfaces.json"));
  EXPECT_EQ(address.pointer,
            "/Response/NetworkInterfaceSet/0/PrivateIpAddressSet/0/PrivateIpAddress");
  const Origin direction = imported.OriginOf("/mirrors/1/Direction");
  EXPECT_EQ(direction.pointer, "/Response/TrafficMirrorSet/1/Direction");
  // traffic-mirrors.json:47 is `        "Direction": "NO-DIRECTION",`.
  EXPECT_EQ(direction.at, (TextPosition{47, 22}));
  // What has no origin of its own is where that is which it is in.
  EXPECT_EQ(imported.OriginOf("/hosts/web-1/enis/0/mtu").pointer,
            "/Response/NetworkInterfaceSet/0");
}

TEST(ImportTest, TellsNoSecret) {
  for (const char* cloud : {"tencent", "aws", "alibaba"}) {
    const std::string text = ImportGolden(cloud).text;
    EXPECT_THAT(text, Not(HasSubstr("correct-horse"))) << cloud;
    EXPECT_THAT(text, Not(HasSubstr("c2VjcmV0"))) << cloud;
  }
}

}  // namespace
}  // namespace vpcmirror::sim
