// Workloads with TCP flows, from text to what an engine takes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/support/load_scenario.h"
#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;

// `workload`: the members of the workload "flow" behind its `from` and `to`.
std::string ScenarioWith(const std::string& workload, const std::string& others = "") {
  return fmt::format(
      R"({{"hosts": {{"a": {{"mtu": "1500 B"}}, "b": {{"mtu": "9000 B"}}, "ids": {{"mtu": "9000 B"}}}},
"workloads": {{"flow": {{"from": "a", "to": "b", {}}}{}}},
"mirrors": [{{"CollectorSrcs": ["a"], "CollectorTarget": {{"TargetIps": ["ids"]}}}}]}})",
      workload, others);
}

TEST(TcpWorkloadTest, HasOneFlowWithoutEndOfTheSmallerMtu) {
  const ValidScenario scenario = Load(ScenarioWith(R"("tcp": {})"));
  const Workload& workload = scenario.workloads.at(0);
  ASSERT_EQ(workload.tcp_streams.size(), 1u);
  EXPECT_TRUE(workload.streams.empty());
  EXPECT_EQ(workload.flows, 1);
  const TcpSettings& tcp = workload.tcp.value();
  EXPECT_EQ(tcp.variant, TcpVariant::kCubic);
  EXPECT_EQ(tcp.segment, Bytes(1500 - 20 - 20 - 12));
  EXPECT_EQ(tcp.buffer, Bytes(1 << 20));
  EXPECT_FALSE(tcp.send);
  EXPECT_FALSE(tcp.exchanges_requests());
}

TEST(TcpWorkloadTest, IsComparedWithARunWithoutTheMirror) {
  EXPECT_TRUE(Load(ScenarioWith(R"("tcp": {})")).baseline);
  EXPECT_FALSE(Load(ScenarioWith(R"("rate": "1 Mbps")")).baseline);
}

TEST(TcpWorkloadTest, TakesWhatIsGiven) {
  const ValidScenario scenario = Load(ScenarioWith(
      R"("flows": 7, "tcp": {"variant": "vegas", "request": "1 KiB", "response": "64 KiB",
         "think": "5 ms", "exchanges": 3, "segment": "1000 B", "buffer": "64 KiB"})"));
  const TcpSettings& tcp = scenario.workloads.at(0).tcp.value();
  EXPECT_EQ(scenario.workloads.at(0).flows, 7);
  EXPECT_EQ(tcp.variant, TcpVariant::kVegas);
  EXPECT_EQ(tcp.request, Bytes(1024));
  EXPECT_EQ(tcp.response, Bytes(65536));
  EXPECT_EQ(tcp.think, Picoseconds(5'000'000'000));
  EXPECT_EQ(tcp.exchanges, 3);
  EXPECT_EQ(tcp.segment, Bytes(1000));
  EXPECT_EQ(tcp.buffer, Bytes(65536));
}

// The members begin in column 48 of the second line.
struct TcpErrorCase {
  const char* name;
  const char* workload;
  const char* error;
};
void PrintTo(const TcpErrorCase& c, std::ostream* os) { *os << c.name; }

class TcpErrorTest : public testing::TestWithParam<TcpErrorCase> {};

TEST_P(TcpErrorTest, IsRefusedAtItsPlace) {
  EXPECT_THAT(ErrorsOf([] { Load(ScenarioWith(GetParam().workload)); }),
              ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Table, TcpErrorTest,
    testing::Values(
        TcpErrorCase{"RateBesideIt", R"("rate": "1 Mbps", "tcp": {})",
                     "2:56 /workloads/flow/rate: `rate` beside `tcp` | `tcp` alone: its flows send "
                     "what the network lets them"},
        TcpErrorCase{"Udp", R"("protocol": "udp", "tcp": {})",
                     "2:60 /workloads/flow/protocol: `tcp` flows of another protocol | protocol "
                     "TCP"},
        TcpErrorCase{"RequestAlone", R"("tcp": {"request": "1 kB"})",
                     "2:67 /workloads/flow/tcp/request: a request alone | `request` and "
                     "`response`, or neither"},
        TcpErrorCase{"ThinkAlone", R"("tcp": {"think": "1 ms"})",
                     "2:65 /workloads/flow/tcp/think: `think` without requests | `request` and "
                     "`response` beside it"},
        TcpErrorCase{"SendBesideRequests",
                     R"("tcp": {"request": "1 kB", "response": "1 kB", "send": "1 MB"})",
                     "2:103 /workloads/flow/tcp/send: `send` beside `request` | `send` for flows "
                     "that only send, or `request` and `response`"},
        TcpErrorCase{"TinyBuffer", R"("tcp": {"buffer": "1 kB"})",
                     "2:66 /workloads/flow/tcp/buffer: a buffer of 1000 bytes | 4 KiB to 64 MiB"},
        TcpErrorCase{"BufferOfTwoSegments", R"("tcp": {"buffer": "4 KiB", "segment": "1400 B"})",
                     "2:66 /workloads/flow/tcp/buffer: a buffer of 4096 bytes for segments of 1400 "
                     "| at least three segments, 4200 B, or a smaller `segment`"},
        TcpErrorCase{"SegmentOverTheMtu", R"("tcp": {"segment": "1449 B"})",
                     "2:67 /workloads/flow/tcp/segment: segments of 1449 bytes of data | 1 B to "
                     "1448 B, or a larger `mtu` for the hosts"},
        TcpErrorCase{"UnknownVariant", R"("tcp": {"variant": "cubik"})",
                     "2:67 /workloads/flow/tcp/variant: found the string \"cubik\" | \"cubic\", "
                     "\"reno\", \"new_reno\", \"bic\", \"high_speed\", \"htcp\", "
                     "\"hybla\", \"illinois\", \"ledbat\", \"scalable\", \"vegas\", \"veno\", "
                     "\"westwood\" or \"yeah\""}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TcpWorkloadTest, HasAClientPortForEachFlow) {
  EXPECT_THAT(ErrorsOf([] {
                Load(ScenarioWith(R"("flows": 3, "ports": {"client": "40000-40002"}, "tcp": {})",
                                  R"(, "more": {"from": "a", "to": "ids", "tcp": {},
                                       "ports": {"client": "40000-40002"}})"));
              }),
              ElementsAre(testing::HasSubstr("/workloads/more: 4 TCP flows of a/eni0, which has 3 "
                                             "client ports | fewer `flows`, or more `client` "
                                             "ports")));
}

// `flows`: workloads, in a VPC "one" with host `a` of 10.0.0.2 and a VPC "two" with host `b` of
// that address too.
std::string ScenarioWithOutside(const std::string& flows) {
  return fmt::format(
      R"({{"vpcs": {{"one": {{"cidr": "10.0.0.0/16", "subnets": {{"s1": "10.0.0.0/24"}}}},
          "two": {{"cidr": "10.0.0.0/16", "subnets": {{"s2": "10.0.0.0/24"}}}}}},
"hosts": {{"a": {{"subnet": "s1", "count": 2, "mtu": "9000 B"}}, "b": {{"subnet": "s2"}}}},
"workloads": {{{}}}}})",
      flows);
}

TEST(TcpOutsideTest, HasAPeerForEachHostWhoIsTheClient) {
  const ValidScenario scenario = Load(ScenarioWithOutside(R"("flow": {"at": "a", "tcp": {}})"));
  const Workload& workload = scenario.workloads.at(0);
  ASSERT_EQ(workload.tcp_streams.size(), 2u);
  for (const TcpStream& stream : workload.tcp_streams) {
    EXPECT_FALSE(stream.client.eni);
    EXPECT_TRUE(stream.server.eni);
  }
  EXPECT_NE(workload.tcp_streams[0].client.address, workload.tcp_streams[1].client.address);
  EXPECT_EQ(workload.tcp->segment, Bytes(1500 - 20 - 20 - 12));  // what the internet takes
  EXPECT_EQ(workload.tcp->outside_delay, Picoseconds(kPicosecondsPerSecond / 100));
}

TEST(TcpOutsideTest, TakesWhoOpensAndHowFarItIs) {
  const ValidScenario scenario = Load(
      ScenarioWithOutside(R"("flow": {"at": "b", "tcp": {"client": "host", "delay": "40 ms"}})"));
  const Workload& workload = scenario.workloads.at(0);
  ASSERT_EQ(workload.tcp_streams.size(), 1u);
  EXPECT_TRUE(workload.tcp_streams[0].client.eni);
  EXPECT_FALSE(workload.tcp_streams[0].server.eni);
  EXPECT_EQ(workload.tcp->outside_delay, Picoseconds(kPicosecondsPerSecond / 25));
}

TEST(TcpWorkloadTest, ATransferHasNoWarmUp) {
  EXPECT_THAT(ErrorsOf([] {
                Load(R"({"warm_up": "100 ms", "hosts": {"a": {}, "b": {}},
                         "workloads": {"flow": {"from": "a", "to": "b", "tcp": {"send": "1 MB"}}}})");
              }),
              ElementsAre(testing::HasSubstr(
                  "/workloads/flow/tcp/send: `send` beside a warm-up, in which it may be over | no "
                  "`warm_up`, or flows without end")));
}

TEST(TcpOutsideTest, BetweenHostsThereIsNoOutside) {
  EXPECT_THAT(ErrorsOf([] { Load(ScenarioWith(R"("tcp": {"client": "host"})")); }),
              ElementsAre("2:66 /workloads/flow/tcp/client: `client` of flows between hosts | "
                          "`at` in place of `from` and `to`, for flows to and from the outside"));
}

TEST(TcpOutsideTest, APeerTellsItsEnisByTheirAddresses) {
  EXPECT_THAT(
      ErrorsOf([] {
        Load(ScenarioWithOutside(R"("x": {"at": "a[0]", "peer": "192.0.2.7/32", "tcp": {}},
                                    "y": {"at": "b", "peer": "192.0.2.7/32", "tcp": {}})"));
      }),
      ElementsAre(testing::HasSubstr("/workloads/y: the peer 192.0.2.7 talks to b/eni0 and, in "
                                     "workload x, to another ENI of the address 10.0.0.2 | a "
                                     "`peer` of its own for each of the two")));
  EXPECT_THAT(
      ErrorsOf([] {
        Load(ScenarioWithOutside(
            R"("x": {"at": "b", "peer": "192.0.2.7/32", "tcp": {"delay": "1 ms"}},
               "y": {"at": "b", "peer": "192.0.2.7/32", "tcp": {"delay": "2 ms"}})"));
      }),
      ElementsAre(testing::HasSubstr("/workloads/y: the peer 192.0.2.7 talks to b/eni0 and, in "
                                     "workload x, at another `delay`")));
}

TEST(TcpWorkloadTest, SharesAPortOnlyWithSegmentsOfItsSize) {
  const auto other = [](const char* more) {
    return fmt::format(R"(, "other": {{"from": "ids", "to": "b", "tcp": {{}}{}}})", more);
  };
  EXPECT_THAT(ErrorsOf([&] { Load(ScenarioWith(R"("tcp": {})", other(""))); }),
              ElementsAre(testing::HasSubstr(
                  "/workloads/other: segments of 8948 bytes at port 443 of a server where "
                  "workload flow has 1448 | the same `segment`, or a `server` port of its own")));
  EXPECT_THAT(
      ErrorsOf([&] { Load(ScenarioWith(R"("tcp": {})", other(R"(, "ports": {"server": 444})"))); }),
      testing::IsEmpty());
}

}  // namespace
}  // namespace vpcmirror::sim
