#include "models/mirror/condition.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <vector>

#include "tests/support/addresses.h"

namespace vpcmirror {
namespace {

const FlowKey kHttps{.source = Address("10.1.2.3"),
                     .destination = Address("192.168.7.9"),
                     .source_port = 40000,
                     .destination_port = 443,
                     .protocol = kProtocolTcp,
                     .ports = Ports::kKnown};
const FlowKey kPing{.source = Address("10.1.2.3"),
                    .destination = Address("192.168.7.9"),
                    .protocol = kProtocolIcmp,
                    .ports = Ports::kNotInProtocol};
const FlowKey kIpv6Dns{.source = Address("2001:db8::1"),
                       .destination = Address("2001:db8:ffff::53"),
                       .source_port = 5353,
                       .destination_port = 53,
                       .protocol = kProtocolUdp,
                       .ports = Ports::kKnown};

FlowKey WithPort(FlowKey flow, std::uint16_t destination_port) {
  flow.destination_port = destination_port;
  return flow;
}

struct MismatchCase {
  const char* name;
  Condition condition;
  FlowKey flow;
  Mismatch want;
};

void PrintTo(const MismatchCase& c, std::ostream* os) { *os << c.name; }

class ConditionMismatchTest : public testing::TestWithParam<MismatchCase> {};

TEST_P(ConditionMismatchTest, IsAsTabled) {
  const MismatchCase& c = GetParam();
  EXPECT_EQ(c.condition.MismatchOf(c.flow), c.want) << ToString(c.condition.MismatchOf(c.flow));
}

const MismatchCase kMismatchCases[] = {
    {"NothingAskedHolds", {}, kHttps, Mismatch::kNone},
    {"OtherFamily", {.family = IpFamily::kV6}, kHttps, Mismatch::kFamily},
    {"OtherProtocol", {.protocol = kProtocolUdp}, kHttps, Mismatch::kProtocol},
    {"SourceInside", {.source = Prefix("10.1.2.0/30")}, kHttps, Mismatch::kNone},
    {"SourceJustOutside", {.source = Prefix("10.1.2.4/30")}, kHttps, Mismatch::kSource},
    {"DestinationOutside",
     {.destination = Prefix("192.168.6.0/24")},
     kHttps,
     Mismatch::kDestination},
    {"AllOfIpvFourHoldsNoIpvSix", {.source = Prefix("0.0.0.0/0")}, kIpv6Dns, Mismatch::kSource},
    {"LongIpvSixPrefix",
     {.destination = Prefix("2001:db8:ffff::52/127")},
     kIpv6Dns,
     Mismatch::kNone},
    {"FirstPortOfRange", {.destination_ports = {443, 500}}, kHttps, Mismatch::kNone},
    {"LastPortOfRange", {.destination_ports = {1, 443}}, kHttps, Mismatch::kNone},
    {"PortBehindRange", {.destination_ports = {1, 442}}, kHttps, Mismatch::kDestinationPort},
    {"SourcePortBeforeRange", {.source_ports = {40001, 40001}}, kHttps, Mismatch::kSourcePort},
    // Tencent's "any port" is 1-65535, Alibaba Cloud's 0-65535.
    {"PortZeroIsOutsideOneToLast", {}, WithPort(kHttps, 0), Mismatch::kDestinationPort},
    {"PortZeroIsInsideZeroToLast",
     {.destination_ports = {0, 65535}},
     WithPort(kHttps, 0),
     Mismatch::kNone},
    {"NoPortsMatchAnyPort", {}, kPing, Mismatch::kNone},
    {"NoPortsMatchAnyPortFromZero", {.destination_ports = {0, 65535}}, kPing, Mismatch::kNone},
    {"NoPortsMatchNoRange", {.destination_ports = {1, 65534}}, kPing, Mismatch::kDestinationPort},
    {"FamilyIsAskedFirst",
     {.family = IpFamily::kV6, .source = Prefix("2001:db8::/32"), .protocol = kProtocolUdp},
     kHttps,
     Mismatch::kFamily},
};

INSTANTIATE_TEST_SUITE_P(Table, ConditionMismatchTest, testing::ValuesIn(kMismatchCases),
                         [](const auto& param) { return param.param.name; });

TEST(FindFirstTest, AnswersTheFirstOfSeveralThatHold) {
  const std::vector<Condition> conditions = {
      {.protocol = kProtocolUdp}, {.destination_ports = {443, 443}}, {.protocol = kProtocolTcp}};
  EXPECT_EQ(FindFirst(conditions, kHttps), 1U);
  EXPECT_EQ(FindFirst(conditions, kIpv6Dns), 0U);
}

TEST(FindFirstTest, SaysWhenNoneHolds) {
  EXPECT_EQ(FindFirst({}, kHttps), kNoCondition);
  EXPECT_EQ(FindFirst(std::array{Condition{.protocol = kProtocolUdp}}, kHttps), kNoCondition);
}

}  // namespace
}  // namespace vpcmirror
