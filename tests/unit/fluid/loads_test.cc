// Loads and losses of steady traffic, worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

// What whole bytes and frames make of a rate, and a queue of 1,000 frames of a share of ten
// million.
constexpr double kMbps = 1e-4;
constexpr double kShare = 2e-4;

double CopiesKept(const RunResult& result) {
  const Ledger& ledger = result.mirrors.at(0).ledger;
  return static_cast<double>(ledger.mirrored.frames) / static_cast<double>(ledger.offered.frames);
}

// Copies as large as their frames: 1 in and 1 out, and 2 more out.
TEST(FluidLoadsTest, OneInOneOutIsOneInThreeOut) {
  const RunResult result = FluidOf({.in = "1 Gbps", .out = "1 Gbps"});
  const EniResult& web = EniOf(result, "web");
  EXPECT_NEAR(Mbps(web.in), 1000, kMbps);
  EXPECT_NEAR(Mbps(web.out), 3000, kMbps);
  EXPECT_NEAR(Mbps(web.mirror_out), 2000, kMbps);
  EXPECT_NEAR(Mbps(ById(result.receivers, "ids/eni0").in), 2000, kMbps);
  EXPECT_NEAR(Mbps(result.delivered), 2000, kMbps);
}

// 14 of Ethernet, 20 of IPv4, 8 of UDP and 8 of VXLAN are 50 bytes: 1,300 for 1,250.
TEST(FluidLoadsTest, VxlanAddsFiftyBytesToEachCopy) {
  const RunResult result = FluidOf({.in = "1 Gbps", .out = "1 Gbps", .encapsulation = "vxlan"});
  const EniResult& web = EniOf(result, "web");
  EXPECT_NEAR(Mbps(web.mirror_out), 2 * 1000 * 1300.0 / 1250, kMbps);
  EXPECT_NEAR(Mbps(web.out), 1000 + 2080, kMbps);
  EXPECT_NEAR(Mbps(ById(result.receivers, "ids/eni0").in), 2080, kMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "ids").in), 2080, kMbps);
}

TEST(FluidLoadsTest, AMirrorOfOneDirectionCopiesThatOne) {
  for (const char* direction : {"INGRESS", "EGRESS"}) {
    const RunResult result = FluidOf({.in = "300 Mbps", .out = "1 Gbps", .direction = direction});
    const double copied = std::string(direction) == "INGRESS" ? 300 : 1000;
    EXPECT_NEAR(Mbps(EniOf(result, "web").mirror_out), copied, kMbps);
  }
}

// 40 in, 40 out, 40 of copies of what leaves, and as many copies of what came in as came in: with
// the share k kept of all, 100 = k (40 + 40 + 40 + 40 k), so that k^2 + 3 k - 2.5 = 0.
TEST(FluidLoadsTest, ACombinedLimitCountsInAndOutAndCopies) {
  const RunResult result = FluidOf({.limits = R"("bandwidth": "100 Mbps", "model": "combined")",
                                    .in = "40 Mbps",
                                    .out = "40 Mbps"});
  const double k = (-3 + std::sqrt(9.0 + 10.0)) / 2;
  const EniResult& web = EniOf(result, "web");
  EXPECT_NEAR(Mbps(web.in), 40 * k, kMbps);
  EXPECT_NEAR(Mbps(web.mirror_out), 40 * k + 40 * k * k, kMbps);
  EXPECT_NEAR(Mbps(web.in) + Mbps(web.out), 100, kMbps);
}

// In: 100 of 120. Out: 40 and copies of those 40 and of the 100 that came in, 180 of which 100.
TEST(FluidLoadsTest, ALimitOfEachDirectionCountsItAlone) {
  const RunResult result =
      FluidOf({.limits = R"("bandwidth": "100 Mbps", "model": "per_direction")",
               .in = "120 Mbps",
               .out = "40 Mbps"});
  const EniResult& web = EniOf(result, "web");
  EXPECT_NEAR(Mbps(web.in), 100, kMbps);
  EXPECT_NEAR(Mbps(web.out), 100, kMbps);
  EXPECT_NEAR(Mbps(web.mirror_out), 140 / 1.8, kMbps);
}

TEST(FluidLoadsTest, WhatFitsIsNotLost) {
  for (const char* congestion : {"shared_random", "production_first", "fifo"}) {
    const RunResult result = FluidOf({.limits = R"("bandwidth": "100 Mbps", "model": "combined")",
                                      .in = "25 Mbps",
                                      .out = "25 Mbps",
                                      .congestion = congestion});
    EXPECT_NEAR(Mbps(EniOf(result, "web").out), 75, kMbps);
    EXPECT_EQ(TotalFrames(EniOf(result, "web").dropped), 0);
    EXPECT_EQ(result.mirrors.at(0).ledger.TotalDropped().frames, 0);
    EXPECT_EQ(result.mirrors.at(0).ledger.queued_at_end.frames, 0);
  }
}

// 75 out and 75 of copies into 100: a load of 1.5.
Watched AtOneAndAHalf(const std::string& congestion) {
  return {.limits = R"("bandwidth": "100 Mbps", "model": "per_direction")",
          .out = "75 Mbps",
          .direction = "EGRESS",
          .congestion = congestion};
}

TEST(FluidDisciplineTest, ProductionFirstLosesCopiesAlone) {
  const RunResult result = FluidOf(AtOneAndAHalf("production_first"));
  const EniResult& web = EniOf(result, "web");
  EXPECT_NEAR(Mbps(web.out) - Mbps(web.mirror_out), 75, kMbps);
  EXPECT_NEAR(Mbps(web.mirror_out), 25, kMbps);
  EXPECT_EQ(TotalFrames(web.dropped), 0);
  EXPECT_NEAR(CopiesKept(result), 25.0 / 75, kShare);
}

// 130 of production alone are over 100: then there is no room for any copy.
TEST(FluidDisciplineTest, ProductionFirstLosesProductionWhenAllCopiesAreLost) {
  Watched of = AtOneAndAHalf("production_first");
  of.out = "130 Mbps";
  const RunResult result = FluidOf(of);
  EXPECT_NEAR(Mbps(EniOf(result, "web").out), 100, kMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "web").mirror_out), 0, kMbps);
}

TEST(FluidDisciplineTest, SharedRandomLosesAThirdOfEach) {
  const RunResult result = FluidOf(AtOneAndAHalf("shared_random"));
  const EniResult& web = EniOf(result, "web");
  EXPECT_NEAR(Mbps(web.out), 100, kMbps);
  EXPECT_NEAR(Mbps(web.mirror_out), 75 / 1.5, kMbps);
  EXPECT_NEAR(CopiesKept(result), 1 / 1.5, kShare);
}

// The limit sends one frame in a time in which 0.75 pairs come by chance. Room for n frames or
// more has the chance x^n of a geometric queue: x = exp(-0.75 (1 - x^2)). The first of a pair
// passes with the chance r, the second with x r, and what passes fills the limit:
// 0.75 r (1 + x) = 1.
TEST(FluidDisciplineTest, FifoTakesTheFirstOfAPairSoonerThanTheSecond) {
  double x = 0;
  for (int i = 0; i < 200; ++i) x = std::exp(-0.75 * (1 - x * x));
  const double first = 1 / (0.75 * (1 + x));
  for (const bool is_copy_first : {true, false}) {
    Watched of = AtOneAndAHalf("fifo");
    of.more_assumptions =
        fmt::format(R"(, "copy_order": "{}")", is_copy_first ? "before" : "after");
    const EniResult web = EniOf(FluidOf(of), "web");
    const double copies = is_copy_first ? first : x * first;
    EXPECT_NEAR(Mbps(web.out), 100, kMbps);
    EXPECT_NEAR(Mbps(web.mirror_out), 75 * copies, 75 * kShare);
  }
}

// Whoever loses, the limit is full: in bytes, frames of several sizes and all headers included.
TEST(FluidDisciplineTest, WhatPassesFillsTheLimit) {
  for (const char* model : {"combined", "per_direction"}) {
    for (const char* congestion : {"shared_random", "production_first", "fifo"}) {
      for (const char* frame : {"1250 B", "100 B", "imix"}) {
        const RunResult result =
            FluidOf({.limits = fmt::format(R"("bandwidth": "100 Mbps", "model": "{}")", model),
                     .in = "60 Mbps",
                     .out = "70 Mbps",
                     .congestion = congestion,
                     .encapsulation = "vxlan",
                     .frame = frame});
        const EniResult& web = EniOf(result, "web");
        const bool is_combined = std::string(model) == "combined";
        EXPECT_NEAR(Mbps(web.out) + (is_combined ? Mbps(web.in) : 0), 100, 10 * kMbps)
            << model << " " << congestion << " " << frame;
      }
    }
  }
}

// a and b send 80 Mbps to each other. Where a keeps half of what it is asked for and b three
// quarters, a is asked for 80 and for the 60 that b lets go, b for 80 and the 40 of a: limits of
// 70 and 90 are so used, and there is no other pair, since a's share falls as b's rises.
TEST(FluidLoadsTest, TwoHostsThatOverloadEachOtherComeToRest) {
  const RunResult result = Fluid(R"({"duration": "1000 s",
      "hosts": {"a": {"limits": {"bandwidth": "70 Mbps", "model": "combined"}},
                "b": {"limits": {"bandwidth": "90 Mbps", "model": "combined"}}},
      "workloads": {"there": {"from": "a", "to": "b", "rate": "80 Mbps", "sizes": "1250 B"},
                    "back": {"from": "b", "to": "a", "rate": "80 Mbps", "sizes": "1250 B"}},
      "assumptions": {"congestion": "shared_random"}})");
  EXPECT_NEAR(Mbps(EniOf(result, "a").out), 40, kMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "a").in), 60 * 0.5, kMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "b").out), 60, kMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "b").in), 40 * 0.75, kMbps);
}

// 50 of 100 leave a; b could take 80 and gets 50, copies 50, and ids gets those.
TEST(FluidLoadsTest, WhatIsLostUpstreamDoesNotArrive) {
  const RunResult result = Fluid(R"({"duration": "1000 s",
      "hosts": {"a": {"limits": {"bandwidth": "50 Mbps", "model": "per_direction"}},
                "b": {"limits": {"bandwidth": "80 Mbps", "model": "per_direction"}}, "ids": {}},
      "workloads": {"w": {"from": "a", "to": "b", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["b"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "assumptions": {"congestion": "shared_random", "encapsulation": "none"}})");
  EXPECT_NEAR(Mbps(EniOf(result, "a").out), 50, kMbps);
  EXPECT_NEAR(Mbps(EniOf(result, "b").offered_in), 50, kMbps);
  EXPECT_EQ(TotalFrames(EniOf(result, "b").dropped), 0);
  EXPECT_NEAR(Mbps(EniOf(result, "ids").in), 50, kMbps);
  EXPECT_NEAR(Mbps(result.delivered), 50, kMbps);
}

// A receiver's own limit: 100 of copies into 40 are lost by 60, and no production is.
TEST(FluidLoadsTest, AReceiversLimitLosesCopies) {
  const RunResult result =
      FluidOf({.out = "100 Mbps",
               .ids = R"("limits": {"bandwidth": "40 Mbps", "model": "per_direction"})"});
  const MirrorResult& mirror = result.mirrors.at(0);
  EXPECT_NEAR(Mbps(EniOf(result, "ids").in), 40, kMbps);
  EXPECT_NEAR(static_cast<double>(mirror.lost_after_source.at("receiver_bandwidth").frames),
              0.6 * 1e7, 1000);
  EXPECT_NEAR(Mbps(result.delivered), 100, kMbps);
}

// 20,000 requests a second of 125 bytes are 20 Mbps, of which the server takes half: 10,000 are
// answered, in one frame each.
TEST(FluidLoadsTest, ARequestThatIsLostIsNotAnswered) {
  const RunResult result = Fluid(R"({"duration": "1000 s",
      "hosts": {"client": {}, "server": {"limits": {"bandwidth": "10 Mbps",
                                                    "model": "per_direction"}}},
      "workloads": {"w": {"from": "client", "to": "server",
                          "requests": {"rate": "20000/s", "request": "125 B",
                                       "response": "100 B"}}},
      "assumptions": {"congestion": "shared_random"}})");
  EXPECT_NEAR(static_cast<double>(EniOf(result, "server").in.frames), 1e7, 1000);
  EXPECT_NEAR(static_cast<double>(EniOf(result, "server").offered_out.frames), 1e7, 1000);
  EXPECT_NEAR(static_cast<double>(result.produced->frames), 3e7, 1000);
}

TEST(FluidLoadsTest, AFixedPointDoesNotHangOnTheOrderOfHosts) {
  const auto of = [](const char* first, const char* second) {
    return Fluid(fmt::format(R"({{"duration": "1000 s",
      "hosts": {{"{}": {{"limits": {{"bandwidth": "70 Mbps", "model": "combined"}}}},
                 "{}": {{"limits": {{"bandwidth": "70 Mbps", "model": "combined"}}}}, "ids": {{}}}},
      "workloads": {{"there": {{"from": "a", "to": "b", "rate": "90 Mbps", "sizes": "1250 B"}},
                     "back": {{"from": "b", "to": "a", "rate": "50 Mbps", "sizes": "1250 B"}}}},
      "mirrors": [{{"CollectorSrcs": ["a"], "CollectorTarget": {{"TargetIps": ["ids"]}}}}],
      "assumptions": {{"congestion": "fifo", "encapsulation": "none"}}}})",
                             first, second));
  };
  const RunResult one = of("a", "b");
  const RunResult other = of("b", "a");
  for (const char* host : {"a", "b"}) {
    EXPECT_NEAR(Mbps(EniOf(one, host).in), Mbps(EniOf(other, host).in), kMbps);
    EXPECT_NEAR(Mbps(EniOf(one, host).out), Mbps(EniOf(other, host).out), kMbps);
  }
}

}  // namespace
}  // namespace vpcmirror::sim
