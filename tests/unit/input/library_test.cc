#include "sim/input/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/wire/flow_key.h"
#include "sim/input/catalog.h"
#include "sim/input/csv.h"
#include "sim/input/data_folder.h"
#include "tests/unit/input/errors.h"
#include "tests/unit/input/never_mirrored.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Lines(const std::vector<ScenarioError>& errors) {
  return ErrorsOf([&] {
    if (!errors.empty()) throw ScenarioException(errors);
  });
}

// From the tables of Tencent's and AWS's pages.
TEST(LibraryTest, HasTheTypesOfTheCatalogues) {
  const InstanceType& s5 = Shipped().instance_types.at("S5.4XLARGE32");
  EXPECT_EQ(s5.limits.model, LimitModel::kCombined);
  EXPECT_EQ(s5.limits.bandwidth, BitsPerSecond(6'000'000'000));
  EXPECT_EQ(s5.limits.packet_rate, PacketsPerSecond(1'500'000));
  EXPECT_EQ(s5.limits.vcpus, 16);
  EXPECT_EQ(s5.limits.memory, Bytes(std::int64_t{32} << 30));
  EXPECT_EQ(s5.max_enis, 8);
  EXPECT_EQ(Shipped().instance_types.at("S6.8XLARGE64").max_enis, std::nullopt);

  const InstanceType& c5 = Shipped().instance_types.at("c5.large");
  EXPECT_EQ(c5.limits.model, LimitModel::kPerDirection);
  EXPECT_EQ(c5.limits.bandwidth, BitsPerSecond(750'000'000));  // baseline, not the 10 Gbps peak
  EXPECT_EQ(c5.limits.packet_rate, std::nullopt);
}

// 215/44475: six S3.6XLARGE48 at 3 Gbps are 18 Gbps, a ninth of which is 2 Gbps:
// two S3.MEDIUM8 or one S3.4XLARGE32.
TEST(LibraryTest, HasTheTypesOfTheNinthRule) {
  const auto bandwidth = [](const char* type) {
    return Shipped().instance_types.at(type).limits.bandwidth->count();
  };
  EXPECT_EQ(6 * bandwidth("S3.6XLARGE48"), 9 * bandwidth("S3.4XLARGE32"));
  EXPECT_EQ(2 * bandwidth("S3.MEDIUM8"), bandwidth("S3.4XLARGE32"));
  EXPECT_EQ(bandwidth("S3.4XLARGE32"), 2'000'000'000);
  EXPECT_EQ(Shipped().instance_types.at("S3.MEDIUM8").limits.packet_rate, std::nullopt);
}

TEST(LibraryTest, SaysWhereEveryRowComesFrom) {
  EXPECT_EQ(Shipped().instance_types.size(), 52u + 3u + 33u);
  for (const auto& [name, type] : Shipped().instance_types) {
    EXPECT_FALSE(type.source.empty()) << name;
    EXPECT_EQ(type.as_of.size(), 10u) << name;
    EXPECT_TRUE(type.limits.bandwidth && type.limits.vcpus) << name;
  }
}

// 20 Gbps and 2 Mpps on 56 threads; Zeek's lower end, 12 workers for 9.
TEST(LibraryTest, HasTheReceivers) {
  const ReceiverProfile& suricata = Shipped().receivers.at("suricata");
  EXPECT_NEAR(static_cast<double>(suricata.bandwidth_per_vcpu->count()) * 56, 20e9, 0.02e9);
  EXPECT_NEAR(static_cast<double>(suricata.packets_per_vcpu->count()) * 56, 2e6, 100);
  const ReceiverProfile& zeek = Shipped().receivers.at("zeek");
  EXPECT_EQ(zeek.bandwidth_per_vcpu, BitsPerSecond(500'000'000));
  EXPECT_EQ(zeek.scaling_efficiency, 9.0 / 12.0);
  const ReceiverProfile& generic = Shipped().receivers.at("generic");
  EXPECT_GT(generic.ring_frames, 0);
  // All mean 1250-byte frames, to a frame in a thousand.
  for (const auto& [name, each] : Shipped().receivers) {
    if (!each.bandwidth_per_vcpu) continue;
    EXPECT_NEAR(static_cast<double>(each.bandwidth_per_vcpu->count()) / 8 /
                    static_cast<double>(each.packets_per_vcpu->count()),
                1250, 1.25)
        << name;
  }
}

// What each maker's table has of a vCPU, at its least and at its most: Vectra 0.4 Gbps
// of 2 cores and 5 of 16, Darktrace 100 Mbps of 2 and 2 Gbps of 32, Stellar Cyber 1 Gbps
// of 8 and 10 of 32, BluSapphire 0.5 Gbps of 16 threads and 5 of 72.
TEST(LibraryTest, GivesTheRangeOfEachReceiver) {
  const std::map<std::string, std::pair<double, double>> tables = {
      {"vectra", {0.4 / 2, 5.0 / 16}},
      {"darktrace", {0.1 / 2, 2.0 / 32}},
      {"stellar-cyber", {1.0 / 8, 10.0 / 32}},
      {"blusapphire", {0.5 / 16, 5.0 / 72}}};
  for (const auto& [name, range] : tables) {
    const ReceiverProfile& receiver = Shipped().receivers.at(name);
    EXPECT_NEAR(static_cast<double>(receiver.bandwidth_low->count()), range.first * 1e9, 1e5);
    EXPECT_NEAR(static_cast<double>(receiver.bandwidth_high->count()), range.second * 1e9, 1e5);
  }
  const ReceiverProfile& kata = Shipped().receivers.at("kata");
  EXPECT_EQ(kata.bandwidth_most, BitsPerSecond(10'000'000'000));
  EXPECT_EQ(kata.bandwidth_per_vcpu, std::nullopt);
}

TEST(TencentProfileTest, KnowsWhatIsNeverMirrored) {
  FrameInfo arp;
  arp.ether_type = kEtherTypeArp;
  EXPECT_EQ(NeverMirroredAs("tencent", arp), "arp");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("255.255.255.255", kProtocolUdp, 68, 67)), "dhcp");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("169.254.0.23", kProtocolTcp, 50000, 80)),
            "metadata");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("169.254.0.79", kProtocolUdp, 123, 123)), "ntp");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("169.254.0.14", kProtocolTcp, 50000, 1688)),
            "windows-activation");
}

TEST(TencentProfileTest, GoesByTheServiceAndNotByThePortAlone) {
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("10.0.0.9", kProtocolTcp, 50000, 80)), "");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("10.0.0.9", kProtocolUdp, 123, 123)), "");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("10.0.0.9", kProtocolTcp, 50000, 1688)), "");
  EXPECT_EQ(NeverMirroredAs("tencent", PacketTo("10.0.0.9", kProtocolUdp, 50000, 67)), "");
}

constexpr char kReceiverHeader[] =
    "receiver,gbps_per_vcpu,gbps_low,gbps_high,gbps_most,pps_per_vcpu,scaling_efficiency,"
    "ring_frames,source,as_of\n";

std::vector<std::string> ReceiverErrors(const std::string& text) {
  Catalog catalog;
  ReadReceivers(text, "r.csv", catalog);
  return Lines(catalog.errors);
}

TEST(CatalogTest, RefusesEveryBrokenRowWithItsLine) {
  EXPECT_THAT(
      ReceiverErrors(std::string("# comment\n") + kReceiverHeader +
                     "a,0.5,,,,1000,1,10,x,2026-01-01\n"
                     "a,0.5,0.4,0.6,5,1000,1,10,x,2026-01-01\n"
                     "b,fast,,,,1000,2,10,,2026-01-01\n"
                     "c,0.5,1000\n"
                     "d,\"0.5,,,,1000,1,10,x,2026-01-01\n"
                     "e,0.5,0.6,0.7,,1000,1,10,x,2026-01-01\n"),
      ElementsAre("6:1 : found 3 cells | 10, as the header has",
                  "7:1 : a quote that is not closed at the end of its cell | \"...\" around "
                  "a whole cell, \"\" for a quote inside it",
                  "4:1 : receiver is \"a\" | a name that no other row has",
                  "5:1 : gbps_per_vcpu is \"fast\" | a positive decimal number, or nothing "
                  "where it is not known",
                  "5:1 : source is empty | something: every row has it",
                  "5:1 : scaling_efficiency is \"2\" | a number over 0 and up to 1",
                  "8:1 : gbps_low is \"0.6\" | gbps_low <= gbps_per_vcpu <= gbps_high, or "
                  "neither low nor high"));
}

TEST(CatalogTest, RefusesColumnsThatAreMissingOrUnknown) {
  EXPECT_THAT(ReceiverErrors("receiver,gbps_per_vcpus,gbps_low,gbps_high,gbps_most,pps_per_vcpu,"
                             "scaling_efficiency,ring_frames,source,as_of\n"),
              ElementsAre(HasSubstr("1:1 : the column \"gbps_per_vcpus\" is not known"),
                          HasSubstr("1:1 : the column \"gbps_per_vcpu\" is missing")));
  EXPECT_THAT(ReceiverErrors("\n# nothing\n"), ElementsAre(HasSubstr("1:1 : the table is empty")));
}

TEST(CsvTest, ReadsQuotesAndLineEnds) {
  std::vector<ScenarioError> errors;
  const CsvTable table =
      ParseCsv("a,b\r\n\"x, \"\"y\"\"\",\n", "t.csv", {.required = {"a", "b"}}, errors);
  EXPECT_THAT(Lines(errors), IsEmpty());
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(CellOf(table, table.rows[0], "a"), "x, \"y\"");
  EXPECT_EQ(CellOf(table, table.rows[0], "b"), "");
  EXPECT_EQ(table.rows[0].line, 2);
}

TEST(LibraryTest, SaysThatAFolderHasNoData) {
  EXPECT_THAT(ErrorsOf([] { LoadLibrary("/nonexistent"); }),
              ElementsAre("0:0 : there are no provider profiles here | --data or VPCMIRROR_DATA "
                          "naming a folder with schema/, profiles/, costs/ and catalog/"));
}

TEST(DataFolderTest, TakesWhatIsGivenAtItsWord) {
  EXPECT_EQ(FindDataFolder("/somewhere"), "/somewhere");
}

}  // namespace
}  // namespace vpcmirror::sim
