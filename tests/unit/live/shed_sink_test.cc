#include "sim/live/shed_sink.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "models/wire/hash.h"
#include "tests/support/addresses.h"
#include "tests/unit/live/copy_maker.h"

namespace vpcmirror::sim {
namespace {

constexpr BitsPerSecond kMegabyteASecond{8'000'000};  // 131,072 bytes at once, RateBucketTest

const CopyMaker& AnyMaker() {
  static const CopyMaker maker(
      {.id = "imgf-1", .receivers = {{.address = Address("10.0.9.1"), .mtu = Bytes(8500)}}},
      Address("10.0.1.1"));
  return maker;
}

// Counts what passes, by flow.
class PassedSink : public CopySink {
 public:
  void Take(const LiveCopy& copy) override {
    passed.Add(OuterBytes(copy));
    ++by_flow[copy.entropy];
    ++waiting_;
  }
  void Flush() override { waiting_ = 0; }
  SendCounters counters() const override {
    return {.taken = passed.packets,
            .sent = passed.packets - waiting_,
            .sent_bytes = passed.bytes,
            .refused = {},
            .waiting = waiting_};
  }

  PacketCount passed;
  std::map<std::uint64_t, std::int64_t> by_flow;

 private:
  std::int64_t waiting_ = 0;
};

class ShedSinkTest : public testing::Test {
 protected:
  void Limit(const LoadLimits& limits) {
    bounds_.emplace(limits, time);
    sink.emplace(*bounds_, passed, [this] { return time; });
  }

  void Offer(std::size_t bytes, std::uint64_t flow = 1, bool is_continued = false,
             ShedCounters* shed = nullptr) {
    OfferTo(*sink, bytes, flow, is_continued, shed);
  }
  static void OfferTo(CopySink& to, std::size_t bytes, std::uint64_t flow,
                      bool is_continued = false, ShedCounters* shed = nullptr) {
    static const std::array<std::byte, 10'000> octets{};
    to.Take({.tunnel = AnyMaker().tunnel(),
             .outer = std::span(octets).first(36),
             .inner = {},
             .payload = std::span(octets).first(bytes - 36),
             .entropy = MixBits(flow),
             .is_continued = is_continued,
             .shed = shed});
  }
  void After(std::int64_t milliseconds, std::int64_t cpu_milliseconds = 0) {
    sink->Flush();
    time.now_ns += milliseconds * 1'000'000;
    time.cpu_ns += cpu_milliseconds * 1'000'000;
  }

  LoadTime time{.now_ns = 5'000'000'000, .cpu_ns = 3'000'000'000};
  PassedSink passed;
  std::optional<LoadBounds> bounds_;
  std::optional<ShedSink> sink;
};

TEST_F(ShedSinkTest, LetsAllPassWithoutLimits) {
  Limit({});
  for (int i = 0; i < 10'000; ++i) Offer(1500);
  EXPECT_EQ(passed.passed.packets, 10'000);
  EXPECT_EQ(sink->counters().taken, 10'000);
}

// 87 of 1500 are 130,500 bytes, 88 are 132,000; 572 bytes are left of 131,072.
TEST_F(ShedSinkTest, ShedsTheCopyThatDoesNotFit) {
  Limit({.rate = kMegabyteASecond});
  for (int i = 0; i < 100; ++i) Offer(1500);
  EXPECT_EQ(passed.passed.packets, 87);
  Offer(500);
  EXPECT_EQ(passed.passed.packets, 88) << "a short one still does";
  After(10);  // 10,000 bytes more
  for (int i = 0; i < 10; ++i) Offer(1500);
  EXPECT_EQ(passed.passed.packets, 88 + 6);
  sink->Flush();
  const SendCounters counters = sink->counters();
  EXPECT_EQ(counters.taken, 111);
  EXPECT_EQ(counters.sent, 94);
  EXPECT_EQ(counters.shed.by_rate, (PacketCount{17, Bytes(17 * 1500)}));
  EXPECT_EQ(counters.shed.by_cpu, PacketCount{});
}

// 131,072 bytes are 87 of 1500, as above, so that 13 are shed; of the other receiver all are.
TEST_F(ShedSinkTest, CountsWhatIsShedWhereTheCopySays) {
  Limit({.rate = kMegabyteASecond});
  ShedCounters one;
  ShedCounters other;
  for (int i = 0; i < 100; ++i) Offer(1500, 1, false, &one);
  for (int i = 0; i < 3; ++i) Offer(1000, 2, false, &other);
  sink->Flush();
  EXPECT_EQ(one, (ShedCounters{.by_rate = {13, Bytes(13 * 1500)}, .by_cpu = {}}));
  EXPECT_EQ(other, (ShedCounters{.by_rate = {3, Bytes(3000)}, .by_cpu = {}}));
  one += other;
  EXPECT_EQ(sink->counters().shed, one);
}

TEST_F(ShedSinkTest, ShedsOrPassesAllPacketsOfACopy) {
  Limit({.rate = kMegabyteASecond});
  for (int i = 0; i < 87; ++i) Offer(1500);
  Offer(500);
  for (int i = 0; i < 20; ++i) Offer(1500, 1, true);  // 30,000 bytes, 72 are left
  EXPECT_EQ(passed.passed.packets, 108);
  Offer(73);
  Offer(40, 1, true);
  EXPECT_EQ(passed.passed.packets, 108) << "the rest of a copy whose beginning was shed";
  After(29);  // 29,000 of the 29,928 bytes that were too many
  Offer(36);
  EXPECT_EQ(passed.passed.packets, 108);
  After(1);
  Offer(36);
  EXPECT_EQ(passed.passed.packets, 109);
}

TEST_F(ShedSinkTest, SendsAtItsRateHoweverManyWorkersShareIt) {
  Limit({.rate = kMegabyteASecond});
  std::array<PassedSink, 3> behind;
  std::vector<ShedSink> workers;
  for (PassedSink& each : behind) workers.emplace_back(*bounds_, each, [this] { return time; });
  for (int i = 0; i < 1000; ++i) {
    for (ShedSink& worker : workers) {
      for (int j = 0; j < 3; ++j) OfferTo(worker, 1000, 1);
    }
    for (ShedSink& worker : workers) worker.Flush();
    time.now_ns += 1'000'000;
  }
  Bytes sent{};
  for (const PassedSink& each : behind) sent += each.passed.bytes;
  // 1,000 bytes a millisecond for 999 of them, and what may be sent at once.
  EXPECT_LE(sent, Bytes(999'000 + 131'072));
  EXPECT_GT(sent, Bytes(999'000 + 131'072 - 3000));
}

TEST_F(ShedSinkTest, ShedsWhileTheCpuShareOfASecondIsSpent) {
  Limit({.cpu_permille = 100});
  Offer(100);
  After(50, 100);
  Offer(100);
  EXPECT_EQ(passed.passed.packets, 2) << "just what is allowed";
  After(10, 1);
  Offer(100);
  After(930);
  Offer(100);
  EXPECT_EQ(passed.passed.packets, 2);
  After(70);  // the 100 ms were taken more than a second ago
  Offer(100);
  EXPECT_EQ(passed.passed.packets, 3);
  EXPECT_EQ(sink->counters().shed.by_cpu, (PacketCount{2, Bytes(200)}));
}

// 200 flows of 10 kB/s each are twice what may be sent.
class ShedByFlowTest : public ShedSinkTest {
 protected:
  static constexpr std::uint64_t kFlows = 200;

  // One batch of 10 ms a turn; each flow has a copy of `bytes` in each.
  void Run(int batches, std::size_t bytes, std::int64_t cpu_us_of_copy = 0) {
    for (int i = 0; i < batches; ++i) {
      const std::int64_t before = passed.passed.packets;
      for (std::uint64_t flow = 1; flow <= kFlows; ++flow) Offer(bytes, flow);
      After(10);
      time.cpu_ns += (passed.passed.packets - before) * cpu_us_of_copy * 1000;
    }
  }
  void ExpectWholeFlows(int batches) const {
    for (const auto& [flow, packets] : passed.by_flow) EXPECT_EQ(packets, batches);
  }
};

TEST_F(ShedByFlowTest, LeavesWholeConversationsOfARate) {
  Limit({.rate = kMegabyteASecond, .by_flow = true});
  Run(200, 100);
  const SendCounters before = sink->counters();
  passed.by_flow.clear();
  Run(500, 100);
  ExpectWholeFlows(500);
  // Of 200 flows at most 100 can be sent; what was shed in falling is not taken back beyond 94.
  EXPECT_LE(passed.by_flow.size(), 100u);
  EXPECT_GE(passed.by_flow.size(), 70u);
  const SendCounters after = sink->counters();
  EXPECT_EQ(after.taken, 700 * 200);
  EXPECT_TRUE(after.AddsUp());
  EXPECT_GT(after.shed.by_rate.packets, before.shed.by_rate.packets);
  EXPECT_EQ(after.shed.by_cpu, PacketCount{});
}

TEST_F(ShedByFlowTest, BringsAllFlowsBackAfterwards) {
  Limit({.rate = kMegabyteASecond, .by_flow = true});
  Run(200, 100);
  EXPECT_GT(sink->counters().shed.by_rate.packets, 0);
  Run(1500, 40);  // 800 kB/s are 0.8 of the rate
  passed.by_flow.clear();
  Run(100, 40);
  EXPECT_EQ(passed.by_flow.size(), kFlows);
  ExpectWholeFlows(100);
}

// 20,000 copies a second of 10 us are 200 ms of CPU time, of which half is allowed.
TEST_F(ShedByFlowTest, LeavesWholeConversationsOfACpuShare) {
  Limit({.cpu_permille = 100, .by_flow = true});
  Run(300, 100, 10);
  passed.by_flow.clear();
  const std::int64_t cpu_before = time.cpu_ns;
  Run(500, 100, 10);
  ExpectWholeFlows(500);
  EXPECT_GE(passed.by_flow.size(), 70u);
  EXPECT_LE(time.cpu_ns - cpu_before, 500'000'000) << "a tenth of 5 s";
  EXPECT_GT(sink->counters().shed.by_cpu.packets, 0);
  EXPECT_EQ(sink->counters().shed.by_rate, PacketCount{});
}

}  // namespace
}  // namespace vpcmirror::sim
