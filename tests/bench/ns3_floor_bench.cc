// What ns-3 itself takes for what the packet engine cannot do without: an event,
// a packet with headers, a copy with headers. No engine on ns-3 is faster than
// these together.
#include <benchmark/benchmark.h>
#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/object.h>
#include <ns3/packet.h>
#include <ns3/simulator.h>

#include <cstdint>
#include <vector>

#include "models/ns3/passage.h"
#include "models/ns3/raw_header.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kInnerBytes = 14 + 20 + 8;      // Ethernet, IPv4, UDP
constexpr std::size_t kOuterBytes = kInnerBytes + 8;  // and VXLAN
constexpr std::uint32_t kPayloadBytes = 470;          // of a frame of 512 bytes

// Sends itself back into the future as often as it is told.
class Ticker : public ns3::Object {
 public:
  Ticker(std::int64_t left, ns3::Time gap, ns3::Ptr<ns3::Packet> packet = nullptr)
      : left_(left), gap_(gap), packet_(packet) {}

  void Tick() {
    if (--left_ > 0) ns3::Simulator::Schedule(gap_, &Ticker::Tick, this);
  }
  void Carry(ns3::Ptr<ns3::Packet> packet, Passage passage) {
    if (--left_ > 0) {
      ns3::Simulator::ScheduleWithContext(1, gap_, &Ticker::Carry, ns3::Ptr<Ticker>(this), packet,
                                          passage);
    }
  }
  void Start(bool carries) {
    if (carries) {
      Carry(packet_, {});
    } else {
      Tick();
    }
  }

 private:
  std::int64_t left_;
  ns3::Time gap_;
  ns3::Ptr<ns3::Packet> packet_;
};

// Each of range(0) pending events is followed by another; range(1): whether it
// carries a packet, as arrivals do. Gaps differ, so that the heap is not in order already.
void BM_EventRun(benchmark::State& state) {
  constexpr std::int64_t kEvents = 1'000'000;
  const std::int64_t pending = state.range(0);
  for (auto _ : state) {
    state.PauseTiming();
    ns3::Simulator::SetScheduler(ns3::ObjectFactory("ns3::PriorityQueueScheduler"));
    std::vector<ns3::Ptr<Ticker>> tickers;
    for (std::int64_t i = 0; i < pending; ++i) {
      const auto gap = ns3::NanoSeconds(pending * 1000 + (i * 7919) % 1000);
      tickers.push_back(
          ns3::Create<Ticker>(kEvents / pending, gap, ns3::Create<ns3::Packet>(kPayloadBytes)));
      tickers.back()->Start(state.range(1) != 0);
    }
    state.ResumeTiming();
    ns3::Simulator::Run();
    state.PauseTiming();
    ns3::Simulator::Destroy();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kEvents);
}
BENCHMARK(BM_EventRun)->ArgsProduct({{1, 4, 100, 100'000}, {0, 1}})->Unit(benchmark::kMillisecond);

void BM_PacketCreate(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ns3::Create<ns3::Packet>(kPayloadBytes));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PacketCreate);

void BM_PacketCreateWithHeader(benchmark::State& state) {
  const RawHeader header(kInnerBytes);
  for (auto _ : state) {
    auto packet = ns3::Create<ns3::Packet>(kPayloadBytes);
    packet->AddHeader(header);
    benchmark::DoNotOptimize(packet);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PacketCreateWithHeader);

void BM_PacketCopy(benchmark::State& state) {
  auto packet = ns3::Create<ns3::Packet>(kPayloadBytes);
  packet->AddHeader(RawHeader(kInnerBytes));
  for (auto _ : state) benchmark::DoNotOptimize(packet->Copy());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PacketCopy);

// As a copy of a mirror is made: its original is new, and is let go after it.
void BM_PacketCreateCopyWithHeaders(benchmark::State& state) {
  const RawHeader inner(kInnerBytes);
  const RawHeader outer(kOuterBytes);
  for (auto _ : state) {
    auto packet = ns3::Create<ns3::Packet>(kPayloadBytes);
    packet->AddHeader(inner);
    auto copy = packet->Copy();
    copy->AddHeader(outer);
    benchmark::DoNotOptimize(copy);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PacketCreateCopyWithHeaders);

void BM_PacketParse(benchmark::State& state) {
  auto packet = ns3::Create<ns3::Packet>(kPayloadBytes);
  packet->AddHeader(RawHeader(kInnerBytes));
  for (auto _ : state) benchmark::DoNotOptimize(ParsePacket(packet));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PacketParse);

}  // namespace
}  // namespace vpcmirror

BENCHMARK_MAIN();
