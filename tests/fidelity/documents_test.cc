// Examples that clouds' own documents work out, to the byte.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fidelity/support/simulate.h"
#include "tests/fidelity/support/table.h"

namespace vpcmirror::fidelity {
namespace {

constexpr std::int64_t kEthernet = 14;

// What became of copies that are all alike: IP packets, outer and inner.
struct Copies {
  std::int64_t mirrored = 0;
  std::int64_t truncated = 0;
  std::int64_t outer = 0;
  std::int64_t inner = 0;
};

Copies CopiesOf(const std::string& text) {
  const Ledger& ledger = Simulate(text).mirrors.at(0).ledger;
  EXPECT_GT(ledger.mirrored.frames, 0);
  EXPECT_EQ(ledger.wire_datagrams, ledger.mirrored.frames);
  const std::int64_t copies = std::max<std::int64_t>(1, ledger.mirrored.frames);
  const Bytes kept = ledger.mirrored.bytes - ledger.truncated_away;
  EXPECT_EQ(ledger.wire_bytes.count() % copies, 0) << "copies are not all alike";
  EXPECT_EQ(kept.count() % copies, 0) << "copies are not all alike";
  return {.mirrored = ledger.mirrored.frames,
          .truncated = ledger.truncated.frames,
          .outer = ledger.wire_bytes.count() / copies - kEthernet,
          .inner = kept.count() / copies - kEthernet};
}

struct Example {
  const char* name;
  std::int64_t packet;      // IP bytes
  std::int64_t target_mtu;  // IP bytes
  std::int64_t want_outer;
  std::int64_t want_inner;
  const char* more = "";  // of the scenario
};

std::string AlibabaOf(const Example& example) {
  return fmt::format(R"({{"provider": "alibaba", "duration": "1 ms",
      "hosts": {{"web": {{"mtu": "8500 B"}}, "ids": {{"mtu": "{} B", "receiver": "generic"}}}},
      "workloads": {{"www": {{"at": "web", "in": "1 Gbps", "sizes": "{} B"}}}}{},
      "mirrors": {{
        "TrafficMirrorSessions": [{{"TrafficMirrorSessionId": "tms-1",
          "TrafficMirrorSourceIds": ["web"], "TrafficMirrorTargetId": "ids",
          "TrafficMirrorTargetType": "NetworkInterface", "TrafficMirrorFilterId": "tmf-1",
          "Priority": 1, "VirtualNetworkId": 10, "Enabled": true}}],
        "TrafficMirrorFilters": [{{"TrafficMirrorFilterId": "tmf-1", "EgressRules": [],
          "IngressRules": [{{"Priority": 1, "Action": "accept", "Protocol": "ALL",
            "SourceCidrBlock": "0.0.0.0/0", "SourcePortRange": "-1/-1",
            "DestinationCidrBlock": "0.0.0.0/0", "DestinationPortRange": "-1/-1"}}]}}]}}}})",
                     example.target_mtu, example.packet + kEthernet, example.more);
}

// help.aliyun.com/zh/vpc/traffic-mirroring-overview: VXLAN adds 50 bytes; in some
// regions a copy is cut to the target's MTU, elsewhere to 1500 whatever the MTU.
TEST(DocumentsTest, AlibabaTruncates) {
  const Example examples[] = {{"500 B, target MTU 1500: 550, whole", 500, 1500, 550, 500},
                              {"1500 B, target MTU 1500: 1500, 1450 kept", 1500, 1500, 1500, 1450},
                              {"1500 B, target MTU 8500: 1550, whole", 1500, 8500, 1550, 1500},
                              {"1500 B, MTU 8500, other region: 1500, 1450 kept", 1500, 8500, 1500,
                               1450, R"(, "assumptions": {"truncation_basis": "fixed"})"}};
  Table table(
      {"alibaba-truncation", "Alibaba Cloud's examples of truncation", "bytes of IP", "bytes", 0});
  for (const Example& example : examples) {
    const Copies copies = CopiesOf(AlibabaOf(example));
    table.AddExact(example.name, copies.outer, example.want_outer, "outer packet");
    table.AddExact("", copies.inner, example.want_inner, "inner packet");
  }
}

std::string AwsOf(std::int64_t packet, const char* session) {
  return fmt::format(R"({{"provider": "aws", "duration": "1 ms",
      "hosts": {{"web": {{"mtu": "9001 B"}}, "ids": {{"mtu": "9001 B", "receiver": "generic"}}}},
      "workloads": {{"www": {{"at": "web", "in": "1 Gbps", "sizes": "{} B"}}}},
      "mirrors": {{
        "TrafficMirrorSessions": [{{"TrafficMirrorSessionId": "tms-1",
          "NetworkInterfaceId": "web", "TrafficMirrorTargetId": "tmt-1",
          "TrafficMirrorFilterId": "tmf-1", "SessionNumber": 1{}}}],
        "TrafficMirrorFilters": [{{"TrafficMirrorFilterId": "tmf-1", "EgressFilterRules": [],
          "IngressFilterRules": [{{"RuleNumber": 1, "RuleAction": "accept",
            "DestinationCidrBlock": "0.0.0.0/0", "SourceCidrBlock": "0.0.0.0/0"}}]}}],
        "TrafficMirrorTargets": [{{"TrafficMirrorTargetId": "tmt-1", "NetworkInterfaceId": "ids",
          "Type": "network-interface"}}]}}}})",
                     packet + kEthernet, session);
}

// docs.aws.amazon.com, Traffic Mirroring, "Limits" and "Packet format": 54 bytes are
// counted over IPv4, so that 9001 has room for 8947; an 8996-byte packet is
// truncated. PacketLength counts from behind the VXLAN header.
TEST(DocumentsTest, AwsTruncates) {
  Table table(
      {"aws-truncation", "examples of AWS of truncation", "bytes or frames", "the same unit", 0});
  const Copies cut = CopiesOf(AwsOf(8996, ""));
  table.AddExact("8996 B, target MTU 9001: truncated", cut.truncated, cut.mirrored, "frames");
  table.AddExact("8996 B, target MTU 9001: 8947 kept", cut.inner, 9001 - 54, "inner IP bytes");
  const Copies whole = CopiesOf(AwsOf(8947, ""));
  table.AddExact("8947 B, target MTU 9001: whole", whole.truncated, 0, "truncated frames");
  table.AddExact("8947 B, target MTU 9001: whole", whole.inner, 8947, "inner IP bytes");
  const Copies first = CopiesOf(AwsOf(1486, R"(, "PacketLength": 100)"));
  table.AddExact("1500 B frame, PacketLength 100: 100 kept", first.inner + kEthernet, 100,
                 "bytes behind VXLAN");
}

bool TencentAdmits(const std::string& receivers) {
  const ValidScenario scenario = Load(R"({
      "hosts": {"web": {"count": 6, "type": "S3.6XLARGE48"}, "ids": )" +
                                      receivers + R"(},
      "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})");
  return std::none_of(scenario.notes.begin(), scenario.notes.end(), [](const std::string& note) {
    return note.find("MirrorLackTargetResource") != std::string::npos;
  });
}

// cloud.tencent.com/document/product/215/44475: six S3.6XLARGE48 of 3 Gbps are 18 Gbps
// and need receivers of 2 Gbps: two S3.MEDIUM8 or one S3.4XLARGE32.
TEST(DocumentsTest, TencentAsksForANinth) {
  struct Receivers {
    const char* name;
    const char* host;
    bool admitted;
  };
  const Receivers cases[] = {
      {"two S3.MEDIUM8", R"({"count": 2, "type": "S3.MEDIUM8"})", true},
      {"one S3.4XLARGE32", R"({"type": "S3.4XLARGE32"})", true},
      {"one S3.MEDIUM8", R"({"type": "S3.MEDIUM8"})", false},
      {"2 Gbps", R"({"limits": {"bandwidth": "2 Gbps"}})", true},
      {"2 Gbps less 1 bit/s", R"({"limits": {"bandwidth": "1999999999 bps"}})", false}};
  Table table({"tencent-one-ninth", "receivers for six S3.6XLARGE48, by Tencent's 1/9 rule",
               "1: admitted", "the same unit", 0});
  for (const Receivers& each : cases) {
    table.AddExact(each.name, TencentAdmits(each.host) ? 1 : 0, each.admitted ? 1 : 0);
  }
}

}  // namespace
}  // namespace vpcmirror::fidelity
