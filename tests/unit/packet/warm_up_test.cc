#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

// Random traffic and its copies, more than the source can send, of which the receiver's own
// limit loses some more.
std::string Crowded(const std::string& duration, const std::string& warm_up) {
  return R"({"duration": ")" + duration + R"(", "warm_up": ")" + warm_up + R"(",
      "hosts": {"web": {"limits": {"bandwidth": "100 Mbps", "model": "per_direction"}},
                "peer": {}, "ids": {"limits": {"bandwidth": "40 Mbps"}}},
      "workloads": {"t": {"from": "web", "to": "peer", "rate": "70 Mbps", "arrivals": "poisson"},
                    "o": {"at": "web", "in": "20 Mbps", "arrivals": "poisson"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
}

// The sums of a run, which must be alike in one run and in two that make it up.
std::vector<std::int64_t> SumsOf(const RunResult& result) {
  std::vector<std::int64_t> sums;
  const auto add = [&](const Count& count) {
    sums.push_back(count.frames);
    sums.push_back(count.bytes.count());
  };
  const auto add_load = [&](const vpcmirror::Load& load) { add({load.frames, load.bytes}); };
  const auto add_drops = [&](const DropCounts& drops) {
    for (const auto& [reason, count] : drops) add(count);
  };
  add(*result.produced);
  add_load(result.delivered);
  sums.push_back(result.production_delay.frames);
  sums.push_back(result.copy_delay.frames);
  for (const HostResult& host : result.hosts) {
    for (const vpcmirror::Load& load :
         {host.used_in, host.used_out, host.copies_in, host.copies_out}) {
      add_load(load);
    }
  }
  for (const EniResult& eni : result.enis) {
    for (const vpcmirror::Load& load :
         {eni.in, eni.out, eni.mirror_out, eni.offered_in, eni.copies_in, eni.offered_out}) {
      add_load(load);
    }
    add_drops(eni.dropped);
  }
  for (const MirrorResult& mirror : result.mirrors) {
    const Ledger& ledger = mirror.ledger;
    for (const Count& count : ledger.rejected) add(count);
    for (const Count& count : ledger.dropped) add(count);
    add(ledger.mirrored);
    sums.push_back(ledger.wire_datagrams);
    sums.push_back(ledger.wire_bytes.count());
    add(ledger.truncated);
    add_drops(mirror.lost_after_source);
  }
  for (const ReceiverResult& receiver : result.receivers) {
    add_load(receiver.in);
    add_load(receiver.digested);
    sums.push_back(receiver.duplicate_frames);
    add_drops(receiver.dropped);
  }
  return sums;
}

TEST(WarmUpTest, WhatIsLeftOutIsWhatAShorterRunHas) {
  const RunResult whole = Simulate(Load(Crowded("60 ms", "0 s")));
  const RunResult beginning = Simulate(Load(Crowded("25 ms", "0 s")));
  const RunResult rest = Simulate(Load(Crowded("60 ms", "25 ms")));
  EXPECT_EQ(rest.warm_up, kMillisecond * 25);

  std::vector<std::int64_t> expected = SumsOf(whole);
  const std::vector<std::int64_t> left_out = SumsOf(beginning);
  ASSERT_EQ(expected.size(), left_out.size());
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] -= left_out[i];
  EXPECT_THAT(SumsOf(rest), testing::ElementsAreArray(expected));

  // Copies that waited when measuring began are offered then.
  const Ledger& ledger = rest.mirrors[0].ledger;
  const Count& waited = beginning.mirrors[0].ledger.queued_at_end;
  EXPECT_GT(waited.frames, 0);
  EXPECT_EQ(ledger.offered + beginning.mirrors[0].ledger.offered,
            whole.mirrors[0].ledger.offered + waited);
  EXPECT_EQ(ledger.queued_at_end, whole.mirrors[0].ledger.queued_at_end);
  EXPECT_TRUE(ledger.AddsUp());
}

// 10 Mbps of 1,250 B frames are 1,000 a second, 20 in 20 ms, over which rates are means.
TEST(WarmUpTest, RatesAreMeansOverTheRest) {
  const RunResult result = Simulate(Load(R"({"duration": "50 ms", "warm_up": "30 ms",
      "hosts": {"web": {}, "ids": {}},
      "workloads": {"t": {"at": "web", "out": "10 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  EXPECT_EQ(result.produced->frames, 20);
  EXPECT_EQ(result.delivered.bandwidth, BitsPerSecond(10'000'000));
  EXPECT_EQ(result.enis[0].offered_out.packet_rate, PacketsPerSecond(1000));
  EXPECT_EQ(result.mirrors[0].ledger.mirrored.frames, 20);
}

// All of it is over before measuring begins: 10 ms of 60 Mbps and copies, 120 Mbps and more,
// leave a link of 100 Mbps within 13.
TEST(WarmUpTest, NothingOfTheWarmUpIsLeft) {
  const RunResult result = Simulate(Load(R"({"duration": "50 ms", "warm_up": "30 ms",
      "hosts": {"web": {"limits": {"bandwidth": "100 Mbps"}}, "peer": {},
                "ids": {}},
      "workloads": {"t": {"from": "web", "to": "peer", "rate": "60 Mbps", "stop": "10 ms"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  EXPECT_THAT(SumsOf(result), testing::Each(0));
  EXPECT_EQ(result.hosts[0].memory_peak, Bytes(0));
  EXPECT_EQ(result.production_delay.largest, Picoseconds(0));
  EXPECT_EQ(result.hosts[0].cpu.cores_used, 0);
}

// A flow that is alone has the link: 100 Mbps, of which 1,448 of 1,514 bytes are data. In its
// slow start it has less.
TEST(WarmUpTest, TcpIsMeasuredWhenItsSlowStartIsOver) {
  const auto text = [](const std::string& warm_up) {
    return R"({"duration": "2 s", "warm_up": ")" + warm_up +
           R"(", "assumptions": {"fabric_delay": "10 ms"},
      "hosts": {"web": {"limits": {"bandwidth": "100 Mbps", "model": "per_direction"}},
                "db": {}},
      "workloads": {"t": {"from": "web", "to": "db", "tcp": {}}}})";
  };
  constexpr double kLink = 1e8 * 1448 / 1514;
  const RunResult whole = Simulate(Load(text("0 s")));
  const RunResult rest = Simulate(Load(text("1 s")));
  EXPECT_LT(static_cast<double>(whole.tcp[0].goodput.count()), 0.99 * kLink);
  EXPECT_NEAR(static_cast<double>(rest.tcp[0].goodput.count()), kLink, 0.002 * kLink);
  EXPECT_EQ(rest.tcp[0].connections, 0);  // it was opened before
}

TEST(WarmUpTest, AStopBeforeItsEndMeasuresNothing) {
  std::stop_source stop;
  RunControl control;
  control.stop = stop.get_token();
  control.progress = [&](Picoseconds done) {
    if (done > Picoseconds(0)) stop.request_stop();
  };
  const RunResult result = MakePacketEngine()->Run(Load(Crowded("100 s", "99 s")), control);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.warm_up, result.duration);
  EXPECT_THAT(SumsOf(result), testing::Each(0));
}

}  // namespace
}  // namespace vpcmirror::sim
