// What the shared core spends on one frame, without a driver: reading its
// headers, hashing its flow, deciding, writing the outer headers.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/wire/frame.h"
#include "models/wire/frame_template.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kFlows = 1024;

using Header = std::array<std::byte, FrameTemplate::kMaxHeaderBytes>;

// Headers of many flows, so that nothing is hoisted out of the loop.
std::vector<Header> Headers(Bytes frame) {
  std::vector<Header> headers(kFlows);
  for (std::size_t i = 0; i < kFlows; ++i) {
    const FrameTemplate flow({.source = IpAddress::V4(0x0a000001 + static_cast<std::uint32_t>(i)),
                              .destination = IpAddress::V4(0x0a010001),
                              .source_port = static_cast<std::uint16_t>(32768 + i),
                              .destination_port = 443,
                              .protocol = kProtocolTcp,
                              .ports = Ports::kKnown},
                             {}, {});
    flow.Write(frame, 0, headers[i]);
  }
  return headers;
}

MirrorSettings Settings() {
  return {.id = "bench",
          .filter = Filter::AllOf({{.protocol = kProtocolTcp, .destination_ports = {443, 443}}}),
          .receivers = {{.address = IpAddress::V4(0x0a090001), .mtu = Bytes(8500)},
                        {.address = IpAddress::V4(0x0a090002), .mtu = Bytes(8500)}},
          .choice = ReceiverChoice::kByFlow};
}

void BM_FrameParse(benchmark::State& state) {
  const Bytes size(state.range(0));
  const std::vector<Header> headers = Headers(size);
  std::size_t i = 0;
  for (auto _ : state) {
    FrameInfo info = ParseFrame(headers[i++ % kFlows], size);
    benchmark::DoNotOptimize(info);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_FrameParse)->Arg(64)->Arg(8500);

void BM_FlowHash(benchmark::State& state) {
  const std::vector<Header> headers = Headers(Bytes(64));
  std::vector<FlowKey> flows;
  for (const Header& header : headers) flows.push_back(ParseFrame(header, Bytes(64)).flow);
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(FlowHash(flows[i++ % kFlows], HashSymmetry::kSymmetric));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_FlowHash);

void BM_TapDecides(benchmark::State& state) {
  const MirrorTap tap({.eni_id = "eni", .mtu = Bytes(8500)}, std::make_shared<const TapRules>(),
                      {std::make_shared<const Mirror>(Settings())});
  std::vector<FrameInfo> frames;
  for (const Header& header : Headers(Bytes(64))) frames.push_back(ParseFrame(header, Bytes(64)));
  std::size_t i = 0;
  for (auto _ : state) {
    Decision decision = tap.OnFrame({.info = frames[i++ % kFlows]});
    benchmark::DoNotOptimize(decision);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_TapDecides);

void BM_EncapsulationWriteHeaders(benchmark::State& state) {
  const Encapsulation vxlan({.vni = 42});
  std::array<std::byte, kMaxOuterHeaderBytes> out{};
  TunnelRoute route{.source = IpAddress::V4(0x0a000001), .destination = IpAddress::V4(0x0a090001)};
  std::int64_t frame_bytes = 64;
  for (auto _ : state) {
    ++route.entropy;
    std::size_t written = vxlan.WriteHeaders(route, Bytes(frame_bytes), out);
    benchmark::DoNotOptimize(written);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
    frame_bytes = frame_bytes < 8450 ? frame_bytes + 1 : 64;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_EncapsulationWriteHeaders);

}  // namespace
}  // namespace vpcmirror

BENCHMARK_MAIN();
