#include "models/mirror/filter.h"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

#include "tests/support/addresses.h"
#include "tests/support/packet_builder.h"
#include "tests/support/parsed.h"

namespace vpcmirror {
namespace {

PacketBuilder TcpBetween(std::string_view source, std::string_view destination,
                         std::uint16_t source_port, std::uint16_t destination_port) {
  return PacketBuilder().Ethernet().Ipv4(source, destination).Tcp(source_port, destination_port);
}

struct FilterCase {
  const char* name;
  std::vector<Condition> conditions;
  PacketBuilder packet;
  Refusal want;
};

void PrintTo(const FilterCase& c, std::ostream* os) { *os << c.name; }

class FilterAllOfTest : public testing::TestWithParam<FilterCase> {};

TEST_P(FilterAllOfTest, IsAsTabled) {
  const FilterCase& c = GetParam();
  EXPECT_EQ(Filter::AllOf(c.conditions).Decide(Parsed(c.packet), Direction::kEgress).refusal,
            c.want);
}

// The filter of vectors TC-4 and TC-5 (Tencent's API sample).
const Condition kSample{.source = Prefix("10.0.0.0/24"),
                        .destination = Prefix("192.168.0.0/24"),
                        .protocol = kProtocolTcp,
                        .source_ports = {5000, 5000},
                        .destination_ports = {3456, 3456}};
const Condition kTcpTo80{.protocol = kProtocolTcp, .destination_ports = {80, 80}};
const Condition kTcpTo443{.protocol = kProtocolTcp, .destination_ports = {443, 443}};
const Condition kTcpTo22{.protocol = kProtocolTcp, .destination_ports = {22, 22}};
const Condition kToTen{.destination = Prefix("10.0.0.0/8")};
const Condition kAnyTcp{.protocol = kProtocolTcp};
const Condition kAnything{};

const PacketBuilder kLaterFragment =
    PacketBuilder()
        .Ethernet()
        .Ipv4("10.0.0.7", "192.168.0.9", {.fragment_offset = 185, .protocol = kProtocolTcp})
        .Payload(64);

const FilterCase kFilterCases[] = {
    {"NoConditionCopiesEverything",
     {},
     TcpBetween("10.0.0.7", "192.168.0.9", 1, 2),
     Refusal::kNone},
    {"NoConditionCopiesWhatIsNotIp", {}, PacketBuilder().Ethernet().Arp(), Refusal::kNone},
    {"SampleHolds", {kSample}, TcpBetween("10.0.0.7", "192.168.0.9", 5000, 3456), Refusal::kNone},
    {"SampleWantsTcp",
     {kSample},
     PacketBuilder().Ethernet().Ipv4("10.0.0.7", "192.168.0.9").Udp(5000, 3456),
     Refusal::kFilter},
    {"SampleWantsItsSourcePort",
     {kSample},
     TcpBetween("10.0.0.7", "192.168.0.9", 5001, 3456),
     Refusal::kFilter},
    {"SampleWantsItsSourceNetwork",
     {kSample},
     TcpBetween("10.0.1.7", "192.168.0.9", 5000, 3456),
     Refusal::kFilter},
    {"SampleLeavesTheReplyOut",
     {kSample},
     TcpBetween("192.168.0.9", "10.0.0.7", 3456, 5000),
     Refusal::kFilter},
    {"DisjointPortsNeverBothHold",
     {kTcpTo80, kTcpTo443},
     TcpBetween("10.0.0.7", "10.1.1.1", 40000, 443),
     Refusal::kFilter},
    {"BothConditionsHold",
     {kToTen, kTcpTo22},
     TcpBetween("192.168.0.1", "10.1.1.1", 40000, 22),
     Refusal::kNone},
    {"OneOfTwoConditionsFails",
     {kToTen, kTcpTo22},
     TcpBetween("192.168.0.1", "11.1.1.1", 40000, 22),
     Refusal::kFilter},
    {"PortZeroIsOutsideTheDefaultRange",
     {kAnyTcp},
     TcpBetween("10.0.0.1", "10.0.0.2", 0, 443),
     Refusal::kFilter},
    {"IcmpHasNoPortsToMiss",
     {kAnything},
     PacketBuilder().Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Icmp(),
     Refusal::kNone},
    {"LaterFragmentMatchesAnyPort", {kAnyTcp}, kLaterFragment, Refusal::kNone},
    {"LaterFragmentCannotShowAPort", {kTcpTo443}, kLaterFragment, Refusal::kFilter},
    {"WhatIsNotIpMatchesNoCondition",
     {kAnything},
     PacketBuilder().Ethernet().Arp(),
     Refusal::kFilter},
    {"IpvFourPrefixHoldsNoIpvSix",
     {{.source = Prefix("0.0.0.0/0")}},
     PacketBuilder().Ethernet().Ipv6("2001:db8::1", "2001:db8::2").Tcp(1, 2),
     Refusal::kFilter},
};

INSTANTIATE_TEST_SUITE_P(Table, FilterAllOfTest, testing::ValuesIn(kFilterCases),
                         [](const auto& param) { return param.param.name; });

// Vectors TC-9 and TC-10: only what is routed to that NAT gateway.
TEST(FilterTest, NextHopMustBeTheNamedNatGateway) {
  const Filter filter = Filter::NextHopIsNatGateway(3);
  const FrameInfo frame = Parsed(TcpBetween("10.0.0.1", "8.8.8.8", 40000, 443));
  const auto refusal = [&](const NextHop& next_hop) {
    return filter.Decide(frame, Direction::kEgress, next_hop).refusal;
  };
  EXPECT_EQ(refusal({.kind = NextHop::Kind::kNatGateway, .gateway = 3}), Refusal::kNone);
  EXPECT_EQ(refusal({.kind = NextHop::Kind::kNatGateway, .gateway = 2}), Refusal::kNextHop);
  EXPECT_EQ(refusal({.kind = NextHop::Kind::kLocal, .gateway = 3}), Refusal::kNextHop);
}

// A conjunction: the order of its conditions and a repeated one change nothing,
// and one more can only shrink what is copied.
TEST(FilterTest, ConditionsAreAConjunction) {
  const std::vector<Condition> all = {kSample, kTcpTo80, kTcpTo443, kTcpTo22, kToTen, kAnyTcp};
  std::vector<FrameInfo> frames;
  for (const char* destination : {"192.168.0.9", "10.1.1.1", "11.1.1.1"}) {
    for (const int port : {22, 80, 443, 3456}) {
      frames.push_back(
          Parsed(TcpBetween("10.0.0.7", destination, 5000, static_cast<std::uint16_t>(port))));
    }
  }
  for (const Condition& a : all) {
    for (const Condition& b : all) {
      for (const FrameInfo& frame : frames) {
        const Refusal both = Filter::AllOf({a, b}).Decide(frame, Direction::kEgress).refusal;
        EXPECT_EQ(both, Filter::AllOf({b, a}).Decide(frame, Direction::kEgress).refusal);
        EXPECT_EQ(both, Filter::AllOf({a, b, a}).Decide(frame, Direction::kEgress).refusal);
        if (both == Refusal::kNone) {
          EXPECT_EQ(Filter::AllOf({a}).Decide(frame, Direction::kEgress).refusal, Refusal::kNone);
        }
      }
    }
  }
}

}  // namespace
}  // namespace vpcmirror
