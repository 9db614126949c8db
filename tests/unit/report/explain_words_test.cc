#include "analysis/report/explain_words.h"

#include <gtest/gtest.h>

#include <ostream>

namespace vpcmirror {
namespace {

FlowKey Tcp(const char* source, const char* destination, Ports ports = Ports::kKnown) {
  const bool known = ports == Ports::kKnown;
  return {.source = *ParseIpAddress(source),
          .destination = *ParseIpAddress(destination),
          .source_port = static_cast<std::uint16_t>(known ? 51000 : 0),
          .destination_port = static_cast<std::uint16_t>(known ? 444 : 0),
          .protocol = kProtocolTcp,
          .ports = ports};
}

struct ConditionCase {
  const char* name;
  Condition condition;
  const char* words;
  FlowKey flow;  // that does not meet it
  const char* mismatch;
};

void PrintTo(const ConditionCase& c, std::ostream* os) { *os << c.name; }

class ConditionWordsTest : public testing::TestWithParam<ConditionCase> {};

TEST_P(ConditionWordsTest, SaysWhatIsAskedAndWhyItDoesNotHold) {
  const ConditionCase& c = GetParam();
  EXPECT_EQ(ConditionWords(c.condition), c.words);
  EXPECT_EQ(MismatchWords(c.condition, c.condition.MismatchOf(c.flow), c.flow), c.mismatch);
}

const FlowKey kFlow = Tcp("10.0.1.7", "10.0.2.9");

const ConditionCase kConditionCases[] = {
    {"Protocol", {.protocol = kProtocolUdp}, "udp any", kFlow, "tcp is not udp"},
    {"ProtocolWithoutName", {.protocol = 89}, "protocol 89 any", kFlow, "tcp is not protocol 89"},
    {"Family", {.family = IpFamily::kV6}, "IPv6 any", kFlow, "it is IPv4, not IPv6"},
    {"Source",
     {.source = ParseIpPrefix("10.2.0.0/16")},
     "10.2.0.0/16 > any",
     kFlow,
     "source 10.0.1.7 is not in 10.2.0.0/16"},
    {"Destination",
     {.destination = ParseIpPrefix("2001:db8::/32"), .destination_ports = {443, 443}},
     "any > [2001:db8::/32]:443",
     kFlow,
     "destination 10.0.2.9 is not in 2001:db8::/32"},
    {"SourcePort",
     {.source_ports = {1, 1024}},
     "any:1-1024 > any",
     kFlow,
     "source port 51000 is not in 1-1024"},
    {"DestinationPort",
     {.protocol = kProtocolTcp, .destination_ports = {443, 443}},
     "tcp any > any:443",
     kFlow,
     "destination port 444 is not in 443-443"},
    {"LaterFragment",
     {.destination_ports = {443, 443}},
     "any > any:443",
     Tcp("10.0.1.7", "10.0.2.9", Ports::kLaterFragment),
     "destination port 443-443 is asked for, and a later fragment has no ports"},
};

INSTANTIATE_TEST_SUITE_P(Table, ConditionWordsTest, testing::ValuesIn(kConditionCases),
                         [](const auto& param) { return param.param.name; });

TEST(FlowWordsTest, AreThoseOfThePacketNotation) {
  FrameInfo frame{.has_flow = true, .flow = Tcp("10.0.1.7", "10.0.2.9")};
  EXPECT_EQ(FlowWords(frame), "tcp 10.0.1.7:51000 > 10.0.2.9:444");
  frame.flow = Tcp("2001:db8::1", "2001:db8::2");
  EXPECT_EQ(FlowWords(frame), "tcp [2001:db8::1]:51000 > [2001:db8::2]:444");
  frame.is_fragment = true;
  frame.flow = Tcp("10.0.1.7", "10.0.2.9", Ports::kLaterFragment);
  EXPECT_EQ(FlowWords(frame), "tcp 10.0.1.7 > 10.0.2.9 later fragment");
}

TEST(FlowWordsTest, NameWhatIsNotIp) {
  EXPECT_EQ(FlowWords({.ether_type = kEtherTypeArp}), "arp");
  EXPECT_EQ(FlowWords({.ether_type = 0x88cc}), "EtherType 0x88cc");
}

TEST(BalancingWordsTest, NameTheBackendOrWhyThereIsNone) {
  auto deployment = std::make_shared<Deployment>();
  deployment->enis = {Eni{.id = "ids[0]/eni0"}, Eni{.id = "ids[1]/eni0"}};
  LoadBalancer balancer;
  balancer.zones = {"a"};
  balancer.backends = {{.eni = 0, .zone = "a"}, {.eni = 1, .zone = "a"}};
  deployment->load_balancers = {balancer};
  ValidScenario scenario;
  scenario.deployment = deployment;
  ExplainedBalancing balancing{.eligible = 2, .backend = 1};
  EXPECT_EQ(BalancingWords(scenario, balancing),
            "to ids[1]/eni0, one of 2 healthy backends of zone a, by a hash of the copy's outer "
            "addresses and ports");
  balancing.eligible = 1;
  EXPECT_EQ(BalancingWords(scenario, balancing),
            "to ids[1]/eni0, the only healthy backend of zone a, by a hash of the copy's outer "
            "addresses and ports");
  balancing.backend.reset();
  EXPECT_EQ(BalancingWords(scenario, balancing), "for want of a healthy backend of zone a");
  balancing.listens = false;
  EXPECT_EQ(BalancingWords(scenario, balancing), "for it listens on nothing");
}

}  // namespace
}  // namespace vpcmirror
