#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "models/capacity/delay_histogram.h"
#include "models/scenario/variants.h"
#include "tests/support/load_scenario.h"
#include "tests/unit/packet/simulate.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kMicrosecond = 1'000 * kPicosecondsPerNanosecond;

void ExpectEachTakes(const DelayResult& delay, Picoseconds time) {
  EXPECT_GT(delay.frames, 0);
  EXPECT_EQ(delay.mean, time);
  EXPECT_EQ(delay.largest, time);
  EXPECT_NEAR(static_cast<double>(delay.p50.count()), static_cast<double>(time.count()),
              kDelayError * static_cast<double>(time.count()));
}

// A frame of 1,250 bytes takes 100 us of 100 Mbps, and the default fabric 50 us.
constexpr char kHalfLoad[] = R"("limits": {"bandwidth": "100 Mbps", "model": "per_direction"})";

TEST(ProductionDelayTest, IsTheTimeInTheBudgetOnTheWayOut) {
  const RunResult result = Simulate(Load(std::string(R"({"duration": "50 ms",
      "hosts": {"web": {)") + kHalfLoad + R"(}},
      "workloads": {"www": {"at": "web", "out": "50 Mbps", "sizes": "1250 B"}}})"));
  ExpectEachTakes(result.production_delay, Picoseconds(100 * kMicrosecond));
  EXPECT_EQ(result.production_delay.frames, result.delivered.frames);
  EXPECT_EQ(result.copy_delay, DelayResult());
}

TEST(ProductionDelayTest, IsTheTimeInTheBudgetOnTheWayIn) {
  const RunResult result = Simulate(Load(std::string(R"({"duration": "50 ms",
      "hosts": {"web": {)") + kHalfLoad + R"(}},
      "workloads": {"www": {"at": "web", "in": "50 Mbps", "sizes": "1250 B"}}})"));
  ExpectEachTakes(result.production_delay, Picoseconds(100 * kMicrosecond));
}

// 100 us at each end and 50 between them.
TEST(ProductionDelayTest, ReachesFromSourceToDestination) {
  const RunResult result = Simulate(Load(std::string(R"({"duration": "50 ms",
      "hosts": {"web": {)") + kHalfLoad + R"(}, "db": {)" +
                                         kHalfLoad + R"(}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "50 Mbps", "sizes": "1250 B"}}})"));
  ExpectEachTakes(result.production_delay, Picoseconds(250 * kMicrosecond));
}

// Through a firewall as next hop: a frame is under way until it is at the
// database, 100 us in each of web's, fw's two and db's budgets and twice 50 us.
TEST(ProductionDelayTest, CountsAFrameThatIsForwardedOnce) {
  const RunResult result = Simulate(Load(std::string(R"({"duration": "50 ms",
      "vpcs": {"prod": {"cidr": "10.0.0.0/16",
        "subnets": {"web": {"cidr": "10.0.1.0/24", "route_table": "via-fw"},
                    "fw": "10.0.2.0/24", "db": "10.0.3.0/24"},
        "route_tables": {"main": [], "via-fw": [{"to": "10.0.3.0/24", "via": "fw"}]}}},
      "hosts": {"web": {"subnet": "web", )") +
                                         kHalfLoad + R"(},
                "fw": {"subnet": "fw", )" +
                                         kHalfLoad + R"(},
                "db": {"subnet": "db", )" +
                                         kHalfLoad + R"(}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "50 Mbps", "sizes": "1250 B"}}})"));
  ExpectEachTakes(result.production_delay, Picoseconds(500 * kMicrosecond));
  EXPECT_LE(result.delivered.frames, result.produced->frames);
}

// A queue of 10 frames, twice as much as it passes: once it is full, who gets in
// finds between 9 and 10 frames of 100 us ahead of what he sends himself.
TEST(ProductionDelayTest, GrowsToTheQueueAndNoFurther) {
  const RunResult result = Simulate(Load(std::string(R"({"duration": "500 ms",
      "assumptions": {"congestion": "fifo"},
      "hosts": {"web": {"queue": "10 frames", )") +
                                         kHalfLoad + R"(}},
      "workloads": {"www": {"at": "web", "out": "200 Mbps", "sizes": "1250 B"}}})"));
  EXPECT_LE(result.production_delay.largest, Picoseconds(1000 * kMicrosecond));
  EXPECT_GE(result.production_delay.p50, Picoseconds(890 * kMicrosecond));
}

// Nothing limits: a copy takes what the fabric takes.
TEST(CopyDelayTest, ReachesFromSourceToReceiver) {
  const RunResult result = Simulate(Load(R"({"duration": "20 ms",
      "hosts": {"web": {}, "ids": {"receiver": "generic"}},
      "workloads": {"www": {"at": "web", "in": "50 Mbps", "out": "50 Mbps", "sizes": "1250 B"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})"));
  ExpectEachTakes(result.copy_delay, Picoseconds(50 * kMicrosecond));
  EXPECT_EQ(result.copy_delay.frames, result.receivers[0].digested.frames);
}

// What was produced is delivered, lost, or still in a budget or on its way: at
// 1.6 times the limit, a queue of 1,000 frames at most.
TEST(GoodputTest, IsWhatIsProducedButForWhatIsLostOrUnderWay) {
  const RunResult result = Simulate(Load(std::string(R"({"duration": "300 ms",
      "hosts": {"web": {)") + kHalfLoad + R"(}},
      "workloads": {"www": {"at": "web", "out": "160 Mbps", "sizes": "1250 B"}}})"));
  const std::int64_t lost = result.enis[0].dropped.at("egress_bandwidth").frames;
  const std::int64_t waiting = result.produced->frames - lost - result.delivered.frames;
  EXPECT_GT(lost, 0);
  EXPECT_EQ(result.delivered.frames, result.enis[0].out.frames);
  EXPECT_GE(waiting, 0);
  EXPECT_LE(waiting, 1000);
  EXPECT_NEAR(static_cast<double>(result.delivered.bandwidth.count()), 100e6, 1e6);
}

// Streams are named by workload and host, so that production is the same frame
// by frame with a mirror and without, whatever chance has to say about it.
TEST(BaselineTest, ProducesTheSameWithAndWithoutAMirror) {
  const ValidScenario with = Load(R"({"duration": "50 ms",
      "hosts": {"web": {"count": 3, "type": "S5.4XLARGE32"}, "db": {"type": "S5.4XLARGE32"},
                "ids": {"type": "S5.8XLARGE64", "receiver": "generic"}},
      "workloads": {"www": {"at": "web", "in": "2 Gbps", "out": "2 Gbps", "sizes": "imix",
                            "arrivals": "poisson"},
                    "sql": {"from": "web", "to": "db", "rate": "300 Mbps",
                            "arrivals": {"on": "1 ms", "off": "2 ms", "shape": 1.5}}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})");
  const RunResult mirrored = Simulate(with);
  const RunResult alone = Simulate(WithoutMirrors(with));
  ASSERT_EQ(mirrored.enis.size(), alone.enis.size());
  EXPECT_EQ(mirrored.produced->frames, alone.produced->frames);
  EXPECT_EQ(mirrored.produced->bytes, alone.produced->bytes);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(mirrored.enis[i].offered_out.frames, alone.enis[i].offered_out.frames);
    EXPECT_EQ(mirrored.enis[i].offered_out.bytes, alone.enis[i].offered_out.bytes);
    EXPECT_EQ(mirrored.enis[i].offered_in.bytes, alone.enis[i].offered_in.bytes);
  }
  EXPECT_GT(mirrored.mirrors.at(0).ledger.mirrored.frames, 0);
  EXPECT_TRUE(alone.mirrors.empty());
  // 4 Gbps of a combined 6 fit alone; with a copy of each they are 8.
  EXPECT_LT(mirrored.delivered.bytes, alone.delivered.bytes);
  EXPECT_GT(mirrored.production_delay.p50, alone.production_delay.p50);
}

// What nobody watches is counted ahead of its time, without an event. A capture watches,
// at the moment itself: it must find the same, through queues that overflow and at an end
// that finds them full.
TEST(ForetoldTest, ACaptureChangesNothing) {
  const std::string text = R"({"duration": "50 ms",
      "hosts": {"web": {"type": "S5.4XLARGE32"},
                "db": {"limits": {"bandwidth": "250 Mbps", "model": "per_direction"}},
                "ids": {"limits": {"bandwidth": "900 Mbps", "vcpus": 1},
                        "receiver": "suricata", "workers": 3, "ring_bytes": "64 KiB"}},
      "workloads": {"sql": {"from": "web", "to": "db", "rate": "300 Mbps", "sizes": "imix",
                            "arrivals": "poisson"},
                    "www": {"at": "web", "out": "700 Mbps", "arrivals": "poisson"}},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}])";
  std::string folder = (std::filesystem::temp_directory_path() / "vpcmirror-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  RunControl control;
  control.seed = 1;
  control.output_folder = folder;
  const RunResult foretold = MakePacketEngine()->Run(Load(text + "}"), control);
  const RunResult watched = MakePacketEngine()->Run(
      Load(text + R"(, "output": {"pcap": {"db": "db.pcap", "ids": "ids.pcap"}}})"), control);
  std::filesystem::remove_all(folder);

  EXPECT_LT(foretold.events, watched.events);
  EXPECT_EQ(foretold.delivered.frames, watched.delivered.frames);
  EXPECT_EQ(foretold.delivered.bytes, watched.delivered.bytes);
  for (const auto& [a, b] : {std::pair(foretold.production_delay, watched.production_delay),
                             std::pair(foretold.copy_delay, watched.copy_delay)}) {
    EXPECT_GT(a.frames, 0);
    EXPECT_EQ(a.frames, b.frames);
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_EQ(a.p999, b.p999);
    EXPECT_EQ(a.largest, b.largest);
  }
  ASSERT_EQ(foretold.enis.size(), watched.enis.size());
  for (std::size_t i = 0; i < watched.enis.size(); ++i) {
    EXPECT_EQ(foretold.enis[i].in.bytes, watched.enis[i].in.bytes) << watched.enis[i].id;
    EXPECT_EQ(foretold.enis[i].dropped, watched.enis[i].dropped) << watched.enis[i].id;
  }
  const ReceiverResult& a = foretold.receivers.at(0);
  const ReceiverResult& b = watched.receivers.at(0);
  EXPECT_EQ(a.in.frames, b.in.frames);
  EXPECT_EQ(a.digested.frames, b.digested.frames);
  EXPECT_EQ(a.queued_at_end, b.queued_at_end);
  EXPECT_EQ(a.dropped, b.dropped);
  EXPECT_GT(b.dropped.at("receiver_ring").frames, 0);
  EXPECT_GT(watched.enis[1].dropped.at("ingress_bandwidth").frames, 0);
  EXPECT_EQ(foretold.mirrors.at(0).lost_after_source, watched.mirrors.at(0).lost_after_source);
}

}  // namespace
}  // namespace vpcmirror::sim
