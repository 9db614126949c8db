#include "sim/live/live_mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/live/capture_writer.h"
#include "tests/support/load_scenario.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/live/live_support.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// web at 10.0.0.2, ids at 10.0.0.3; `mirror` is more of it, behind a comma.
std::shared_ptr<const ValidScenario> Scenario(const std::string& mirror = "",
                                              const std::string& web = "") {
  return std::make_shared<const ValidScenario>(Load(
      R"({"provider": "tencent",
          "hosts": {"web": {"type": "S5.4XLARGE32")" +
      web + R"(},
                    "ids": {"type": "S5.4XLARGE32", "receiver": "generic"}},
          "workloads": {"www": {"at": "web", "in": "1 Mbps"}},
          "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                       "CollectorTarget": {"TargetIps": ["ids"]})" +
      mirror + "}]}"));
}

PacketBuilder Tcp(std::uint16_t from, std::uint16_t to) {
  return PacketBuilder().Ethernet().Ipv4("203.0.113.9", "10.0.0.2").Tcp(from, to);
}

CapturedFrame Captured(const std::vector<std::byte>& octets,
                       std::optional<Direction> direction = Direction::kIngress) {
  return {.octets = octets,
          .wire_length = Bytes(static_cast<std::int64_t>(octets.size())),
          .time_ns = 1,
          .direction = direction};
}

class LiveMirrorTest : public testing::Test {
 protected:
  const MirrorAccount& Account(const LiveMirror& mirror) {
    EXPECT_TRUE(mirror.account().AddsUp());
    return mirror.account().mirrors.at(0);
  }
  KeepingSink sink_;
};

// VXLAN over IPv4 takes 36 bytes from the outer IP header on (RFC 791, 768, 7348), and Ethernet 14
// in front of it. The first frame of a flow goes the long way, the others the short one.
TEST_F(LiveMirrorTest, CopiesEveryFrameAsItCame) {
  LiveMirror mirror({.scenario = Scenario(), .eni = 0});
  const auto frame = Tcp(40000, 443).Payload(100).Build();
  const std::vector<CapturedFrame> batch(3, Captured(frame));
  mirror.Take(batch, sink_);
  ASSERT_THAT(sink_.copies, SizeIs(3));
  for (const auto& copy : sink_.copies) {
    ASSERT_EQ(copy.octets.size(), 36 + frame.size());
    EXPECT_TRUE(std::equal(frame.begin(), frame.end(), copy.octets.begin() + 36));
    EXPECT_EQ(copy.octets, sink_.copies[0].octets);
    EXPECT_EQ(copy.time_ns, 1);
  }
  const Bytes bytes(static_cast<std::int64_t>(3 * frame.size()));
  EXPECT_EQ(Account(mirror).ledger.mirrored, (Count{3, bytes}));
  EXPECT_EQ(Account(mirror).ledger.wire_datagrams, 3);
  EXPECT_EQ(Account(mirror).ledger.wire_bytes, bytes + Bytes(3 * 50));
  EXPECT_EQ(mirror.account().passed[0] + mirror.account().passed[1], (Count{3, bytes}));
  ASSERT_THAT(Account(mirror).receivers, SizeIs(1));
  EXPECT_EQ(ToString(Account(mirror).receivers[0].address), "10.0.0.3");
}

TEST_F(LiveMirrorTest, TellsDirectionByAddressesWhereItsSourceDoesNot) {
  LiveMirror mirror({.scenario = Scenario(), .eni = 0});
  const auto in = Tcp(40000, 443).Build();
  const auto out =
      PacketBuilder().Ethernet().Ipv4("10.0.0.2", "203.0.113.9").Tcp(443, 40000).Build();
  const auto other = PacketBuilder().Ethernet().Ipv4("10.0.0.7", "203.0.113.9").Tcp(1, 2).Build();
  mirror.Take(
      std::vector{Captured(in, {}), Captured(out, {}), Captured(out, {}), Captured(other, {})},
      sink_);
  EXPECT_EQ(mirror.account().passed[static_cast<std::size_t>(Direction::kIngress)].frames, 1);
  EXPECT_EQ(mirror.account().passed[static_cast<std::size_t>(Direction::kEgress)].frames, 2);
  EXPECT_EQ(mirror.account().others.frames, 1);
  EXPECT_EQ(Account(mirror).ledger.offered.frames, 3);
  EXPECT_THAT(sink_.copies, SizeIs(3));
}

TEST_F(LiveMirrorTest, LeavesToTheSinkWhatTheCaptureLacks) {
  LiveMirror mirror({.scenario = Scenario(), .eni = 0});
  const auto frame = Tcp(40000, 443).Build();  // 54 octets
  CapturedFrame captured = Captured(frame);
  captured.wire_length = Bytes(1000);
  mirror.Take(std::vector(2, captured), sink_);
  ASSERT_THAT(sink_.copies, SizeIs(2));
  for (const auto& copy : sink_.copies) {
    EXPECT_EQ(copy.octets.size(), 36u + 54u);
    EXPECT_EQ(copy.missing, 946);
  }
  EXPECT_EQ(Account(mirror).ledger.wire_bytes, Bytes(2 * 1050));
  EXPECT_EQ(mirror.account().cut_short, 0);
  captured.octets = captured.octets.first(40);  // within TCP
  mirror.Take(std::span(&captured, 1), sink_);
  EXPECT_EQ(mirror.account().cut_short, 1);
  EXPECT_EQ(sink_.copies.back().missing, 960);
}

TEST_F(LiveMirrorTest, CountsWhatAFilterRefuses) {
  LiveMirror mirror({.scenario = Scenario(R"(, "Direction": "EGRESS")"), .eni = 0});
  const auto frame = Tcp(40000, 443).Build();
  mirror.Take(std::vector(2, Captured(frame)), sink_);
  EXPECT_THAT(sink_.copies, SizeIs(0));
  EXPECT_EQ(Account(mirror).ledger.rejected[static_cast<std::size_t>(Refusal::kDirection)].frames,
            2);
}

// A group that admits only port 443, whose replies pass because the group remembers them.
TEST_F(LiveMirrorTest, AsksSecurityGroupsFrameByFrame) {
  const auto scenario = std::make_shared<const ValidScenario>(Load(R"({
    "provider": "tencent",
    "vpcs": {"main": {"cidr": "10.0.0.0/16", "subnets": {"all": "10.0.0.0/24"},
      "security_groups": {"web": {
        "ingress": [{"action": "accept", "protocol": "tcp", "ports": 443}], "egress": []}}}},
    "hosts": {"web": {"type": "S5.4XLARGE32", "security_groups": ["web"]},
              "ids": {"type": "S5.4XLARGE32", "receiver": "generic"}},
    "workloads": {"www": {"at": "web", "in": "1 Mbps"}},
    "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
                 "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  LiveMirror mirror({.scenario = scenario, .eni = 0});
  const auto admitted = Tcp(40000, 443).Build();
  const auto reply =
      PacketBuilder().Ethernet().Ipv4("10.0.0.2", "203.0.113.9").Tcp(443, 40000).Build();
  const auto refused = Tcp(40000, 22).Build();
  mirror.Take(std::vector{Captured(admitted, {}), Captured(reply, {}), Captured(refused, {}),
                          Captured(refused, {}), Captured(admitted, {})},
              sink_);
  const Ledger& ledger = Account(mirror).ledger;
  EXPECT_EQ(ledger.mirrored.frames, 3);
  EXPECT_EQ(ledger.rejected[static_cast<std::size_t>(Refusal::kNotAdmitted)].frames, 2);
}

constexpr const char* kErspan =
    R"(, "options": {"encapsulation": {"kind": "erspan2", "erspan_session": 5}})";

// GRE with a sequence (RFC 2890): its last 4 bytes, 4 behind the 20 of IPv4 and 4 of GRE.
std::vector<int> Sequences(const KeepingSink& sink) {
  std::vector<int> sequences;
  for (const auto& copy : sink.copies) {
    sequences.push_back(static_cast<int>(LoadBe32(&copy.octets[24])));
  }
  return sequences;
}

TEST_F(LiveMirrorTest, GoesOnCountingWhenItIsChanged) {
  LiveMirror mirror({.scenario = Scenario(kErspan), .eni = 0});
  const auto frame = Tcp(40000, 443).Build();
  const std::vector<CapturedFrame> batch(2, Captured(frame));
  mirror.Take(batch, sink_);
  mirror.Change(
      {.scenario = Scenario(std::string(kErspan) + R"(, "Direction": "EGRESS")"), .eni = 0});
  mirror.Take(batch, sink_);
  EXPECT_THAT(sink_.copies, SizeIs(2));
  mirror.Change({.scenario = Scenario(kErspan), .eni = 0});
  mirror.Take(batch, sink_);
  EXPECT_THAT(Sequences(sink_), ElementsAre(0, 1, 2, 3));
  ASSERT_THAT(mirror.account().mirrors, SizeIs(1));
  EXPECT_EQ(Account(mirror).ledger.offered.frames, 6);
  EXPECT_EQ(Account(mirror).ledger.mirrored.frames, 4);
  EXPECT_THAT(Account(mirror).receivers, SizeIs(1));
}

TEST_F(LiveMirrorTest, KeepsTheAccountOfAMirrorThatIsGone) {
  LiveMirror mirror({.scenario = Scenario(), .eni = 0});
  const auto frame = Tcp(40000, 443).Build();
  mirror.Take(std::vector{Captured(frame)}, sink_);
  mirror.Change({.scenario = Scenario(), .eni = 1});
  mirror.Take(std::vector{Captured(frame)}, sink_);
  EXPECT_EQ(Account(mirror).ledger.offered.frames, 1);
  EXPECT_THAT(sink_.copies, SizeIs(1));
}

TEST_F(LiveMirrorTest, CountsCopiesWithoutOuterHeaders) {
  const MirroredEni mirrored{
      .scenario = Scenario(R"(, "options": {"encapsulation": {"kind": "none"}})"), .eni = 0};
  EXPECT_THAT(WhyNothingCanBeSent(mirrored).value_or(""),
              HasSubstr("mirror m has encapsulation \"none\""));
  EXPECT_EQ(WhyNothingCanBeSent({.scenario = Scenario(), .eni = 0}), std::nullopt);
  LiveMirror mirror(mirrored);
  CountingSink counting;
  const auto frame = Tcp(40000, 443).Build();
  mirror.Take(std::vector(2, Captured(frame)), counting);
  EXPECT_EQ(counting.counters().sent, 2);
  EXPECT_EQ(counting.counters().sent_bytes, Bytes(2 * 54));
  EXPECT_EQ(Account(mirror).ledger.wire_bytes, Bytes(2 * 54));
}

TEST(LiveAccountTest, IsTheSumOfThoseOfWorkers) {
  const auto one = [](const char* id, const char* address) {
    LiveAccount account;
    MirrorAccount mirror{.id = id, .ledger = {}, .receivers = {}};
    mirror.ledger.offered = mirror.ledger.mirrored = {1, Bytes(60)};
    mirror.receivers.push_back(
        {.eni = "e", .address = *ParseIpAddress(address), .mirrored = {1, Bytes(60)}});
    account.mirrors.push_back(mirror);
    account.others = {2, Bytes(120)};
    account.cut_short = 1;
    return account;
  };
  LiveAccount sum = one("a", "10.0.0.1");
  sum += one("a", "10.0.0.2");
  sum += one("b", "10.0.0.1");
  EXPECT_TRUE(sum.AddsUp());
  ASSERT_THAT(sum.mirrors, SizeIs(2));
  EXPECT_EQ(sum.mirrors[0].ledger.mirrored, (Count{2, Bytes(120)}));
  EXPECT_THAT(sum.mirrors[0].receivers, SizeIs(2));
  EXPECT_EQ(sum.others, (Count{6, Bytes(360)}));
  EXPECT_EQ(sum.cut_short, 3);
  sum.mirrors[0].receivers[0].mirrored.Add(Bytes(60));
  EXPECT_FALSE(sum.AddsUp());
}

}  // namespace
}  // namespace vpcmirror::sim
