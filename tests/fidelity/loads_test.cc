// What mirroring adds to what leaves its source.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <ns3/net-device-container.h>
#include <ns3/node.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "models/ns3/clock.h"
#include "models/ns3/frame_source.h"
#include "models/ns3/vpc_helper.h"
#include "models/units/rates.h"
#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"
#include "tests/fidelity/support/tsv.h"

namespace vpcmirror::fidelity {
namespace {

constexpr double kAllowedPercent = 0.1;

// How the tables call an encapsulation, as a scenario writes it.
std::string EncapsulationOf(const std::string& name) {
  static const std::map<std::string, std::string> kinds = {
      {"none", R"({"kind": "none"})"},
      {"vxlan-ipv4", R"({"kind": "vxlan"})"},
      {"geneve-ipv4", R"({"kind": "geneve"})"},
      {"gre-ip", R"({"kind": "gre_ip"})"},
      {"gre-ip-key", R"({"kind": "gre_ip", "gre_key": 7})"},
      {"gre-ethernet", R"({"kind": "gre_ethernet"})"},
      {"gre-ethernet-key", R"({"kind": "gre_ethernet", "gre_key": 7})"},
      {"nvgre", R"({"kind": "nvgre"})"},
      {"erspan1", R"({"kind": "erspan1"})"},
      {"erspan2", R"({"kind": "erspan2"})"},
      {"erspan3", R"({"kind": "erspan3"})"},
      {"erspan3-platform", R"({"kind": "erspan3", "erspan_platform_subheader": true})"}};
  return kinds.at(name);
}

struct MirroredSource {
  std::int64_t in = 0;  // bits a second
  std::int64_t out = 0;
  std::string direction = "ALL";
  std::string encapsulation;
  std::int64_t frame = 1500;
};

// Frames of each direction: one more or less, which is what the phase decides, is 0.01 %.
constexpr double kFrames = 10'000;

std::string MirrorOf(const MirroredSource& source) {
  return fmt::format(R"("mirrors": [{{"CollectorSrcs": ["web"], "Direction": "{}",
                                    "CollectorTarget": {{"TargetIps": ["ids"]}},
                                    "options": {{"encapsulation": {}}}}}])",
                     source.direction, EncapsulationOf(source.encapsulation));
}

std::int64_t DurationUs(const MirroredSource& source) {
  const auto slower = static_cast<double>(std::min(source.in, source.out));
  return std::llround(std::ceil(kFrames * static_cast<double>(source.frame) * 8 * 1e6 / slower));
}

// Nothing limits: what wants to leave leaves.
std::string ScenarioOf(const MirroredSource& source) {
  return fmt::format(
      R"({{"duration": "{} us",
          "hosts": {{"web": {{"mtu": "9500 B"}},
                    "ids": {{"mtu": "9500 B", "receiver": "generic"}}}},
          "workloads": {{"www": {{"at": "web", "in": "{} bps", "out": "{} bps", "sizes": "{} B",
                                "arrivals": "constant"}}}},
          {}}})",
      DurationUs(source), source.in, source.out, source.frame, MirrorOf(source));
}

double Mbps(double bits_per_second) { return bits_per_second / 1e6; }

std::shared_ptr<const Mirror> VxlanOverIpv6(const std::string& direction, const IpAddress& to) {
  const std::map<std::string, DirectionSet> directions = {{"ALL", DirectionSet::kAll},
                                                          {"INGRESS", DirectionSet::kIngress},
                                                          {"EGRESS", DirectionSet::kEgress}};
  return std::make_shared<const Mirror>(
      MirrorSettings{.id = "ipv6",
                     .directions = directions.at(direction),
                     .receivers = {{.address = to, .mtu = Bytes(9500)}},
                     .tunnel = {.vni = 7}});
}

// On the ns-3 models without a scenario: in those an ENI's first address, which its
// copies come from, is IPv4.
double OutOverIpv6(const MirroredSource& source) {
  const IpAddress web_address = ParseIpAddress("fd00::2").value();
  const IpAddress ids_address = ParseIpAddress("fd00::9").value();
  const Picoseconds duration(DurationUs(source) * 1'000'000);
  ns3::RngSeedManager::SetSeed(1 + kSeed);
  VpcHelper vpc;
  vpc.SetDeviceAttribute("Mtu", ns3::UintegerValue(9500));
  const auto web = vpc.Install(ns3::CreateObject<ns3::Node>(), web_address);
  vpc.InstallReceiver(vpc.Install(ns3::CreateObject<ns3::Node>(), ids_address));
  vpc.InstallMirror(VxlanOverIpv6(source.direction, ids_address), ns3::NetDeviceContainer(web));
  const Workload workload{.name = "www",
                          .client_ports = {40'000, 40'100},
                          .sizes = {{.frame = Bytes(source.frame)}},
                          .stop = duration};
  const Endpoint host{.eni = 0, .address = IpAddress::V4(0x0a000002)};
  const Endpoint outside{.eni = std::nullopt, .address = IpAddress::V4(0xc6120001)};
  std::array<ns3::Ptr<FrameSource>, 2> sources = {ns3::CreateObject<FrameSource>(),
                                                  ns3::CreateObject<FrameSource>()};
  sources[0]->SetStream(workload, {outside, host, BitsPerSecond(source.in)}, nullptr, web);
  sources[1]->SetStream(workload, {host, outside, BitsPerSecond(source.out)}, web, nullptr);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i]->AssignStreams(static_cast<std::int64_t>(i));
    web->GetNode()->AddApplication(sources[i]);
  }
  ns3::Simulator::Stop(ToTime(duration));
  ns3::Simulator::Run();
  const Bytes out = web->counters().out.bytes + web->counters().copies_out.bytes;
  ns3::Simulator::Destroy();
  return static_cast<double>(out.count()) * 8 / Seconds(duration);
}

double OutOf(const MirroredSource& source) {
  if (source.encapsulation == "vxlan-ipv6") return OutOverIpv6(source);
  const RunResult result = Simulate(ScenarioOf(source));
  return static_cast<double>(EniOf(result, "web/eni0").out.bandwidth.count());
}

// cloud.tencent.com/document/product/215/44475 and the limits page of AWS, which
// leave the bytes of the encapsulation aside: 1 Gbps each way is 1 in and 3 out,
// 4 in all.
TEST(LoadsTest, OneGigabitEachWay) {
  Table table(
      {"one-in-three-out", "documents of Tencent and AWS: 1 Gbps in and 1 Gbps out", "Gbps", "%"});
  const RunResult tencent =
      Simulate(ScenarioOf({.in = 1'000'000'000, .out = 1'000'000'000, .encapsulation = "none"}));
  const EniResult& web = EniOf(tencent, "web/eni0");
  table.AddRelative("Tencent: in", static_cast<double>(web.in.bandwidth.count()) / 1e9, 1,
                    kAllowedPercent);
  table.AddRelative("Tencent: out", static_cast<double>(web.out.bandwidth.count()) / 1e9, 3,
                    kAllowedPercent);

  const RunResult aws = Simulate(R"({"provider": "aws", "duration": "120 ms",
      "hosts": {"web": {"mtu": "9500 B"}, "ids": {"mtu": "9500 B", "receiver": "generic"}},
      "workloads": {"www": {"at": "web", "in": "1 Gbps", "out": "1 Gbps", "sizes": "1500 B"}},
      "mirrors": {
        "TrafficMirrorSessions": [{"TrafficMirrorSessionId": "tms-1", "NetworkInterfaceId": "web",
          "TrafficMirrorTargetId": "tmt-1", "TrafficMirrorFilterId": "tmf-1", "SessionNumber": 1,
          "options": {"encapsulation": {"kind": "none"}}}],
        "TrafficMirrorFilters": [{"TrafficMirrorFilterId": "tmf-1",
          "IngressFilterRules": [{"RuleNumber": 1, "RuleAction": "accept",
            "DestinationCidrBlock": "0.0.0.0/0", "SourceCidrBlock": "0.0.0.0/0"}],
          "EgressFilterRules": [{"RuleNumber": 1, "RuleAction": "accept",
            "DestinationCidrBlock": "0.0.0.0/0", "SourceCidrBlock": "0.0.0.0/0"}]}],
        "TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids",
          "Type": "network-interface"}]}})");
  const EniResult& instance = EniOf(aws, "web/eni0");
  table.AddRelative(
      "AWS: handled",
      static_cast<double>((instance.in.bandwidth + instance.out.bandwidth).count()) / 1e9, 4,
      kAllowedPercent);
}

// data/encapsulated-loads.tsv: 1 Gbps in, 1 Gbps out, both copied.
TEST(LoadsTest, EveryEncapsulationAtEveryFrame) {
  Table table({"encapsulated-loads", "1 Gbps in and 1 Gbps out, copied, by encapsulation and frame",
               "Gbps out", "%"});
  for (const TsvRow& row : ReadTsv("encapsulated-loads.tsv")) {
    const MirroredSource source{.in = 1'000'000'000,
                                .out = 1'000'000'000,
                                .encapsulation = row.Text("encapsulation"),
                                .frame = row.Integer("frame_bytes")};
    table.AddRelative(fmt::format("{}, {} B", source.encapsulation, source.frame),
                      OutOf(source) / 1e9, row.Number("source_out_gbps"), kAllowedPercent);
  }
}

void CompareMirrorLoads(const std::string& direction) {
  Table table({"mirror-load-" + direction, "queueing.tsv, mirror load, direction " + direction,
               "Mbps", "%", 3});
  for (const TsvRow& row : ReadTsv("queueing.tsv")) {
    if (row.Text("model") != "mirror load") continue;
    const TsvRow words = ParseWords(row.Text("parameters"));
    if (words.Text("direction") != direction) continue;
    MirroredSource source{.direction = direction,
                          .encapsulation = words.Text("encapsulation"),
                          .frame = words.Integer("frame")};
    if (row.Text("quantity") == "egress of the source") {
      source.in = words.Integer("in");
      source.out = words.Integer("out");
      table.AddRelative(
          fmt::format("{}, {} B, in {:.0f}, out {:.0f}", source.encapsulation, source.frame,
                      Mbps(static_cast<double>(source.in)), Mbps(static_cast<double>(source.out))),
          Mbps(OutOf(source)), Mbps(row.Number("value")), kAllowedPercent);
      continue;
    }
    // The rate each way that fills 1 Gbps: what 100 Mbps each way become, scaled up.
    ASSERT_EQ(words.Text("link"), "1Gbps");
    source.in = source.out = 100'000'000;
    table.AddRelative(fmt::format("{}, {} B, fills 1 Gbps", source.encapsulation, source.frame),
                      Mbps(1e9 * 1e8 / OutOf(source)), Mbps(row.Number("value")), kAllowedPercent);
  }
}

TEST(LoadsTest, MirrorLoadOfBothDirections) { CompareMirrorLoads("ALL"); }
TEST(LoadsTest, MirrorLoadOfInbound) { CompareMirrorLoads("INGRESS"); }
TEST(LoadsTest, MirrorLoadOfOutbound) { CompareMirrorLoads("EGRESS"); }

}  // namespace
}  // namespace vpcmirror::fidelity
