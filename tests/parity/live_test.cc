// What `live --read --write` makes of a capture, the packet engine makes of its replay: the same
// copies, byte for byte, and the same ledgers.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "models/scenario/engine.h"
#include "models/wire/frame.h"
#include "sim/input/library.h"
#include "sim/input/pcap_reader.h"
#include "sim/input/scenario_reader.h"
#include "sim/live/capture_file.h"
#include "sim/live/capture_writer.h"
#include "sim/live/live_loop.h"
#include "sim/packet/packet_engine.h"
#include "tests/parity/random_deployment.h"
#include "tests/support/hex_diff.h"
#include "tests/support/read_pcap.h"
#include "tests/support/write_pcap.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

// Frames so far apart that none waits for another, whatever the limits: the ledger of the
// simulation then has no losses that live mirroring does not know.
constexpr std::int64_t kApartNs = 10'000'000;

const Library& Shipped() {
  static const Library library = LoadLibrary(FindDataFolder());
  return library;
}

// A folder of its own for each test.
class Folder {
 public:
  Folder() : path_(fs::path(testing::TempDir()) / fmt::format("vpcmirror_live_{}", getpid())) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::vector<fs::path> Captures() {
  std::vector<fs::path> files;
  for (const fs::path& folder :
       {fs::path(VPCMIRROR_SOURCE_DIR) / "tests/golden", fs::path(VPCMIRROR_CAPTURES)}) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".pcap") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The address that most frames come from: whose capture it is. Empty: there are no IP packets.
std::optional<IpPrefix> BusiestSource(const std::vector<PcapFrame>& frames) {
  std::map<IpAddress, int> sources;
  for (const PcapFrame& frame : frames) {
    const FrameInfo info = ParseFrame(frame.octets, frame.wire_length);
    if (info.has_flow) ++sources[info.flow.source];
  }
  if (sources.empty()) return std::nullopt;
  const auto busiest =
      std::max_element(sources.begin(), sources.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const IpAddress& address = busiest->first;
  return IpPrefix(address, address.is_v4() ? 32 : 128);
}

struct Paced {
  std::string file;
  IpPrefix local;
  std::int64_t frames = 0;
};

// Empty without an IP packet. `kept_bytes` of each frame are captured.
std::optional<Paced> PaceCapture(const fs::path& capture, std::size_t kept_bytes,
                                 const Folder& folder) {
  std::vector<PcapFrame> frames = ReadPcap(capture).frames;
  const auto local = BusiestSource(frames);
  if (!local) return std::nullopt;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    frames[i].time_ns = static_cast<std::int64_t>(i) * kApartNs;
    if (frames[i].octets.size() > kept_bytes) frames[i].octets.resize(kept_bytes);
  }
  const fs::path paced = folder / "paced.pcap";
  WritePcap(paced, frames);
  return Paced{paced.string(), *local, static_cast<std::int64_t>(frames.size())};
}

// In place of the scenario's traffic: the capture, at one ENI.
void ReplayAt(ValidScenario& scenario, std::size_t eni, const Paced& paced) {
  const Capture capture = ScanCapture(paced.file, {paced.local});
  scenario.duration = capture.length + Picoseconds(kPicosecondsPerSecond);
  scenario.warm_up = Picoseconds(0);
  Workload workload{.name = "replay", .stop = scenario.duration};
  Replay replay;
  replay.eni = eni;
  replay.local = {paced.local};
  replay.open = capture.open;
  replay.length = capture.length;
  replay.frames = capture.frames;
  workload.replays.push_back(replay);
  scenario.workloads = {workload};
}

struct LiveRun {
  LiveAccount account;
  std::vector<PcapFrame> copies;
};

LiveRun RunLive(std::shared_ptr<const ValidScenario> scenario, std::size_t eni, const Paced& paced,
                const Folder& folder) {
  const fs::path written = folder / "live.pcap";
  std::ofstream out(written, std::ios::binary);
  CaptureWriter writer(CaptureFormat::kPcap, [&](std::span<const std::byte> part) {
    out.write(reinterpret_cast<const char*>(part.data()),
              static_cast<std::streamsize>(part.size()));
  });
  CaptureFile source(paced.file);
  LiveMirror mirror({.scenario = std::move(scenario), .eni = eni, .local = {paced.local}});
  MirrorAll({.source = source, .mirror = mirror, .sink = writer}, {});
  writer.Finish();
  out.close();
  EXPECT_TRUE(mirror.account().AddsUp());
  EXPECT_EQ(source.fault(), std::nullopt);
  EXPECT_EQ(source.counters().frames, paced.frames);
  EXPECT_EQ(writer.counters().sent, writer.counters().taken);
  return {mirror.account(), ReadPcap(written).frames};
}

RunResult RunPacketEngine(const ValidScenario& scenario, const Folder& folder) {
  RunControl control;
  control.output_folder = folder.path();
  return MakePacketEngine()->Run(scenario, control);
}

// A simulated frame has octets behind those that were captured, all of them 0.
void ExpectSameFrame(const PcapFrame& live, const PcapFrame& simulated, const std::string& which) {
  ASSERT_EQ(live.wire_length, simulated.wire_length) << which;
  ASSERT_GE(simulated.octets.size(), live.octets.size()) << which;
  ASSERT_EQ(HexDiff(std::span(simulated.octets).first(live.octets.size()), live.octets), "")
      << which;
  for (std::size_t i = live.octets.size(); i < simulated.octets.size(); ++i) {
    ASSERT_EQ(simulated.octets[i], std::byte{0}) << which << " at " << i;
  }
}

void ExpectSameLedger(const LiveAccount& live, const MirrorResult& simulated) {
  const auto found = std::find_if(live.mirrors.begin(), live.mirrors.end(),
                                  [&](const auto& mirror) { return mirror.id == simulated.id; });
  ASSERT_NE(found, live.mirrors.end()) << simulated.id;
  const Ledger& got = found->ledger;
  const Ledger& want = simulated.ledger;
  EXPECT_EQ(got.offered, want.offered);
  for (std::size_t i = 0; i < kRefusals; ++i) {
    EXPECT_EQ(got.rejected[i], want.rejected[i]) << ToString(static_cast<Refusal>(i));
  }
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    EXPECT_EQ(got.dropped[i], want.dropped[i]) << ToString(static_cast<DropReason>(i));
  }
  EXPECT_EQ(got.mirrored, want.mirrored);
  EXPECT_EQ(got.wire_datagrams, want.wire_datagrams);
  EXPECT_EQ(got.wire_bytes, want.wire_bytes);
  EXPECT_EQ(got.truncated, want.truncated);
  EXPECT_EQ(got.truncated_away, want.truncated_away);
  EXPECT_EQ(got, want) << simulated.id;
}

// Ethernet addresses that copies to a receiver begin with.
bool IsTo(const PcapFrame& frame, const MacAddress& mac) {
  return std::equal(mac.octets.begin(), mac.octets.end(), frame.octets.begin());
}

void ExpectSameCopies(const LiveRun& live, const ValidScenario& scenario, const Folder& folder) {
  std::size_t compared = 0;
  for (const PcapOutput& output : scenario.pcaps) {
    const MacAddress& mac = scenario.deployment->enis[output.eni].mac;
    const std::vector<PcapFrame> simulated = ReadPcap(folder / output.file).frames;
    std::vector<PcapFrame> to_it;
    for (const PcapFrame& copy : live.copies) {
      if (IsTo(copy, mac)) to_it.push_back(copy);
    }
    ASSERT_EQ(to_it.size(), simulated.size()) << output.file;
    for (std::size_t i = 0; i < simulated.size(); ++i) {
      ExpectSameFrame(to_it[i], simulated[i], fmt::format("{}: copy {}", output.file, i + 1));
      if (testing::Test::HasFatalFailure()) return;
    }
    compared += simulated.size();
  }
  EXPECT_EQ(compared, live.copies.size());
}

// Who mirrors web, and how its copies look.
struct DeploymentCase {
  const char* name;
  const char* options;  // of a mirror: "options"
  bool two_sessions = false;
};
void PrintTo(const DeploymentCase& c, std::ostream* os) { *os << c.name; }

const DeploymentCase kDeployments[] = {
    {"Vxlan", R"({"encapsulation": {"kind": "vxlan", "vni": 42}})"},
    {"Geneve",
     R"({"encapsulation": {"kind": "geneve", "vni": 42, "geneve_options": "0102030105060708"}})"},
    {"GreIp", R"({"encapsulation": {"kind": "gre_ip"}})"},
    {"GreEthernetWithKeyAndSequence",
     R"({"encapsulation": {"kind": "gre_ethernet", "gre_key": 7, "sequence_numbers": true}})"},
    {"Nvgre", R"({"encapsulation": {"kind": "nvgre", "vni": 42}})"},
    {"ErspanOne", R"({"encapsulation": {"kind": "erspan1"}})"},
    {"ErspanTwo", R"({"encapsulation": {"kind": "erspan2", "erspan_session": 5}})"},
    {"ErspanThree", R"({"encapsulation": {"kind": "erspan3", "erspan_session": 5}})"},
    {"PacketLength", R"({"packet_length": "96 B"})"},
    {"PacketLengthRepaired", R"({"packet_length": "96 B", "mtu_policy": "truncate_repaired"})"},
    {"Truncate", R"({"mtu_policy": "truncate"})"},
    {"TruncateRepaired", R"({"mtu_policy": "truncate_repaired"})"},
    {"Segment", R"({"mtu_policy": "segment"})"},
    {"Fragment", R"({"mtu_policy": "fragment"})"},
    {"FragmentErspanTwo",
     R"({"mtu_policy": "fragment", "encapsulation": {"kind": "erspan2", "erspan_session": 5}})"},
    {"Drop", R"({"mtu_policy": "drop"})"},
    {"Sampling", R"({"sampling": "1/3"})"},
    {"TwoSessions", "{}", true},
    {"TwoSessionsSegmentedErspanTwo",
     R"({"mtu_policy": "segment", "encapsulation": {"kind": "erspan2", "erspan_session": 5}})",
     true},
};

// By flow to two receivers.
std::string OneMirror(const DeploymentCase& c) {
  return fmt::format(R"([{{"TrafficMirrorName": "by-flow", "State": "RUNNING",
      "CollectorSrcs": ["web"], "Direction": "ALL",
      "CollectorTarget": {{"TargetIps": ["ids[*]"], "AlgHash": "FIVE_TUPLE_FLOW"}},
      "options": {}}}])",
                     c.options);
}

std::string AwsRule(const char* filter, const char* direction, int number, int protocol) {
  return fmt::format(
      R"({{"TrafficMirrorFilterRuleId": "tmfr-0{0}{1}", "TrafficMirrorFilterId": "{2}",
           "TrafficDirection": "{0}", "RuleNumber": {1}, "RuleAction": "accept",
           "Protocol": {3}, "DestinationCidrBlock": "0.0.0.0/0",
           "SourceCidrBlock": "0.0.0.0/0"}})",
      direction, number, filter, protocol);
}

// Inbound TCP to one; of the rest, the first 200 bytes of TCP and UDP to the other.
std::string TwoSessions(const DeploymentCase& c) {
  return fmt::format(
      R"({{"TrafficMirrorSessions": [
        {{"TrafficMirrorSessionId": "tms-01", "TrafficMirrorTargetId": "tmt-01",
          "TrafficMirrorFilterId": "tmf-01", "NetworkInterfaceId": "web", "OwnerId": "111122223333",
          "SessionNumber": 1, "VirtualNetworkId": 7, "Tags": [], "options": {}}},
        {{"TrafficMirrorSessionId": "tms-02", "TrafficMirrorTargetId": "tmt-02",
          "TrafficMirrorFilterId": "tmf-02", "NetworkInterfaceId": "web", "OwnerId": "111122223333",
          "SessionNumber": 2, "VirtualNetworkId": 8, "PacketLength": 200, "Tags": []}}],
      "TrafficMirrorFilters": [
        {{"TrafficMirrorFilterId": "tmf-01", "IngressFilterRules": [{}], "EgressFilterRules": [],
          "NetworkServices": [], "Tags": []}},
        {{"TrafficMirrorFilterId": "tmf-02", "IngressFilterRules": [{}, {}],
          "EgressFilterRules": [{}], "NetworkServices": [], "Tags": []}}],
      "TrafficMirrorTargets": [
        {{"TrafficMirrorTargetId": "tmt-01", "NetworkInterfaceId": "ids[0]", "Type": "network-interface",
          "OwnerId": "111122223333", "Tags": []}},
        {{"TrafficMirrorTargetId": "tmt-02", "NetworkInterfaceId": "ids[1]", "Type": "network-interface",
          "OwnerId": "111122223333", "Tags": []}}]}})",
      c.options, AwsRule("tmf-01", "ingress", 1, 6), AwsRule("tmf-02", "ingress", 1, 6),
      AwsRule("tmf-02", "ingress", 2, 17), AwsRule("tmf-02", "egress", 1, 6));
}

std::string DeploymentText(const DeploymentCase& c) {
  return fmt::format(R"({{
    "provider": "{}", "duration": "1 s",
    "hosts": {{
      "web": {{"limits": {{"bandwidth": "100 Gbps", "model": "per_direction"}}}},
      "ids": {{"count": 2, "limits": {{"bandwidth": "100 Gbps", "model": "per_direction"}},
               "receiver": "generic"}}}},
    "mirrors": {},
    "output": {{"pcap": {{"ids[0]": "ids0.pcap", "ids[1]": "ids1.pcap"}}}}
  }})",
                     c.two_sessions ? "aws" : "tencent",
                     c.two_sessions ? TwoSessions(c) : OneMirror(c));
}

class LiveParityTest : public testing::TestWithParam<DeploymentCase> {};

constexpr std::size_t kAllOctets = 1 << 20;

void ExpectParity(const DeploymentCase& deployment, std::size_t kept_bytes) {
  const Folder folder;
  const ValidScenario loaded =
      LoadScenarioText(DeploymentText(deployment), "parity.json", Shipped());
  std::int64_t mirrored = 0;
  for (const fs::path& path : Captures()) {
    SCOPED_TRACE(path);
    const auto paced = PaceCapture(path, kept_bytes, folder);
    if (!paced) continue;
    const auto scenario = std::make_shared<ValidScenario>(loaded);
    constexpr std::size_t kWeb = 0;
    ReplayAt(*scenario, kWeb, *paced);
    const LiveRun live = RunLive(scenario, kWeb, *paced, folder);
    const RunResult simulated = RunPacketEngine(*scenario, folder);
    for (const MirrorResult& mirror : simulated.mirrors) ExpectSameLedger(live.account, mirror);
    ExpectSameCopies(live, *scenario, folder);
    mirrored += live.account.mirrors[0].ledger.mirrored.frames;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(mirrored, 0);
}

TEST_P(LiveParityTest, OfEachCaptureTheSameCopiesAndLedgers) {
  ExpectParity(GetParam(), kAllOctets);
}

// A snapshot length that cuts payloads everywhere, TCP options and some headers.
TEST_P(LiveParityTest, OfEachCaptureThatWasCutTheSameCopiesAndLedgers) {
  ExpectParity(GetParam(), 60);
}

INSTANTIATE_TEST_SUITE_P(Deployments, LiveParityTest, testing::ValuesIn(kDeployments),
                         [](const auto& param) { return param.param.name; });

// Whether a mirror's other sources have traffic, too: what the ENI sent within the VPC. Live
// mirroring is of one ENI.
bool SeesOthers(const MirrorResult& mirror, const RunResult& simulated, const std::string& eni) {
  return std::any_of(simulated.enis.begin(), simulated.enis.end(), [&](const EniResult& each) {
    return each.id != eni && each.offered_in.frames > 0 &&
           std::find(mirror.sources.begin(), mirror.sources.end(), each.id) != mirror.sources.end();
  });
}

// Networks in which copies have no route, are refused or meet rules of security; the traffic of
// a small capture in place of theirs.
TEST(LiveParityOfNetworksTest, InRandomDeploymentsTheSameLedgers) {
  constexpr std::uint64_t kDrawn = 200;
  const Folder folder;
  const Paced paced = *PaceCapture(
      fs::path(VPCMIRROR_SOURCE_DIR) / "tests/golden/mixed-session.pcap", kAllOctets, folder);
  int compared = 0;
  for (std::uint64_t number = 0; number < kDrawn; ++number) {
    SCOPED_TRACE(number);
    std::shared_ptr<ValidScenario> scenario;
    try {
      scenario = std::make_shared<ValidScenario>(
          LoadScenarioText(RandomDeployment(number), "random.json", Shipped()));
    } catch (const ScenarioException&) {
      continue;  // of a kind that no engine runs
    }
    const std::size_t source = scenario->mirrors.front().sources.front();
    ReplayAt(*scenario, source, paced);
    const LiveRun live = RunLive(scenario, source, paced, folder);
    const RunResult simulated = RunPacketEngine(*scenario, folder);
    const std::string& eni = scenario->deployment->enis[source].id;
    for (const MirrorResult& mirror : simulated.mirrors) {
      const auto& sources = mirror.sources;
      if (std::find(sources.begin(), sources.end(), eni) == sources.end()) continue;
      if (SeesOthers(mirror, simulated, eni)) continue;
      ExpectSameLedger(live.account, mirror);
      ++compared;
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(compared, static_cast<int>(kDrawn / 2));
}

}  // namespace
}  // namespace vpcmirror::sim
