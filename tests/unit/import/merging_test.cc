// Several files, of several calls, accounts and regions; and files that are wrong.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "sim/import/print_commands.h"
#include "tests/unit/import/imported.h"
#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string Subnet(const std::string& id, const std::string& cidr, const std::string& zone,
                   int free = 10) {
  return fmt::format(R"({{"SubnetId": "{}", "VpcId": "vpc-1", "CidrBlock": "{}", "Zone": "{}",
    "AvailableIpAddressCount": {}}})",
                     id, cidr, zone, free);
}

std::string SubnetSet(const std::string& subnets, int total) {
  return fmt::format(R"({{"Response": {{"TotalCount": {}, "SubnetSet": [{}]}}}})", total, subnets);
}

std::vector<std::string> Contradictions(const ImportedScenario& imported) {
  std::vector<std::string> messages;
  for (const Contradiction& each : imported.contradictions) messages.push_back(each.message);
  return messages;
}

// VPCs of the same ranges are usual: what is assumed in each has a name of its own.
TEST(MergingTest, OneAddressInTwoVpcsIsTwoHosts) {
  const auto mirror = [](const std::string& vpc) {
    return fmt::format(R"({{"VpcId": "{0}", "TrafficMirrorName": "of-{0}", "State": "RUNNING",
        "CollectorSrcs": ["10.0.1.7"], "CollectorTarget": {{"TargetIps": ["10.0.1.9"]}}}})",
                       vpc);
  };
  const ImportedScenario imported =
      ImportTexts({{"a.json", mirror("vpc-a")}, {"b.json", mirror("vpc-b")}}, "tencent");
  const ExaminedScenario examined =
      ExamineScenarioText(imported.text, "imported.json", Shipped(), WithShippedData());
  ASSERT_THAT(examined.errors, IsEmpty());
  std::set<std::string> hosts;
  for (const HostSpec& host : examined.written.hosts) hosts.insert(host.name);
  EXPECT_THAT(hosts, SizeIs(4));
  ASSERT_THAT(examined.sound->mirrors, SizeIs(2));
  EXPECT_NE(examined.sound->mirrors[0].vpc, examined.sound->mirrors[1].vpc);
}

TEST(MergingTest, PagesAreJoined) {
  const ImportedScenario imported =
      ImportTexts({{"1.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-x-1"), 2)},
                   {"2.json", SubnetSet(Subnet("subnet-2", "10.0.2.0/24", "ap-x-1"), 2)}},
                  "tencent");
  EXPECT_THAT(GapNames(imported), testing::Not(Contains("page_missing")));
  EXPECT_THAT(imported.text, testing::AllOf(HasSubstr("subnet-1"), HasSubstr("subnet-2")));
}

TEST(MergingTest, APageThatIsMissingIsSaidWithItsNumbers) {
  const ImportedScenario imported = ImportTexts(
      {{"1.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-x-1"), 250)}}, "tencent");
  ASSERT_THAT(GapNames(imported), Contains("page_missing"));
  EXPECT_THAT(imported.text, HasSubstr("1 of 250 entries of SubnetSet are in the files"));
}

TEST(MergingTest, WhatIsThereTwiceAndTheSameIsThereOnce) {
  const ImportedScenario imported =
      ImportTexts({{"1.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-x-1", 10), 1)},
                   {"2.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-x-1", 9), 1)}},
                  "tencent");
  EXPECT_THAT(imported.contradictions, IsEmpty());
}

TEST(MergingTest, OneIdWithTwoContentsIsAContradictionAndTheFirstCounts) {
  const ImportedScenario imported =
      ImportTexts({{"1.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-x-1"), 1)},
                   {"2.json", SubnetSet(Subnet("subnet-1", "10.0.2.0/24", "ap-x-1"), 1)}},
                  "tencent");
  ASSERT_THAT(
      Contradictions(imported),
      ElementsAre(HasSubstr("subnet subnet-1 is described twice, and differently: 1.json:1")));
  EXPECT_EQ(*imported.contradictions[0].origin.file, "2.json");
  EXPECT_EQ(imported.contradictions[0].origin.pointer, "/Response/SubnetSet/0");
  EXPECT_THAT(imported.text, HasSubstr(R"("cidr": "10.0.1.0/24")"));
}

TEST(MergingTest, AVpcInTwoRegionsIsAContradiction) {
  const ImportedScenario imported =
      ImportTexts({{"1.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-guangzhou-3"), 1)},
                   {"2.json", SubnetSet(Subnet("subnet-2", "10.0.2.0/24", "ap-beijing-1"), 1)}},
                  "tencent");
  EXPECT_THAT(
      Contradictions(imported),
      ElementsAre("VPC vpc-1 has something in region ap-beijing here and in ap-guangzhou at "
                  "1.json:1"));
}

TEST(MergingTest, TwoZonesOfARegionAreNone) {
  const ImportedScenario imported =
      ImportTexts({{"1.json", SubnetSet(Subnet("subnet-1", "10.0.1.0/24", "ap-guangzhou-3") + "," +
                                            Subnet("subnet-2", "10.0.2.0/24", "ap-guangzhou-10"),
                                        2)}},
                  "tencent");
  EXPECT_THAT(imported.contradictions, IsEmpty());
}

std::vector<std::string> ErrorsOfImport(const std::vector<NamedText>& texts, const char* cloud) {
  return ErrorsOf([&] { ImportTexts(texts, cloud); });
}

TEST(WrongFileTest, OfAnotherCloudIsToldAsSuch) {
  EXPECT_THAT(
      ErrorsOfImport({{"a.json", R"({"VpcSet": []})"}}, "aws"),
      ElementsAre("1:1 : this is what DescribeVpcs of Tencent Cloud answers, and the import "
                  "is of AWS | vpcmirror import tencent, or the file left out"));
}

TEST(WrongFileTest, AnErrorOfTheApiIsToldInItsWords) {
  EXPECT_THAT(ErrorsOfImport({{"a.json", R"({"Response": {"Error": {"Code": "UnauthorizedOperation",
        "Message": "you may not"}, "RequestId": "1"}})"}},
                             "tencent"),
              ElementsAre(HasSubstr("1:14 /Response: the API answered with an error: "
                                    "UnauthorizedOperation: you may not")));
  EXPECT_THAT(ErrorsOfImport({{"a.json", R"({"Code": "Forbidden.RAM", "Message": "no",
        "RequestId": "1"})"}},
                             "alibaba"),
              ElementsAre(HasSubstr("Forbidden.RAM: no")));
}

TEST(WrongFileTest, OfNoKindIsAnErrorAloneAndLeftOutOfAFolder) {
  const std::vector<NamedText> files = {{"a.json", R"({"Metrics": []})"},
                                        {"b.json", R"({"VpcSet": []})"}};
  EXPECT_THAT(ErrorsOfImport(files, "tencent"),
              ElementsAre(HasSubstr("this is no answer of Tencent Cloud that an import reads")));
  EXPECT_THAT(Contradictions(ImportTexts(files, "tencent", /*in_folder=*/true)),
              ElementsAre(HasSubstr("it is left out")));
}

TEST(WrongFileTest, AnUnknownWordIsToldWithTheKnownOnes) {
  const ImportedScenario imported =
      ImportTexts({{"a.json", R"({"RouteTableSet": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1",
        "RouteSet": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayType": "WORMHOLE",
                      "GatewayId": "x"}]}]})"}},
                  "tencent");
  ASSERT_THAT(Contradictions(imported), ElementsAre(HasSubstr("\"WORMHOLE\"")));
  EXPECT_THAT(imported.contradictions[0].fix, HasSubstr("NAT"));
  EXPECT_EQ(imported.contradictions[0].origin.pointer, "/RouteTableSet/0/RouteSet/0/GatewayType");
}

TEST(WrongFileTest, RulesOfNoGroupAreContradictory) {
  EXPECT_THAT(
      Contradictions(ImportTexts(
          {{"policies.json", R"({"SecurityGroupPolicySet": {"Ingress": []}})"}}, "tencent")),
      ElementsAre(HasSubstr("do not say which security group they are of")));
}

TEST(WrongFileTest, MirrorsOfPublicIpsAreLeftOut) {
  const ImportedScenario imported = ImportTexts(
      {{"a.json", R"({"TrafficMirrorSet": [{"TrafficMirrorId": "imgf-1", "Type": "PUBLICIP"}]})"}},
      "tencent");
  EXPECT_THAT(GapNames(imported), Contains("mirror_of_public_ips"));
}

// What --print-commands prints is what is read: each call's answer is told by the same row.
TEST(CommandsTest, AskForWhatIsReadAndNothingElse) {
  for (const CloudApi* api : CloudApis()) {
    const std::string printed = CommandsOf(*api);
    std::set<std::string_view> files;
    for (const AnswerKind& kind : api->answers) {
      ASSERT_NE(kind.read, nullptr) << kind.call;
      if (kind.command.empty()) continue;
      EXPECT_THAT(kind.command, HasSubstr(std::string(kind.call)));
      EXPECT_THAT(printed, HasSubstr(fmt::format("{} > {}", kind.command, kind.file)));
      EXPECT_THAT(printed, HasSubstr(fmt::format("#   {}\n", kind.permission)));
      EXPECT_TRUE(files.insert(kind.file).second || !kind.each.empty()) << kind.file;
      EXPECT_THAT(kind.file, testing::EndsWith(".json"));
    }
  }
}

TEST(CommandsTest, OnlyRead) {
  for (const CloudApi* api : CloudApis()) {
    for (const AnswerKind& kind : api->answers) {
      if (kind.command.empty()) continue;
      const std::string permission(kind.permission);
      const std::string action = permission.substr(permission.find(':') + 1);
      EXPECT_TRUE(action.starts_with("Describe") || action.starts_with("List")) << permission;
    }
  }
}

// Each golden answer is of one call, and every call that the import reads of a cloud has one
// but for those that only tell of more: gateways, peerings and load balancers.
TEST(CommandsTest, EveryGoldenAnswerIsOfOneCall) {
  for (const CloudApi* api : CloudApis()) {
    for (const std::string& file : FilesIn({GoldenAnswers(std::string(api->name))})) {
      const Documents documents = ReadDocuments({file});
      EXPECT_THAT(KindsIn(Unwrapped(documents[0]->root()), *api), SizeIs(1)) << file;
      for (const CloudApi* other : CloudApis()) {
        if (other == api) continue;
        EXPECT_THAT(KindsIn(Unwrapped(documents[0]->root()), *other), IsEmpty()) << file;
      }
    }
  }
}

TEST(CheckedFilesTest, AScenarioIsNone) {
  EXPECT_FALSE(AreAnswers({Document::Parse(R"({"hosts": {}, "VpcSet": []})", "a")}));
  EXPECT_FALSE(AreAnswers({Document::Parse(R"({"provider": "aws"})", "a")}));
  EXPECT_TRUE(AreAnswers({Document::Parse(R"({"Vpcs": []})", "a")}));
  EXPECT_TRUE(AreAnswers({Document::Parse(R"({"CollectorSrcs": [], "VpcId": "v"})", "a")}));
}

}  // namespace
}  // namespace vpcmirror::sim
