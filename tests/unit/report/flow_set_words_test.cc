#include "analysis/report/flow_set_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/addresses.h"

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr PortRange kAnyPort{0, 65535};

Condition Tcp(PortRange ports) {
  return {.protocol = kProtocolTcp, .source_ports = kAnyPort, .destination_ports = ports};
}

TEST(FlowSetWordsTest, AllOfItIsSaidOnce) {
  FlowSet all = FlowSet::All();
  all.Simplify();
  EXPECT_THAT(FlowSetPhrases(all), ElementsAre("all IP"));
  EXPECT_THAT(FlowSetPhrases({}), SizeIs(0));
}

TEST(FlowSetWordsTest, PrefixesPortsAndFamiliesAreNamed) {
  EXPECT_THAT(FlowSetPhrases(FlowSet(Tcp({443, 443}))), ElementsAre("tcp to port 443"));
  Condition narrow = Tcp({1024, 65535});
  narrow.source = Prefix("10.0.1.0/24");
  EXPECT_THAT(FlowSetPhrases(FlowSet(narrow)),
              ElementsAre("tcp from 10.0.1.0/24 to port 1024-65535"));
  narrow.destination_ports = {0, 65535};
  EXPECT_THAT(FlowSetPhrases(FlowSet(narrow)), ElementsAre("tcp from 10.0.1.0/24"));
  const Condition v6{.family = IpFamily::kV6,
                     .protocol = kProtocolUdp,
                     .source_ports = kAnyPort,
                     .destination_ports = kAnyPort};
  EXPECT_THAT(FlowSetPhrases(FlowSet(v6)), ElementsAre("IPv6 udp"));
}

TEST(FlowSetWordsTest, WhatIsLeftOfAllIsSaidByWhatIsMissing) {
  FlowSet tcp(Tcp({0, 65535}));
  tcp.Subtract(FlowSet(Tcp({443, 443})));
  EXPECT_THAT(FlowSetPhrases(tcp),
              UnorderedElementsAre("tcp to any port but 443", "later fragments of tcp"));
  FlowSet from = FlowSet(Condition{.family = IpFamily::kV4, .protocol = 1});
  from.Subtract(FlowSet(Condition{.source = Prefix("10.0.0.0/8"), .protocol = 1}));
  EXPECT_THAT(FlowSetPhrases(from), ElementsAre("icmp from any IPv4 but 10.0.0.0/8"));
}

TEST(FlowSetWordsTest, RangesAreWholeInListsAndShortInWords) {
  RangeSet<AddressNumber> set;
  for (const char* each : {"10.0.0.0/24", "10.0.2.5/32"}) {
    const AddressNumber first = NumberOf(Prefix(each).address());
    const AddressNumber last = first + (Prefix(each).length() == 24 ? 255 : 0);
    set = set.With(RangeSet<AddressNumber>({first, last}));
  }
  const AddressNumber loose = NumberOf(Address("10.0.3.1"));
  set = set.With(RangeSet<AddressNumber>({loose, loose + 1}));
  EXPECT_THAT(AddressRangeTexts(set, IpFamily::kV4),
              ElementsAre("10.0.0.0/24", "10.0.2.5", "10.0.3.1-10.0.3.2"));
  FlowSet many;
  for (std::uint16_t port = 10; port < 24; port += 2) many.Unite(FlowSet(Tcp({port, port})));
  many.Simplify();
  EXPECT_THAT(FlowSetPhrases(many), ElementsAre("tcp to port 10, 12, 14, 16 and 3 more"));
}

}  // namespace
}  // namespace vpcmirror
