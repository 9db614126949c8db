// When a result says how far it is to be trusted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kPhases = "few sources of a constant rate keep their phase";
constexpr const char* kInPhase = "keep their phase in the next";
constexpr const char* kSizes = "loses more of small frames";

// Of what the engine adds to the scenario's own.
std::vector<std::string> DoubtsOf(const std::string& text) {
  const ValidScenario scenario = Read(text);
  const RunResult result = Fluid(scenario);
  EXPECT_GE(result.notes.size(), scenario.notes.size());
  return {result.notes.begin() + static_cast<std::ptrdiff_t>(scenario.notes.size()),
          result.notes.end()};
}

// Egress alone is mirrored, and is over the limit with its copies.
Watched Full(const std::string& congestion) {
  return {.limits = R"("bandwidth": "100 Mbps", "model": "per_direction")",
          .out = "75 Mbps",
          .direction = "EGRESS",
          .congestion = congestion};
}

TEST(FluidDoubtsTest, ThereAreNoneWhereNothingIsFull) {
  for (const char* congestion : {"fifo", "production_first", "shared_random"}) {
    Watched of = Full(congestion);
    of.out = "49 Mbps";
    of.frame = "imix";
    EXPECT_THAT(DoubtsOf(TextOf(of)), IsEmpty()) << congestion;
  }
}

TEST(FluidDoubtsTest, FewConstantSourcesUnderFifoKeepTheirPhase) {
  EXPECT_THAT(DoubtsOf(TextOf(Full("fifo"))),
              testing::ElementsAre(testing::AllOf(HasSubstr(kPhases), HasSubstr(" at web "))));
  EXPECT_THAT(DoubtsOf(TextOf(Full("production_first"))), IsEmpty());
  EXPECT_THAT(DoubtsOf(TextOf(Full("shared_random"))), IsEmpty());
}

// Ten sources are as good as chance, and so is one that sends by chance.
TEST(FluidDoubtsTest, ManySourcesAndRandomOnesDoNot) {
  const auto text = [](int workloads, const char* arrivals) {
    std::string all;
    for (int i = 0; i < workloads; ++i) {
      all += fmt::format(R"({}"w{}": {{"at": "web", "out": "{} kbps", "arrivals": "{}"}})",
                         i > 0 ? ", " : "", i, 150'000 / workloads, arrivals);
    }
    return fmt::format(
        R"({{"hosts": {{"web": {{"limits": {{"bandwidth": "100 Mbps", "model": "per_direction"}}}}}},
            "workloads": {{{}}}, "assumptions": {{"congestion": "fifo"}}}})",
        all);
  };
  EXPECT_THAT(DoubtsOf(text(9, "constant")), SizeIs(1));
  EXPECT_THAT(DoubtsOf(text(10, "constant")), IsEmpty());
  EXPECT_THAT(DoubtsOf(text(1, "poisson")), IsEmpty());
}

TEST(FluidDoubtsTest, SmallFramesLoseMoreThanLargeOnes) {
  for (const char* congestion : {"fifo", "production_first"}) {
    Watched of = Full(congestion);
    of.frame = "imix";
    EXPECT_THAT(DoubtsOf(TextOf(of)), Contains(HasSubstr(kSizes))) << congestion;
  }
  Watched random = Full("shared_random");
  random.frame = "imix";
  EXPECT_THAT(DoubtsOf(TextOf(random)), IsEmpty());
}

// What comes out of a's full queue comes evenly to b's.
TEST(FluidDoubtsTest, FramesOutOfOneFullQueueKeepTheirPhaseInTheNext) {
  const auto text = [](const char* of_b) {
    return fmt::format(R"({{
      "hosts": {{"a": {{"limits": {{"bandwidth": "100 Mbps", "model": "per_direction"}}}},
                 "b": {{"limits": {{"bandwidth": "{}", "model": "per_direction"}}}}}},
      "workloads": {{"w": {{"from": "a", "to": "b", "rate": "150 Mbps", "arrivals": "poisson"}}}},
      "assumptions": {{"congestion": "fifo"}}}})",
                       of_b);
  };
  EXPECT_THAT(DoubtsOf(text("80 Mbps")),
              testing::ElementsAre(testing::AllOf(HasSubstr(kInPhase), HasSubstr(" at b "))));
  EXPECT_THAT(DoubtsOf(text("1 Gbps")), IsEmpty());
}

TEST(FluidDoubtsTest, NameAFewHostsAndCountTheOthers) {
  const std::vector<std::string> doubts = DoubtsOf(
      R"({"hosts": {"web": {"count": 5, "limits": {"bandwidth": "10 Mbps"}}},
          "workloads": {"w": {"at": "web", "out": "20 Mbps"}},
          "assumptions": {"congestion": "fifo"}})");
  EXPECT_THAT(doubts, Contains(HasSubstr("at web[0], web[1], web[2] and 2 more")));
}

std::string TcpText(const std::string& congestion, int flows, const std::string& tcp = "",
                    const std::string& more = "") {
  return fmt::format(
      R"({{"duration": "10 s",
          "hosts": {{"web": {{"queue": "100 frames", "limits": {{"bandwidth": "20 Mbps",
                                                               "model": "per_direction"}}}}}},
          "workloads": {{"up": {{"at": "web", "flows": {}, "tcp": {{"client": "host"{}}}}}{}}},
          "assumptions": {{"congestion": "{}"}}}})",
      flows, tcp, more, congestion);
}

// 100 frames of 1,514 bytes wait 60.6 ms at 20 Mbps and half as long in a half-full queue: with
// 20 ms there and back 83 segments are under way. Under fifo the sender's own host holds it back.
TEST(FluidDoubtsTest, TcpWithFewSegmentsUnderWayLoses) {
  EXPECT_THAT(DoubtsOf(TcpText("shared_random", 1)), IsEmpty());
  EXPECT_THAT(DoubtsOf(TcpText("shared_random", 2)),
              Contains(HasSubstr("less than 60 segments under way each at web")));
  EXPECT_THAT(DoubtsOf(TcpText("fifo", 4)), IsEmpty());
}

TEST(FluidDoubtsTest, TcpOfUnlikeRoundTripsShares) {
  const std::string other =
      R"(, "far": {"at": "web", "tcp": {"client": "host", "delay": "100 ms"}})";
  EXPECT_THAT(DoubtsOf(TcpText("fifo", 1, "", other)),
              Contains(HasSubstr("unlike round-trip times share a limit at web")));
}

TEST(FluidDoubtsTest, TcpThatEndsIsSaidToGoOn) {
  EXPECT_THAT(DoubtsOf(TcpText("fifo", 1, R"(, "send": "1 MB")")),
              Contains(HasSubstr("as if they did not: up")));
}

}  // namespace
}  // namespace vpcmirror::sim
