#include "models/scenario/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

using testing::Each;
using testing::SizeIs;

const SeriesObject* Find(const RunResult& result, SeriesKind kind, std::string_view id) {
  for (const SeriesObject& object : result.series->objects) {
    if (object.kind == kind && object.id == id) return &object;
  }
  return nullptr;
}

// Zero in all bins where the figure was left out.
std::vector<double> Column(const RunResult& result, SeriesKind kind, std::string_view id,
                           std::string_view figure) {
  const SeriesObject* object = Find(result, kind, id);
  if (object == nullptr) return {};
  for (const SeriesColumn& column : ColumnsOf(*object)) {
    if (column.name == figure) return column.values;
  }
  return {};
}

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::int64_t DroppedIn(const SeriesObject& object, const std::string& reason) {
  const auto found = object.dropped.find(reason);
  if (found == object.dropped.end()) return 0;
  return std::accumulate(found->second.begin(), found->second.end(), std::int64_t{0});
}

RunResult SimulateBins(const std::string& text, Picoseconds bin) {
  ValidScenario scenario = Load(text);
  scenario.series_bin = bin;
  return Simulate(scenario);
}

TEST(SeriesBinTest, DoublesUntilAThousandAreEnough) {
  const auto seconds = [](std::int64_t count) {
    return Picoseconds(count * kPicosecondsPerSecond);
  };
  EXPECT_EQ(SeriesBin(kMillisecond * 100, seconds(1)), kMillisecond * 100);
  EXPECT_EQ(SeriesBin(kMillisecond * 100, seconds(100)), kMillisecond * 100);
  EXPECT_EQ(SeriesBin(kMillisecond * 100, seconds(101)), kMillisecond * 200);
  EXPECT_EQ(SeriesBin(kMillisecond * 100, seconds(1000)), kMillisecond * 1600);
  // 100 simulated days, the longest run: 2^17 * 100 ms are 13,107 s, twice less are not 8,640.
  const Picoseconds longest = seconds(8'640'000);
  EXPECT_EQ(SeriesBin(kMillisecond * 100, longest), kMillisecond * 100 * (1 << 17));
  EXPECT_EQ(SeriesBin(longest, seconds(1)), longest);
  // In bins of 1 ps.
  const Picoseconds bin = SeriesBin(Picoseconds(1), longest);
  EXPECT_LE(longest.count() / bin.count(), 1000);
  EXPECT_GT(longest.count() / bin.count(), 499);
}

// 100 Mbps of 1,250 B frames is 10,000 frames a second: 100 in each bin of 10 ms, out and
// in, and as many copies.
TEST(SeriesTest, TellsASteadyRateBinByBin) {
  const RunResult result = SimulateBins(R"({"duration": "95 ms",
      "hosts": {"web": {"type": "S5.4XLARGE32"}, "db": {"type": "S5.4XLARGE32"},
                "idle": {"type": "S5.4XLARGE32"},
                "ids": {"type": "S5.8XLARGE64", "receiver": "generic"}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B",
                            "start": "25 ms"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})",
                                        kMillisecond * 10);
  EXPECT_EQ(result.series->bin, kMillisecond * 10);
  EXPECT_EQ(result.series->bins, 10);
  EXPECT_EQ(Find(result, SeriesKind::kEni, "idle/eni0"), nullptr);
  EXPECT_EQ(Find(result, SeriesKind::kHost, "idle"), nullptr);
  const SeriesObject* web = Find(result, SeriesKind::kEni, "web/eni0");
  ASSERT_NE(web, nullptr);
  EXPECT_EQ(web->first_bin, 2);
  const std::vector<double> out = Column(result, SeriesKind::kEni, "web/eni0", "out_frames");
  const std::vector<double> in = Column(result, SeriesKind::kEni, "db/eni0", "in_frames");
  ASSERT_THAT(out, SizeIs(8));
  ASSERT_THAT(in, SizeIs(8));
  for (std::size_t bin = 1; bin < 7; ++bin) {  // the first began late, the last is half
    EXPECT_NEAR(out[bin], 200, 2) << bin;
    EXPECT_NEAR(in[bin], 100, 1) << bin;
  }
  EXPECT_NEAR(out.back(), 100, 2);
}

// 160 Mbps into 100: what leaves is 125,000 B each 10 ms from the first bin on, since what
// waits has not left; and the queue of 1,000 frames of 1,250 B is full once it has filled
// up with what 60 Mbps too many bring, after 0.17 s.
TEST(SeriesTest, CountsWhatWaitsAsNotGone) {
  const RunResult result = SimulateBins(R"({"duration": "400 ms",
      "assumptions": {"congestion": "fifo"},
      "hosts": {"web": {"limits": {"bandwidth": "100 Mbps"}}},
      "workloads": {"www": {"at": "web", "out": "160 Mbps", "sizes": "1250 B"}}})",
                                        kMillisecond * 10);
  const std::vector<double> out = Column(result, SeriesKind::kEni, "web/eni0", "out_bytes");
  ASSERT_THAT(out, SizeIs(40));
  EXPECT_NEAR(out[0], 125'000, 1250 * 2);
  for (std::size_t bin = 1; bin < 40; ++bin) EXPECT_NEAR(out[bin], 125'000, 1250) << bin;
  const std::vector<double> queue = Column(result, SeriesKind::kHost, "web", "queue_bytes");
  ASSERT_THAT(queue, SizeIs(40));
  EXPECT_NEAR(queue[9], 0.1 * 60e6 / 8, 2 * 1250);
  for (std::size_t bin = 18; bin < 40; ++bin) EXPECT_NEAR(queue[bin], 1'250'000, 1250) << bin;
}

// Whatever is lost and wherever it waits at the end.
TEST(SeriesTest, AddsUpToTheResult) {
  const RunResult result = SimulateBins(R"({"duration": "87 ms",
      "hosts": {"web": {"count": 3, "limits": {"bandwidth": "1 Gbps"}},
                "db": {"limits": {"bandwidth": "250 Mbps", "model": "per_direction"}},
                "ids": {"limits": {"bandwidth": "1500 Mbps", "vcpus": 1},
                        "receiver": "suricata"}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "300 Mbps", "sizes": "imix",
                            "arrivals": "poisson"},
                    "www": {"at": "web", "in": "300 Mbps", "out": "300 Mbps",
                            "arrivals": "poisson"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})",
                                        kMillisecond * 10);
  EXPECT_EQ(result.series->bins, 9);
  for (const EniResult& eni : result.enis) {
    const auto sum = [&](std::string_view figure) {
      return Sum(Column(result, SeriesKind::kEni, eni.id, figure));
    };
    EXPECT_EQ(sum("in_frames"), static_cast<double>(eni.in.frames)) << eni.id;
    EXPECT_EQ(sum("in_bytes"), static_cast<double>(eni.in.bytes.count())) << eni.id;
    EXPECT_EQ(sum("out_frames"), static_cast<double>(eni.out.frames)) << eni.id;
    EXPECT_EQ(sum("out_bytes"), static_cast<double>(eni.out.bytes.count())) << eni.id;
    EXPECT_EQ(sum("mirror_out_bytes"), static_cast<double>(eni.mirror_out.bytes.count()));
    for (const auto& [reason, count] : eni.dropped) {
      EXPECT_EQ(DroppedIn(*Find(result, SeriesKind::kEni, eni.id), reason), count.frames);
    }
  }
  const MirrorResult& mirror = result.mirrors.at(0);
  const auto of_mirror = [&](std::string_view figure) {
    return Sum(Column(result, SeriesKind::kMirror, mirror.id, figure));
  };
  EXPECT_EQ(of_mirror("offered_frames"), static_cast<double>(mirror.ledger.offered.frames));
  EXPECT_EQ(of_mirror("mirrored_frames"), static_cast<double>(mirror.ledger.mirrored.frames));
  EXPECT_EQ(of_mirror("wire_bytes"), static_cast<double>(mirror.ledger.wire_bytes.count()));
  EXPECT_GT(mirror.ledger.queued_at_end.frames, 0);
  const SeriesObject& of_losses = *Find(result, SeriesKind::kMirror, mirror.id);
  std::int64_t lost = 0;
  for (const auto& [reason, count] : mirror.lost_after_source) {
    EXPECT_EQ(DroppedIn(of_losses, reason), count.frames) << reason;
    lost += count.frames;
  }
  EXPECT_GT(lost, 0);
  const ReceiverResult& ids = result.receivers.at(0);
  EXPECT_EQ(Sum(Column(result, SeriesKind::kReceiver, ids.id, "in_frames")),
            static_cast<double>(ids.in.frames));
  EXPECT_EQ(Sum(Column(result, SeriesKind::kReceiver, ids.id, "digested_bytes")),
            static_cast<double>(ids.digested.bytes.count()));
}

// Work at a cost that does not depend on the load: its mean over the bins is the run's.
TEST(SeriesTest, TellsTheCoresOfEachBin) {
  const RunResult result = SimulateBins(R"({"duration": "80 ms",
      "hosts": {"web": {"limits": {"bandwidth": "3 Gbps", "vcpus": 4},
                        "costs": {"production_tx": {"per_frame": "1 us",
                                                    "per_byte": "0.08 ns"}}}},
      "workloads": {"www": {"at": "web", "out": "100 Mbps", "sizes": "1250 B"}}})",
                                        kMillisecond * 10);
  const std::vector<double> cores = Column(result, SeriesKind::kHost, "web", "cpu_cores");
  ASSERT_THAT(cores, SizeIs(8));
  // 10,000 frames a second of 1 us and 1,250 times 0.08 ns.
  EXPECT_THAT(cores, Each(testing::DoubleNear(0.011, 0.0002)));
  EXPECT_NEAR(Sum(cores) / 8, result.hosts.at(0).cpu.cores_used, 1e-9);
}

// 100 Mbps of 1,250 B frames: 100 in each bin of 10 ms. mirror-1 is stopped from 30 ms to
// 50 ms, the workload is silent from 70 ms on, and late watches db from 60 ms on.
TEST(SeriesTest, ShowsWhatATimelineChangesInItsBins) {
  const RunResult result = SimulateBins(R"({"duration": "100 ms",
      "hosts": {"web": {}, "db": {}, "ids": {"receiver": "generic"}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [
        {"at": "30 ms", "StopTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
        {"at": "50 ms", "StartTrafficMirror": {"TrafficMirrorId": "mirror-1"}},
        {"at": "60 ms", "CreateTrafficMirror": {"TrafficMirrorName": "late",
          "CollectorSrcs": ["db"], "CollectorTarget": {"TargetIps": ["ids"]}}},
        {"at": "70 ms", "scale": "sql", "by": "x0"}]})",
                                        kMillisecond * 10);
  const auto is = [&](SeriesKind kind, const char* id, const char* figure,
                      const std::vector<double>& want) {
    const SeriesObject* object = Find(result, kind, id);
    ASSERT_NE(object, nullptr) << id;
    std::vector<double> got(static_cast<std::size_t>(object->first_bin), 0);
    const std::vector<double> seen = Column(result, kind, id, figure);
    got.insert(got.end(), seen.begin(), seen.end());
    ASSERT_EQ(got.size(), want.size()) << id;
    for (std::size_t bin = 0; bin < want.size(); ++bin) {
      EXPECT_NEAR(got[bin], want[bin], 2) << id << " " << figure << " " << bin;
    }
  };
  is(SeriesKind::kEni, "web/eni0", "mirror_out_frames", {100, 100, 100, 0, 0, 100, 100, 0, 0, 0});
  is(SeriesKind::kMirror, "mirror-1", "offered_frames",
     {100, 100, 100, 100, 100, 100, 100, 0, 0, 0});
  is(SeriesKind::kMirror, "mirror-1", "mirrored_frames", {100, 100, 100, 0, 0, 100, 100, 0, 0, 0});
  is(SeriesKind::kMirror, "late", "mirrored_frames", {0, 0, 0, 0, 0, 0, 100, 0, 0, 0});
  is(SeriesKind::kReceiver, "ids/eni0", "in_frames", {100, 100, 100, 0, 0, 100, 200, 0, 0, 0});
  for (const MirrorResult& mirror : result.mirrors) {
    EXPECT_EQ(Sum(Column(result, SeriesKind::kMirror, mirror.id, "mirrored_frames")),
              static_cast<double>(mirror.ledger.mirrored.frames));
  }
}

// Down from 30 ms to 50 ms: what is lost for that is lost in these bins.
TEST(SeriesTest, TellsInWhichBinsAReceiverIsDown) {
  const RunResult result = SimulateBins(R"({"duration": "100 ms",
      "hosts": {"web": {}, "db": {}, "ids": {"receiver": "generic"}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "100 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
      "timeline": [{"at": "30 ms", "receiver_down": "ids"},
                   {"at": "50 ms", "receiver_up": "ids"}]})",
                                        kMillisecond * 10);
  const SeriesObject* ids = Find(result, SeriesKind::kReceiver, "ids/eni0");
  ASSERT_NE(ids, nullptr);
  std::vector<std::int64_t> lost(static_cast<std::size_t>(ids->first_bin), 0);
  const auto& seen = ids->dropped.at("receiver_down");
  lost.insert(lost.end(), seen.begin(), seen.end());
  lost.resize(10, 0);
  for (std::size_t bin = 0; bin < 10; ++bin) {
    EXPECT_NEAR(static_cast<double>(lost[bin]), bin == 3 || bin == 4 ? 100 : 0, 2) << bin;
  }
}

TEST(SeriesTest, ChangesNothingElse) {
  const std::string text = R"({"duration": "30 ms",
      "hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}},
                "ids": {"type": "S5.8XLARGE64", "receiver": "generic"}},
      "workloads": {"www": {"at": "web", "in": "400 Mbps", "out": "400 Mbps",
                            "arrivals": "poisson"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})";
  const RunResult with = SimulateBins(text, kMillisecond);
  const RunResult without = Simulate(Load(text));
  EXPECT_FALSE(without.series);
  EXPECT_EQ(with.events, without.events);
  EXPECT_EQ(with.delivered.bytes, without.delivered.bytes);
  EXPECT_EQ(with.mirrors.at(0).ledger, without.mirrors.at(0).ledger);
  EXPECT_EQ(with.production_delay.mean, without.production_delay.mean);
}

}  // namespace
}  // namespace vpcmirror::sim
