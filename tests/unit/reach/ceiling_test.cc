#include "analysis/reach/ceiling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/reach/reach_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_reach;  // NOLINT: the world of these tests
using testing::SizeIs;

constexpr std::int64_t kGbps = 1'000'000'000;

std::string Bandwidth(const char* rate) {
  return std::string(R"({"limits": {"bandwidth": ")") + rate + R"("}})";
}

std::string Estate(const std::string& hosts, const std::string& mirrors) {
  return R"({"hosts": {)" + hosts + R"(}, "mirrors": [)" + mirrors + "]}";
}
std::string Mirror(const char* sources, const char* receivers) {
  return std::string(R"({"CollectorSrcs": [)") + sources +
         R"(], "CollectorTarget": {"TargetIps": [)" + receivers +
         R"(], "AlgHash": "FIVE_TUPLE_FLOW"}})";
}

Ceiling CeilingOfText(const std::string& text) {
  const Asked asked = AskText(text);
  return CeilingOf(asked.valid, asked.reach);
}

// Six times 3 Gbps into 5: the receiver is the narrowest place.
TEST(CeilingTest, IsWhatTheReceiverTakes) {
  const Ceiling ceiling = CeilingOfText(Estate(
      R"("web": {"count": 6, "limits": {"bandwidth": "3 Gbps"}}, "ids": )" + Bandwidth("5 Gbps"),
      Mirror("\"web\"", "\"ids\"")));
  EXPECT_EQ(ceiling.most, BitsPerSecond(5 * kGbps));
  ASSERT_THAT(ceiling.cut, SizeIs(1));
  EXPECT_EQ(ceiling.cut[0].kind, CutLimit::Kind::kReceiver);
  EXPECT_EQ(ceiling.sent, BitsPerSecond(18 * kGbps));
}

// Two mirrors share y: a (1 Gbps) may go to x (10), b (10) to x and y (2): 1 + 10 are sent,
// and x and y take 12. What b sends, x takes: 11.
TEST(CeilingTest, SpreadsAsWellAsCanBe) {
  const std::string hosts = R"("a": )" + Bandwidth("1 Gbps") + R"(, "b": )" + Bandwidth("10 Gbps") +
                            R"(, "x": )" + Bandwidth("10 Gbps") + R"(, "y": )" +
                            Bandwidth("2 Gbps");
  EXPECT_EQ(
      CeilingOfText(Estate(hosts, Mirror("\"a\"", "\"x\"") + ", " + Mirror("\"b\"", R"("x", "y")")))
          .most,
      BitsPerSecond(11 * kGbps));
  // b to y alone: 1 of a, and the 2 that y takes.
  const Ceiling narrow =
      CeilingOfText(Estate(hosts, Mirror("\"a\"", "\"x\"") + ", " + Mirror("\"b\"", "\"y\"")));
  EXPECT_EQ(narrow.most, BitsPerSecond(3 * kGbps));
  EXPECT_THAT(narrow.cut, SizeIs(2));  // what a sends, what y takes
}

TEST(CeilingTest, IsUnknownWhereNothingLimits) {
  const Ceiling ceiling =
      CeilingOfText(Estate(R"("web": {"count": 6}, "ids": {})", Mirror("\"web\"", "\"ids\"")));
  EXPECT_EQ(ceiling.most, std::nullopt);
  EXPECT_EQ(ceiling.sent, std::nullopt);
}

// A zone of a load balancer passes 3 Gbps, the backends behind it take 20.
TEST(CeilingTest, KnowsZonesOfLoadBalancers) {
  const Asked asked = AskText(Network(
      {{"balancer", R"({"nlb": {"kind": "nlb", "subnets": ["sec"], "backends": ["near", "k"],
                        "zone_bandwidth": "3 Gbps"}})"},
       {"hosts", R"(, "k": {"subnet": "sec", "limits": {"bandwidth": "20 Gbps"}})"},
       {"target", R"("Type": "network-load-balancer", "NetworkLoadBalancerArn": "nlb")"}}));
  const Ceiling ceiling = CeilingOf(asked.valid, asked.reach);
  EXPECT_EQ(ceiling.most, BitsPerSecond(3 * kGbps));
  ASSERT_THAT(ceiling.cut, SizeIs(1));
  EXPECT_EQ(ceiling.cut[0].kind, CutLimit::Kind::kLoadBalancerZone);
}

TEST(CeilingTest, IsNothingWhereAllIsBlocked) {
  Parts parts = {{"group", "{}"}};
  const Asked asked = AskText(Network(parts));
  EXPECT_EQ(CeilingOf(asked.valid, asked.reach).most, BitsPerSecond(0));
}

// Hosts that reach the same are one vertex, so that the graph does not grow with them: two
// ends, the receiver, what reaches it, and a group of hosts.
TEST(CeilingTest, TakesAlikeHostsTogether) {
  for (const char* count : {"10", "2000"}) {
    const Ceiling ceiling = CeilingOfText(
        Estate(std::string(R"("web": {"count": )") + count +
                   R"(, "limits": {"bandwidth": "3 Gbps"}}, "ids": )" + Bandwidth("5 Gbps"),
               Mirror("\"web\"", "\"ids\"")));
    EXPECT_EQ(ceiling.vertices, 5U);
  }
}

TEST(CeilingTest, TakesWhatIsOfferedInPlaceOfLimits) {
  const Asked asked = AskText(Estate(R"("web": {"count": 2}, "ids": )" + Bandwidth("5 Gbps"),
                                     Mirror("\"web\"", "\"ids\"")));
  std::vector<BitsPerSecond> offered(asked.valid.deployment->cvms.size(), BitsPerSecond(0));
  offered[0] = BitsPerSecond(2 * kGbps);
  const Ceiling ceiling = CeilingOf(asked.valid, asked.reach, offered);
  EXPECT_EQ(ceiling.most, BitsPerSecond(2 * kGbps));
  EXPECT_EQ(ceiling.sent, BitsPerSecond(2 * kGbps));
}

}  // namespace
}  // namespace vpcmirror
