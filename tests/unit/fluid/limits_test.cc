// What limits a host, a flow and a receiver, one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/unit/fluid/fluid.h"

namespace vpcmirror::sim {
namespace {

constexpr double kNear = 1e-4;  // Mbps, or of a share

// 15,000 frames and copies of them a second where 20,000 may pass: two thirds.
TEST(FluidLimitsTest, APacketRateIsSharedByProductionAndCopies) {
  const RunResult result =
      FluidOf({.limits = R"("pps": "20 kpps", "model": "per_direction")", .out = "150 Mbps"});
  EXPECT_NEAR(static_cast<double>(EniOf(result, "web").out.packet_rate.count()), 20'000, 1);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_NEAR(static_cast<double>(ledger.mirrored.frames), 1e7, 10);
  EXPECT_NEAR(static_cast<double>(DroppedOf(ledger, DropReason::kEgressPacketRate).frames), 0.5e7,
              1000);
  EXPECT_EQ(DroppedOf(ledger, DropReason::kEgressBandwidth).frames, 0);
}

// 60 B frames: 20 kpps are 9.6 Mbps, so that the bandwidth does not bind; the tighter decides.
TEST(FluidLimitsTest, TheTighterOfTwoLimitsBinds) {
  const RunResult result =
      FluidOf({.limits = R"("bandwidth": "50 Mbps", "pps": "20 kpps", "model": "per_direction")",
               .out = "14.4 Mbps",
               .direction = "",
               .frame = "60 B"});
  EXPECT_NEAR(Mbps(EniOf(result, "web").out), 9.6, kNear);
  EXPECT_GT(EniOf(result, "web").dropped.at("egress_packet_rate").frames, 0);
}

// 10 us to send a frame and 20 to copy it: 50,000 a second keep 1.5 cores busy, and there is one.
TEST(FluidLimitsTest, CoresAreSharedByTheCostTable) {
  constexpr const char* kCosts = R"(, "costs": {
      "production_tx": {"per_frame": "10 us", "per_byte": "0 ns"},
      "production_rx": {"per_frame": "10 us", "per_byte": "0 ns"},
      "clone": {"per_frame": "20 us", "per_byte": "0 ns"}})";
  Watched of{.limits = R"("bandwidth": "10 Gbps", "vcpus": 1, "model": "combined")",
             .out = "500 Mbps",
             .more_of_web = kCosts};
  const RunResult result = FluidOf(of);
  const Ledger& ledger = result.mirrors.at(0).ledger;
  EXPECT_NEAR(static_cast<double>(ledger.mirrored.frames), 5e7 / 1.5, 1000);
  EXPECT_NEAR(static_cast<double>(DroppedOf(ledger, DropReason::kEgressCpu).frames), 5e7 / 3, 1000);
  EXPECT_NEAR(Mbps(EniOf(result, "web").out), 1000 / 1.5, 0.01);
  // Without the mirror half a core is busy.
  of.direction = "";
  EXPECT_EQ(TotalFrames(EniOf(FluidOf(of), "web").dropped), 0);
}

// One flow of 8 of its 10 Mbps, and its copies: 2 are left for them. Of 12, 10 pass and no copy.
TEST(FluidLimitsTest, AFlowsLimitTakesItsCopiesFirst) {
  Watched of{.limits = R"("bandwidth": "1 Gbps", "flow": "10 Mbps", "model": "per_direction")",
             .out = "8 Mbps",
             .flows = 1};
  const RunResult within = FluidOf(of);
  EXPECT_NEAR(Mbps(within.delivered), 8, kNear);
  EXPECT_NEAR(Mbps(EniOf(within, "web").mirror_out), 2, kNear);
  const Ledger& ledger = within.mirrors.at(0).ledger;
  EXPECT_NEAR(static_cast<double>(DroppedOf(ledger, DropReason::kEgressFlow).frames),
              0.75 * 800'000, 10);
  of.out = "12 Mbps";
  const RunResult over = FluidOf(of);
  EXPECT_NEAR(Mbps(over.delivered), 10, kNear);
  EXPECT_EQ(EniOf(over, "web").mirror_out.frames, 0);
  EXPECT_NEAR(static_cast<double>(EniOf(over, "web").dropped.at("egress_flow").frames), 200'000,
              10);
  // In four flows of 3 Mbps all of it and all copies pass.
  of.flows = 4;
  const RunResult spread = FluidOf(of);
  EXPECT_NEAR(Mbps(EniOf(spread, "web").mirror_out), 12, kNear);
}

// 20 Mbps are asked for, for 2 s, of 10 Mbps and a bucket of 1 MB: 8 Mbit more, 14 in the mean. In
// 10 s they are 0.8 more; so they are in parts of 2 and of 8, where the second has no bucket left.
TEST(FluidLimitsTest, ABucketIsSpentOnce) {
  Watched of{.limits = R"("bandwidth": "10 Mbps", "burst": "1 MB", "model": "per_direction")",
             .out = "20 Mbps",
             .direction = "",
             .duration = "2 s",
             .more_of_web = R"(, "queue": "1 frames")"};
  EXPECT_NEAR(Mbps(EniOf(FluidOf(of), "web").out), 14, 0.01);
  of.duration = "10 s";
  EXPECT_NEAR(Mbps(EniOf(FluidOf(of), "web").out), 10.8, 0.01);
  of.more = R"(, "timeline": [{"at": "2 s", "change": "ids", "mtu": "1400 B"}])";
  EXPECT_NEAR(Mbps(EniOf(FluidOf(of), "web").out), 10.8, 0.01);
}

// Never faster than its peak. And full again after a pause: 5 s of nothing earn 50 Mbit, of which
// the bucket holds 8. So 28 Mbit pass, nothing, and 28 again, in 2, 5 and 2 s.
TEST(FluidLimitsTest, ABucketFillsWhileNothingIsSent) {
  Watched of{.limits = R"("bandwidth": "10 Mbps", "burst": "1 MB", "peak": "12 Mbps",
                          "model": "per_direction")",
             .out = "20 Mbps",
             .direction = "",
             .duration = "2 s",
             .more_of_web = R"(, "queue": "1 frames")"};
  EXPECT_NEAR(Mbps(EniOf(FluidOf(of), "web").out), 12, 0.01);
  of.limits = R"("bandwidth": "10 Mbps", "burst": "1 MB", "model": "per_direction")";
  of.duration = "9 s";
  of.more = R"(, "timeline": [{"at": "2 s", "scale": "www", "by": "x0"},
                              {"at": "7 s", "scale": "www", "by": "x1"}])";
  EXPECT_NEAR(Mbps(EniOf(FluidOf(of), "web").out), (28.0 + 28) / 9, 0.01);
}

// 15,000 frames a second for 0.1 s where 10,000 may pass: 500 are too many.
TEST(FluidQueueTest, FillsBeforeAnythingIsLost) {
  const auto lost = [](const char* congestion, int queue) {
    const RunResult result =
        FluidOf({.limits = R"("bandwidth": "100 Mbps", "model": "per_direction")",
                 .out = "150 Mbps",
                 .direction = "",
                 .congestion = congestion,
                 .duration = "100 ms",
                 .more_of_web = fmt::format(R"(, "queue": "{} frames")", queue)});
    EXPECT_NEAR(static_cast<double>(EniOf(result, "web").out.frames), 1000, 1) << congestion;
    return static_cast<double>(TotalFrames(EniOf(result, "web").dropped));
  };
  EXPECT_EQ(lost("fifo", 500), 0);
  EXPECT_NEAR(lost("fifo", 200), 300, 1);
  EXPECT_EQ(lost("production_first", 500), 0);
  EXPECT_NEAR(lost("production_first", 200), 300, 1);
  // Nothing is lost up to half of the queue, all of it where it is full, and a third is lost in
  // between, at two thirds of it.
  EXPECT_NEAR(lost("shared_random", 300), 500 - 200, 1);
}

// One core of the profile takes 22,000 frames a second. For 0.1 s 30,000 come: 800 are too many
// for it, and the ring holds 1,024. In 0.2 s 1,600 are.
TEST(FluidQueueTest, ARingFillsBeforeAnythingIsLost) {
  const auto of = [](const char* duration) {
    return FluidOf({.out = "24 Mbps",
                    .frame = "100 B",
                    .duration = duration,
                    .ids = R"("receiver": "generic", "limits": {"vcpus": 1})"});
  };
  const RunResult brief = of("100 ms");
  EXPECT_EQ(brief.receivers.at(0).dropped.at("receiver_ring").frames, 0);
  EXPECT_NEAR(static_cast<double>(brief.receivers.at(0).queued_at_end), 800, 1);
  EXPECT_NEAR(static_cast<double>(brief.receivers.at(0).digested.frames), 2200, 1);
  const RunResult longer = of("200 ms");
  EXPECT_NEAR(static_cast<double>(longer.receivers.at(0).dropped.at("receiver_ring").frames),
              1600 - 1024, 1);
  EXPECT_NEAR(static_cast<double>(longer.receivers.at(0).queued_at_end), 1024, 1);
}

// Two stretches of 0.1 s each are what one of 0.2 is: the ring that is full stays so.
TEST(FluidQueueTest, ARingThatIsFullIsSoInTheNextStretch) {
  Watched of{.out = "24 Mbps",
             .frame = "100 B",
             .duration = "200 ms",
             .ids = R"("receiver": "generic", "limits": {"vcpus": 1})"};
  const RunResult whole = FluidOf(of);
  of.more = R"(, "timeline": [{"at": "150 ms", "change": "web", "mtu": "1400 B"}])";
  const RunResult parts = FluidOf(of);
  EXPECT_NEAR(static_cast<double>(parts.receivers.at(0).digested.frames),
              static_cast<double>(whole.receivers.at(0).digested.frames), 1);
  EXPECT_NEAR(static_cast<double>(parts.receivers.at(0).dropped.at("receiver_ring").frames),
              1600 - 1024, 1);
}

// Four cores of Suricata take 357 Mbps each. One flow of 500 keeps one of them, 1,500 flows of as
// much in all keep all four.
TEST(FluidReceiverTest, AnElephantFlowHasOneWorker) {
  Watched of{.out = "500 Mbps",
             .frame = "1500 B",
             .flows = 1,
             .ids = R"("receiver": "suricata", "limits": {"vcpus": 4})"};
  const RunResult elephant = FluidOf(of);
  EXPECT_NEAR(Mbps(elephant.receivers.at(0).digested), 357, 0.1);
  EXPECT_NEAR(Mbps(elephant.receivers.at(0).in), 500, kNear);
  ASSERT_TRUE(elephant.receivers.at(0).workers);
  EXPECT_EQ(elephant.receivers.at(0).workers->count, 4);
  EXPECT_NEAR(Mbps(elephant.receivers.at(0).workers->busiest), 500, kNear);
  EXPECT_NEAR(Mbps(elephant.receivers.at(0).workers->mean), 125, kNear);
  of.flows = 1500;
  EXPECT_NEAR(Mbps(FluidOf(of).receivers.at(0).digested), 500, kNear);
}

// At a tenth of its speed for half of the time: 2,200 and 22,000 a second of 30,000.
TEST(FluidReceiverTest, ASlowReceiverDigestsThatShare) {
  const RunResult result =
      FluidOf({.out = "24 Mbps",
               .frame = "100 B",
               .ids = R"("receiver": "generic", "limits": {"vcpus": 1})",
               .more = R"(, "timeline": [{"at": "500 s", "receiver_slow": "ids", "by": "x0.1"}])"});
  EXPECT_NEAR(static_cast<double>(result.receivers.at(0).digested.frames), 500 * 24'200.0, 1100);
}

RunResult LastingFluidOf(const Watched& of) {
  RunControl control;
  control.load_lasts = true;
  return MakeFluidEngine()->Run(Read(TextOf(of)), control);
}

// 6,000 frames of 1250 bytes in a second where 5,000 may pass: the queue of 1,000 takes the rest of
// the first second, and nothing of any later one.
TEST(FluidQueueTest, ALoadThatLastsFindsTheQueueFull) {
  const Watched of{.limits = R"("bandwidth": "50 Mbps", "model": "per_direction")",
                   .out = "60 Mbps",
                   .direction = "",
                   .congestion = "fifo",
                   .duration = "1 s"};
  EXPECT_EQ(TotalFrames(EniOf(FluidOf(of), "web").dropped), 0);
  const RunResult lasting = LastingFluidOf(of);
  EXPECT_NEAR(static_cast<double>(TotalFrames(EniOf(lasting, "web").dropped)), 1'000, 1);
  EXPECT_EQ(lasting.duration, Picoseconds(kPicosecondsPerSecond));
}

// 20 Mbps are asked for, for 2 s, of 10 Mbps and a bucket of 1 MB that is soon spent.
TEST(FluidQueueTest, ALoadThatLastsFindsTheBucketEmpty) {
  const RunResult result = LastingFluidOf(
      {.limits = R"("bandwidth": "10 Mbps", "burst": "1 MB", "model": "per_direction")",
       .out = "20 Mbps",
       .direction = "",
       .duration = "2 s"});
  EXPECT_NEAR(Mbps(EniOf(result, "web").out), 10, kNear);
}

// Of the 800 frames that are too many in 0.1 s none waits in the ring.
TEST(FluidQueueTest, ALoadThatLastsFindsTheRingFull) {
  const RunResult result =
      LastingFluidOf({.out = "24 Mbps",
                      .frame = "100 B",
                      .duration = "100 ms",
                      .ids = R"("receiver": "generic", "limits": {"vcpus": 1})"});
  EXPECT_NEAR(static_cast<double>(result.receivers.at(0).dropped.at("receiver_ring").frames), 800,
              1);
  EXPECT_EQ(result.receivers.at(0).queued_at_end, 0);
}

}  // namespace
}  // namespace vpcmirror::sim
