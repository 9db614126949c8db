#include <gmock/gmock.h>

#include <cmath>

#include "models/ns3/replay_source.h"
#include "models/ns3/request_source.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/ns3/two_hosts.h"

namespace vpcmirror {
namespace {

class SourcesTest : public TwoHostsTest {
 protected:
  static Workload Base() {
    return {.name = "w",
            .sizes = {{.frame = Bytes(1500), .weight = 1}},
            .stop = Picoseconds(kPicosecondsPerSecond)};
  }
  Stream ClientToServer(BitsPerSecond rate) const {
    return {.from = {.eni = 0, .address = IpAddress::V4(kClient)},
            .to = {.eni = 1, .address = IpAddress::V4(kServer)},
            .rate = rate};
  }
  Count Run(const Workload& workload, BitsPerSecond rate, const ns3::Time& time = ns3::Seconds(1)) {
    auto source = ns3::CreateObject<FrameSource>();
    source->SetStream(workload, ClientToServer(rate), client_, server_);
    source->AssignStreams(11);
    client_->GetNode()->AddApplication(source);
    ns3::Simulator::Stop(time);
    ns3::Simulator::Run();
    return source->sent();
  }
};

// 1 Gbit/s in frames of 1,500 bytes is 83,333.3 frames a second; the random
// phase of the first may add or take one.
TEST_F(SourcesTest, ConstantRateIsKeptToTheFrame) {
  Install("0bps");
  EXPECT_NEAR(static_cast<double>(Run(Base(), BitsPerSecond(1'000'000'000)).frames), 83'333, 1);
}

// A mix: 7:4:1 of 60, 590 and 1,514 bytes has a mean of 357.83 bytes. The
// number of frames is the rate's, the bytes are drawn: four deviations of the
// sum of n draws, each with deviation 438 bytes, over n = 34,932.
TEST_F(SourcesTest, MixKeepsTheBitRateAndItsMean) {
  Install("0bps");
  Workload workload = Base();
  workload.sizes = {{Bytes(60), 7}, {Bytes(590), 4}, {Bytes(1514), 1}};
  const Count sent = Run(workload, BitsPerSecond(100'000'000));
  EXPECT_NEAR(static_cast<double>(sent.bytes.count()), 12.5e6, 1514);
  const double mean = static_cast<double>(sent.bytes.count()) / static_cast<double>(sent.frames);
  EXPECT_NEAR(mean, (7 * 60 + 4 * 590 + 1514) / 12.0, 4 * 438 / std::sqrt(34'932));
}

// A geometric length of mean m has a second moment of 2 m^2 - m. Stopping at 60 and
// 65,549 bytes leaves the mean as asked and takes less than 2 * 10^-4 off the second
// moment: 14.1 e^-13.1 = 3 * 10^-5 of it lies beyond the longest, and the shortest
// raise the mean by 60^2 / (2 * 5000) = 0.36 bytes, which the parameter takes back: a
// moment smaller by 2 * 0.36 / 5000 = 1.4 * 10^-4. A million lengths, one from each of
// a million equal slices of the draw.
TEST(GeometricSizesTest, HaveTheMeanAskedForAndItsSecondMoment) {
  constexpr int kSlices = 1'000'000;
  const GeometricSizes sizes(5000, Bytes(60), Bytes(65'549));
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kSlices; ++i) {
    const auto length = static_cast<double>(sizes.At((i + 0.5) / kSlices).count());
    sum += length;
    squares += length * length;
  }
  EXPECT_NEAR(sum / kSlices, 5000, 5000 * 1e-5);
  EXPECT_NEAR(squares / kSlices, 2 * 5000.0 * 5000.0 - 5000, 2 * 5000.0 * 5000.0 * 2e-4);
}

TEST(GeometricSizesTest, StopAtTheShortestAndTheLongest) {
  const GeometricSizes sizes(300, Bytes(60), Bytes(1514));
  EXPECT_EQ(sizes.At(0), Bytes(60));
  EXPECT_EQ(sizes.At(1 - 1e-16), Bytes(1514));
}

// Poisson: 8,333 expected, deviation 91.
TEST_F(SourcesTest, PoissonHasItsMean) {
  Install("0bps");
  Workload workload = Base();
  workload.arrivals = ArrivalProcess::kPoisson;
  EXPECT_NEAR(static_cast<double>(Run(workload, BitsPerSecond(100'000'000)).frames), 8333,
              4 * 91.3);
}

// On a tenth of the time at ten times the rate: the mean stays. 1,000 cycles of
// 1 ms with Pareto shape 2.5, whose periods deviate by 0.89 of their mean.
TEST_F(SourcesTest, BurstsHaveTheStreamsMeanRate) {
  Install("0bps");
  Workload workload = Base();
  workload.arrivals = ArrivalProcess::kOnOff;
  workload.on_off = {
      .mean_on = Picoseconds(100'000'000), .mean_off = Picoseconds(900'000'000), .shape = 2.5};
  const Count sent = Run(workload, BitsPerSecond(1'000'000'000));
  EXPECT_NEAR(static_cast<double>(sent.frames), 83'333, 83'333 * 4 * 0.89 * 1.42 / std::sqrt(1000));
}

// A tenth of a frame fits a burst: on 100 us of 200 us at twice the rate, 20,000
// cycles in 4 s. Each frame waits for its share of many bursts, so that the mean
// is close: 1 Mbit/s of 1,500 bytes is 83.3 frames a second.
TEST_F(SourcesTest, BurstsShorterThanAFrameAddNothing) {
  Install("0bps");
  Workload workload = Base();
  workload.stop = Picoseconds(4 * kPicosecondsPerSecond);
  workload.arrivals = ArrivalProcess::kOnOff;
  workload.on_off = {
      .mean_on = Picoseconds(100'000'000), .mean_off = Picoseconds(100'000'000), .shape = 3};
  const Count sent = Run(workload, BitsPerSecond(1'000'000), ns3::Seconds(4));
  EXPECT_NEAR(static_cast<double>(sent.frames), 333, 8);
}

TEST_F(SourcesTest, AdoptedStreamDecidesWhatIsDrawn) {
  Install("0bps");
  Workload workload = Base();
  workload.arrivals = ArrivalProcess::kPoisson;
  auto a = ns3::CreateObject<FrameSource>();
  auto b = ns3::CreateObject<FrameSource>();
  auto same = ns3::CreateObject<FrameSource>();
  const Stream stream = ClientToServer(BitsPerSecond(100'000'000));
  for (const auto& [source, number] : {std::pair{a, 1}, std::pair{same, 1}, std::pair{b, 2}}) {
    source->SetStream(workload, stream, client_, server_);
    source->AssignStreams(number);
    client_->GetNode()->AddApplication(source);
  }
  ns3::Simulator::Stop(ns3::Seconds(1));
  ns3::Simulator::Run();
  EXPECT_EQ(a->sent(), same->sent());
  EXPECT_NE(a->sent(), b->sent());
}

// 1,000 requests a second, answered by 5,000 bytes: three frames of 1,514 and
// one of 458.
TEST_F(SourcesTest, RequestsAreAnswered) {
  Install("0bps");
  const Workload workload = Base();
  auto source = ns3::CreateObject<RequestSource>();
  source->SetStream(workload,
                    {.client = {.eni = 0, .address = IpAddress::V4(kClient)},
                     .server = {.eni = 1, .address = IpAddress::V4(kServer)},
                     .per_second = 1000,
                     .request = Bytes(200),
                     .response = Bytes(5000)},
                    client_, server_);
  source->AssignStreams(3);
  client_->GetNode()->AddApplication(source);
  ns3::Simulator::Stop(ns3::Seconds(1));
  ns3::Simulator::Run();
  EXPECT_NEAR(static_cast<double>(source->requests()), 1000, 1);
  EXPECT_NEAR(static_cast<double>(source->answered()), static_cast<double>(source->requests()), 1);
  EXPECT_EQ(server_->counters().out,
            (Count{.frames = 4 * source->answered(), .bytes = Bytes(5000 * source->answered())}));
}

// Three frames at 0, 10 and 20 us: the client's own, then two of its peer's.
FrameReader ThreeFrames() {
  struct State {
    int next = 0;
  };
  auto state = std::make_shared<State>();
  return [state](StoredFrame& frame) {
    if (state->next == 3) return false;
    const bool own = state->next == 0;
    const auto builder =
        PacketBuilder()
            .Ethernet()
            .Ipv4(own ? "192.0.2.1" : "198.51.100.1", own ? "198.51.100.1" : "192.0.2.1")
            .Udp(own ? 1000 : 2000, own ? 2000 : 1000)
            .Payload(100);
    frame.bytes = builder.Build();
    frame.wire_length = Bytes(static_cast<std::int64_t>(frame.bytes.size()) + (own ? 50 : 0));
    frame.time = Picoseconds(state->next * 10'000'000);
    ++state->next;
    return true;
  };
}

Replay ReplayOfThree() { return {.local = {*ParseIpPrefix("192.0.2.1/32")}, .open = ThreeFrames}; }

void AddReplay(const Workload& workload, const Replay& replay, const ns3::Ptr<EniDevice>& eni) {
  auto source = ns3::CreateObject<ReplaySource>();
  source->SetReplay(workload, replay, eni);
  eni->GetNode()->AddApplication(source);
}

// 142 bytes: 14 + 20 + 8 + 100; of the first frame 50 more were not captured.
TEST_F(SourcesTest, ReplaySendsAndReceivesAsCaptured) {
  Install("0bps");
  MirrorAt({client_});
  const Workload workload = Base();
  AddReplay(workload, ReplayOfThree(), client_);
  std::vector<ns3::Time> arrivals;
  client_->TraceConnectWithoutContext(
      "MacRx", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet>) {
        arrivals.push_back(ns3::Simulator::Now());
      }));
  ns3::Simulator::Run();
  EXPECT_EQ(client_->counters().out, (Count{.frames = 1, .bytes = Bytes(192)}));
  EXPECT_EQ(client_->counters().in, (Count{.frames = 2, .bytes = Bytes(284)}));
  EXPECT_THAT(arrivals, testing::ElementsAre(ns3::MicroSeconds(10), ns3::MicroSeconds(20)));
  EXPECT_EQ(sessions_[0]->ledger().mirrored.frames, 3);
}

// Of three frames the first two are unicast between others: the third comes at its time.
TEST_F(SourcesTest, ReplayLeavesAsideWhatPassesOthers) {
  Install("0bps");
  Replay replay = ReplayOfThree();
  replay.open = [] {
    auto next = std::make_shared<int>(0);
    return FrameReader([next](StoredFrame& frame) {
      if (*next == 3) return false;
      frame.bytes = PacketBuilder()
                        .Ethernet()
                        .Ipv4("198.51.100.1", *next == 2 ? "192.0.2.1" : "198.51.100.2")
                        .Udp(1000, 2000)
                        .Payload(100)
                        .Build();
      frame.wire_length = Bytes(static_cast<std::int64_t>(frame.bytes.size()));
      frame.time = Picoseconds(*next * 10'000'000);
      ++*next;
      return true;
    });
  };
  AddReplay(Base(), replay, client_);
  std::vector<ns3::Time> arrivals;
  client_->TraceConnectWithoutContext(
      "MacRx", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet>) {
        arrivals.push_back(ns3::Simulator::Now());
      }));
  ns3::Simulator::Run();
  EXPECT_EQ(client_->counters().offered_out, Count{});
  EXPECT_THAT(arrivals, testing::ElementsAre(ns3::MicroSeconds(20)));
}

TEST_F(SourcesTest, ReplayScalesTimeAndLoops) {
  Install("0bps");
  Workload workload = Base();
  workload.stop = Picoseconds(130'000'000);  // 130 us
  Replay replay = ReplayOfThree();
  replay.time_scale = 2;
  replay.loop = true;
  AddReplay(workload, replay, client_);
  std::vector<ns3::Time> arrivals;
  client_->TraceConnectWithoutContext(
      "MacRx", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>([&](ns3::Ptr<const ns3::Packet>) {
        arrivals.push_back(ns3::Simulator::Now());
      }));
  ns3::Simulator::Run();
  // A pass takes 40 us and the next begins 1 us later: 0, 41, 82, 123 us.
  EXPECT_THAT(arrivals, testing::ElementsAre(ns3::MicroSeconds(20), ns3::MicroSeconds(40),
                                             ns3::MicroSeconds(61), ns3::MicroSeconds(81),
                                             ns3::MicroSeconds(102), ns3::MicroSeconds(122)));
}

TEST_F(SourcesTest, MappedReplayTravelsTheFabric) {
  Install("0bps");
  const Workload workload = Base();
  Replay replay = ReplayOfThree();
  replay.map_addresses = true;
  replay.peer = IpAddress::V4(kServer);
  AddReplay(workload, replay, client_);
  ns3::Simulator::Run();
  EXPECT_EQ(server_->counters().in.frames, 1);
}

}  // namespace
}  // namespace vpcmirror
