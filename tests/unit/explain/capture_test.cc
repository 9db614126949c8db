#include "sim/explain/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "models/scenario/find_enis.h"
#include "sim/input/packet_text.h"
#include "sim/input/pcap_reader.h"
#include "sim/packet/packet_engine.h"
#include "tests/support/load_scenario.h"
#include "tests/support/packet_builder.h"
#include "tests/support/write_pcap.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// The client of tests/golden/mixed-session.md, mirrored as a whole.
const std::string kGolden = VPCMIRROR_SOURCE_DIR "/tests/golden/mixed-session.pcap";

ValidScenario MixedSession(const std::string& mirror = "", const std::string& file = kGolden) {
  const std::string text =
      R"({"duration": "1 s",
          "hosts": {"web": {"type": "S5.4XLARGE32"},
                    "ids": {"type": "S5.4XLARGE32", "receiver": "generic"}},
          "workloads": {"replayed": {"at": "web", "replay": {"file": ")" +
      file + R"(", "local": ["192.0.2.10"]}}},
          "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]})" +
      mirror + "}]}";
  return Load(text);
}

CaptureExplanation Explain(const ValidScenario& scenario, CaptureQuestion question,
                           const std::stop_token& stop = {}, const std::string& file = kGolden) {
  question.eni = FindEnis(scenario, "web", "").front();
  return ExplainCapture(scenario, question, ScanCapture(file).open(), stop);
}

CaptureQuestion Client() { return {.local = {*ParseIpPrefix("192.0.2.10/32")}}; }

// What a ledger says of the same frames.
struct Account {
  std::array<Count, kRefusals> rejected{};
  Count mirrored;
  Bytes wire{};
};

Account AccountOf(const CaptureExplanation& capture) {
  Account account;
  for (const RulingCount& count : capture.rulings) {
    account.wire += count.wire;
    if (count.ruling.copies()) {
      account.mirrored += count.frames;
    } else {
      account.rejected[static_cast<std::size_t>(count.ruling.refusal)] += count.frames;
    }
  }
  return account;
}

void ExpectAsThePacketEngine(const ValidScenario& scenario, const std::string& file = kGolden) {
  const RunResult result = MakePacketEngine()->Run(scenario, {});
  const Ledger& ledger = result.mirrors.at(0).ledger;
  const CaptureExplanation capture = Explain(scenario, Client(), {}, file);
  const Account account = AccountOf(capture);
  EXPECT_EQ(account.rejected, ledger.rejected);
  EXPECT_EQ(account.mirrored, ledger.mirrored);
  EXPECT_EQ(account.wire, ledger.wire_bytes);
}

TEST(CaptureParityTest, EverythingIsCountedAsThePacketEngineCountsIt) {
  ExpectAsThePacketEngine(MixedSession());
}
TEST(CaptureParityTest, ADirectionIsCountedAsThePacketEngineCountsIt) {
  ExpectAsThePacketEngine(MixedSession(R"(, "Direction": "EGRESS")"));
}
TEST(CaptureParityTest, ConditionsAreCountedAsThePacketEngineCountsThem) {
  ExpectAsThePacketEngine(MixedSession(
      R"(, "CollectorNormalFilters": [{"Protocol": "TCP"}, {"Protocol": "TCP", "DstPort": "80"}])"));
}

// What is there beside the traffic of a host, each but the last two never mirrored or a
// broadcast: counted by hand in the test below.
std::vector<PcapFrame> FramesBesideTraffic() {
  const MacAddress host{
      {std::byte{2}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}}};
  MacAddress all;
  all.octets.fill(std::byte{0xff});
  const auto broadcast = [&] { return PacketBuilder().Ethernet(host, all); };
  const auto own = [] { return PacketBuilder().Ethernet(); };
  const PacketBuilder builders[] = {
      broadcast().Ipv4("0.0.0.0", "255.255.255.255").Udp(68, 67).Payload(300),
      broadcast().Ipv4("192.0.2.1", "255.255.255.255").Udp(67, 68).Payload(300),
      broadcast().Arp(),
      own().Ipv4("192.0.2.10", "169.254.0.80").Udp(40000, 123).Payload(48),
      own().Ipv4("169.254.0.80", "192.0.2.10").Udp(123, 40000).Payload(48),
      broadcast().Ipv4("192.0.2.77", "192.0.2.255").Udp(137, 137).Payload(50),
      own().Ipv4("192.0.2.10", "198.51.100.1").Tcp(40000, 443).Payload(100),
      own().Ipv4("192.0.2.77", "192.0.2.78").Tcp(40000, 443).Payload(100)};
  std::vector<PcapFrame> frames;
  for (const PacketBuilder& builder : builders) {
    std::vector<std::byte> octets = builder.Build();
    const Bytes length(std::ssize(octets));
    frames.push_back({.octets = std::move(octets),
                      .wire_length = length,
                      .time_ns = std::ssize(frames) * 1'000'000});
  }
  return frames;
}

// Frames 1 to 5 are DHCP, ARP and NTP, 6 and 7 are copied, 8 is of others.
TEST(CaptureParityTest, WhatIsNeverMirroredIsCountedAsThePacketEngineCountsIt) {
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / "beside_traffic.pcap";
  WritePcap(file, FramesBesideTraffic());
  const ValidScenario scenario = MixedSession("", file.string());
  ExpectAsThePacketEngine(scenario, file.string());
  const CaptureExplanation capture = Explain(scenario, Client(), {}, file.string());
  const Account account = AccountOf(capture);
  EXPECT_EQ(account.rejected[static_cast<std::size_t>(Refusal::kNeverMirrored)].frames, 5);
  EXPECT_EQ(account.mirrored.frames, 2);
  EXPECT_EQ(capture.passed[static_cast<std::size_t>(Direction::kEgress)].frames, 4);
  EXPECT_EQ(capture.passed[static_cast<std::size_t>(Direction::kIngress)].frames, 3);
  EXPECT_EQ(capture.others.frames, 1);
  EXPECT_EQ(capture.first_other, 8);
  EXPECT_THAT(scenario.notes,
              ElementsAre("Workload replayed leaves aside 1 of 8 captured frames, which neither "
                          "come from its `local` addresses nor go to them."));
}

// mixed-session.md: frames 1 and 2 are ARP, 3 is DHCP, the other nine are copied.
TEST(CaptureTest, CountsByReasonWithAnExample) {
  const CaptureExplanation capture = Explain(MixedSession(), Client());
  EXPECT_EQ(capture.frames, 12);
  std::int64_t never = 0;
  std::int64_t copied = 0;
  for (const RulingCount& count : capture.rulings) {
    if (count.ruling.refusal == Refusal::kNeverMirrored) never += count.frames.frames;
    if (count.ruling.copies()) copied += count.frames.frames;
    EXPECT_GE(count.example, 1);
  }
  EXPECT_EQ(never, 3);
  EXPECT_EQ(capture.others.frames, 0);
  EXPECT_EQ(copied, 9);
}

// Without --local nothing of it is the ENI's but the broadcasts, ARP in frame 1 and
// DHCP in frame 3, which arrive at everybody.
TEST(CaptureTest, LeavesOutWhatIsNotOfTheEni) {
  const CaptureExplanation capture = Explain(MixedSession(), {});
  EXPECT_EQ(capture.others.frames, 10);
  EXPECT_EQ(capture.first_other, 2);
  EXPECT_EQ(capture.passed[static_cast<std::size_t>(Direction::kIngress)].frames, 2);
}

TEST(CaptureTest, KeepsAsManyLinesAsWereAskedFor) {
  CaptureQuestion question = Client();
  question.lines = 5;
  const CaptureExplanation capture = Explain(MixedSession(), question);
  ASSERT_THAT(capture.lines, SizeIs(5));
  EXPECT_EQ(capture.lines.back().number, 5);
  EXPECT_EQ(capture.frames, 12);
}

// Frames 4 to 8 are TCP with the server's port 80 or the client's: only what the
// client sends has destination port 80.
TEST(CaptureTest, CountsTheUseOfEveryRule) {
  const CaptureExplanation capture = Explain(
      MixedSession(
          R"(, "CollectorNormalFilters": [{"Protocol": "TCP"}, {"Protocol": "TCP", "DstPort": "81"}])"),
      Client());
  const auto& egress = capture.sessions.at(0).rules[1];
  ASSERT_THAT(egress, SizeIs(2));
  EXPECT_GT(egress[0].matched, 0);
  EXPECT_GT(egress[1].asked, 0);
  EXPECT_EQ(egress[1].matched, 0);
}

TEST(CaptureTest, StopsWhenTold) {
  std::stop_source source;
  source.request_stop();
  const CaptureExplanation capture = Explain(MixedSession(), Client(), source.get_token());
  EXPECT_FALSE(capture.complete);
  EXPECT_EQ(capture.frames, 1);
}

}  // namespace
}  // namespace vpcmirror::sim
