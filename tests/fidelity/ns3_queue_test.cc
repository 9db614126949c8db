// ns-3's own link and queue, given the very frames that a workload sends.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <ns3/data-rate.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4-interface-container.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/queue-disc.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/traffic-control-helper.h>
#include <ns3/udp-socket-factory.h>

#include <deque>
#include <string>
#include <vector>

#include "models/ns3/clock.h"
#include "tests/fidelity/support/queue_probe.h"
#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"

namespace vpcmirror::fidelity {
namespace {

constexpr std::int64_t kLinkBps = 1'000'000'000;
constexpr std::int64_t kRoom = 100;  // frames, the one being sent included
constexpr std::int64_t kCopyOverhead = 50;

struct Outcome {
  std::int64_t offered = 0;
  std::int64_t lost = 0;
  double mean_delay_us = 0;  // of production that was not lost, its own service included
};

// A PointToPointNetDevice with a FifoQueueDisc before it, on a node with the
// Internet stack, sending UDP.
class PlainLink {
 public:
  PlainLink() {
    nodes_.Create(2);
    ns3::PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", ns3::DataRateValue(ns3::DataRate(kLinkBps)));
    link.SetChannelAttribute("Delay", ns3::TimeValue(ns3::Time(0)));
    link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", ns3::StringValue("1p"));
    const ns3::NetDeviceContainer devices = link.Install(nodes_);
    devices.Get(0)->SetMtu(9000);
    ns3::InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes_);
    ns3::TrafficControlHelper control;
    // One frame waits in the device, one is being sent: the queue has the rest.
    control.SetRootQueueDisc("ns3::FifoQueueDisc", "MaxSize",
                             ns3::StringValue(fmt::format("{}p", kRoom - 2)));
    control.Install(devices.Get(0))
        .Get(0)
        ->TraceConnectWithoutContext(
            "Drop", ns3::Callback<void, ns3::Ptr<const ns3::QueueDiscItem>>(
                        [this](ns3::Ptr<const ns3::QueueDiscItem>) { ++dropped_; }));
    ns3::Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    const ns3::Ipv4Address to = addresses.Assign(devices).GetAddress(1);
    devices.Get(0)->TraceConnectWithoutContext(
        "PhyTxEnd", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>(
                        [this](ns3::Ptr<const ns3::Packet>) { Depart(); }));
    socket_ = ns3::Socket::CreateSocket(nodes_.Get(0), ns3::UdpSocketFactory::GetTypeId());
    socket_->Connect(ns3::InetSocketAddress(to, 9));
  }
  ~PlainLink() {
    socket_ = nullptr;
    nodes_ = {};
    ns3::Simulator::Destroy();
  }

  // A PPP header of 2 bytes, IPv4 of 20 and UDP of 8 make it as long as the frame.
  void Send(Bytes frame, bool is_production) {
    constexpr std::int64_t kHeaders = 2 + 20 + 8;
    const std::int64_t before = dropped_;
    waiting_.push_back({SimulatedNow(), is_production});
    socket_->Send(ns3::Create<ns3::Packet>(static_cast<std::uint32_t>(frame.count() - kHeaders)));
    if (is_production) ++outcome_.offered;
    if (dropped_ == before) return;
    waiting_.pop_back();
    if (is_production) ++outcome_.lost;
  }

  Outcome Finish() {
    ns3::Simulator::Run();
    outcome_.mean_delay_us = delays_us_ / static_cast<double>(outcome_.offered - outcome_.lost);
    return outcome_;
  }

 private:
  struct Waiting {
    Picoseconds since{};
    bool is_production = false;
  };

  void Depart() {
    if (waiting_.front().is_production) {
      delays_us_ += static_cast<double>((SimulatedNow() - waiting_.front().since).count()) / 1e6;
    }
    waiting_.pop_front();
  }

  ns3::NodeContainer nodes_;
  ns3::Ptr<ns3::Socket> socket_;
  std::deque<Waiting> waiting_;
  std::int64_t dropped_ = 0;
  double delays_us_ = 0;
  Outcome outcome_;
};

// The frames one after the other, each with its copy before it if there are copies.
class Player {
 public:
  Player(PlainLink& link, const std::vector<FrameAt>& frames, bool copied)
      : link_(link), frames_(frames), copied_(copied) {
    ScheduleNext();
  }

 private:
  void ScheduleNext() {
    if (next_ == frames_.size()) return;
    ns3::Simulator::Schedule(ToTime(frames_[next_].at - SimulatedNow()), &Player::Play, this);
  }
  void Play() {
    const Bytes frame = frames_[next_++].frame;
    if (copied_) link_.Send(frame + Bytes(kCopyOverhead), false);
    link_.Send(frame, true);
    ScheduleNext();
  }

  PlainLink& link_;
  const std::vector<FrameAt>& frames_;
  bool copied_;
  std::size_t next_ = 0;
};

Outcome OnPlainLink(const std::vector<FrameAt>& frames, bool copied) {
  PlainLink link;
  const Player player(link, frames, copied);
  return link.Finish();
}

struct Case {
  const char* name;
  const char* sizes;  // of a scenario
  double load;        // of the link by production
  bool copied;
};

std::string ScenarioOf(const Case& each) {
  return fmt::format(
      R"({{"duration": "1 s",
          "hosts": {{"source": {{"limits": {{"bandwidth": "{} bps", "model": "per_direction"}},
                               "mtu": "9000 B", "queue": "{} frames"}},
                    "ids": {{"mtu": "9000 B", "receiver": "generic"}}}},
          "workloads": {{"udp": {{"at": "source", "out": "{:.0f} bps", "sizes": {},
                                 "protocol": "udp", "arrivals": "poisson"}}}},
          "mirrors": [{}],
          "assumptions": {{"congestion": "fifo", "encapsulation": "vxlan"}}}})",
      kLinkBps, kRoom, each.load * static_cast<double>(kLinkBps), each.sizes,
      each.copied ? R"({"CollectorSrcs": ["source"], "Direction": "EGRESS",
                        "CollectorTarget": {"TargetIps": ["ids"]}})"
                  : "");
}

// Frames depart in the order in which they came, so that the n-th production frame
// that was taken is the n-th that departs; only its size tells it from a copy.
Outcome OfEngine(const QueueTrace& trace) {
  Outcome outcome{.offered = std::ssize(trace.offered),
                  .lost = std::ssize(trace.offered) - std::ssize(trace.taken)};
  double delays_us = 0;
  std::size_t next = 0;
  for (const FrameAt& departed : trace.departed) {
    if (next == trace.taken.size()) break;
    const FrameAt& taken = trace.taken[next];
    if (departed.frame != taken.frame) continue;
    delays_us += static_cast<double>((departed.at - taken.at).count()) / 1e6;
    ++next;
  }
  outcome.mean_delay_us = delays_us / static_cast<double>(next);
  return outcome;
}

TEST(Ns3QueueTest, LosesAndDelaysAsMuch) {
  const Case cases[] = {{"1500 B, load 0.5", R"("1500 B")", 0.5, false},
                        {"1500 B, load 0.9", R"("1500 B")", 0.9, false},
                        {"1500 B, load 1.2", R"("1500 B")", 1.2, false},
                        {"imix, load 0.9", R"("imix")", 0.9, false},
                        {"imix, load 1.05", R"("imix")", 1.05, false},
                        {"1500 B, load 0.45, copied", R"("1500 B")", 0.45, true},
                        {"1500 B, load 0.6, copied", R"("1500 B")", 0.6, true},
                        {"1500 B, load 0.75, copied", R"("1500 B")", 0.75, true}};
  Table losses({"ns3-loss", "production lost, against PointToPointNetDevice and FifoQueueDisc",
                "percent of frames", "points"});
  Table delays({"ns3-delay", "mean delay of production, against the same", "us", "%"});
  for (const Case& each : cases) {
    const QueueTrace trace = TraceQueue(Load(ScenarioOf(each)));
    const Outcome engine = OfEngine(trace);
    const Outcome plain = OnPlainLink(trace.offered, each.copied);
    ASSERT_EQ(engine.offered, plain.offered);
    const auto percent = [](const Outcome& of) {
      return 100 * static_cast<double>(of.lost) / static_cast<double>(of.offered);
    };
    losses.Add(each.name, percent(engine), percent(plain), percent(engine) - percent(plain), 1);
    delays.AddRelative(each.name, engine.mean_delay_us, plain.mean_delay_us, 1);
  }
}

}  // namespace
}  // namespace vpcmirror::fidelity
