// Real traffic through the core: how frames are handed in, and what is remembered
// of their flows, changes nothing of what comes out.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/mirror/pieces.h"
#include "tests/support/read_pcap.h"
#include "tests/unit/mirror/mirror_samples.h"

namespace vpcmirror {
namespace {

struct Traffic {
  std::vector<PcapFrame> captured;
  std::vector<FrameInfo> infos;
  std::vector<Frame> frames;  // refer to infos
};

// Directions alternate, so that both lists of rules are asked.
std::unique_ptr<Traffic> Load(const std::filesystem::path& file) {
  auto traffic = std::make_unique<Traffic>();
  traffic->captured = ReadPcap(file).frames;
  for (const PcapFrame& each : traffic->captured) {
    traffic->infos.push_back(ParseFrame(each.octets, each.wire_length));
  }
  for (std::size_t i = 0; i < traffic->infos.size(); ++i) {
    traffic->frames.push_back({.info = traffic->infos[i],
                               .direction = i % 2 == 0 ? Direction::kIngress : Direction::kEgress});
  }
  return traffic;
}

MirrorSettings ToThree(std::int64_t number, Filter filter, MtuPolicy policy) {
  MirrorSettings settings{.id = "session", .number = number, .filter = std::move(filter)};
  for (std::uint32_t i = 0; i < 3; ++i) {
    settings.receivers.push_back({.address = IpAddress::V4(0x0a000901 + i),
                                  .mtu = Bytes(600),
                                  .weight = i + 1,
                                  .mtu_policy = policy});
  }
  settings.choice = ReceiverChoice::kByFlow;
  return settings;
}

// Three sessions that between them use what a session can ask.
MirrorTap Tap() {
  const Condition web{.protocol = kProtocolTcp, .destination_ports = {80, 80}};
  const Condition tcp{.protocol = kProtocolTcp};
  const Filter first = Filter::FirstMatch(
      {Rule(1, Action::kReject, web), Rule(2, Action::kAccept, tcp)},
      {Rule(1, Action::kAccept, {.protocol = kProtocolUdp}), Rule(2, Action::kReject, tcp)});
  MirrorSettings repaired = ToThree(1, first, MtuPolicy::kTruncateRepaired);
  MirrorSettings sampled =
      ToThree(2, Filter::AllOf({{.protocol = kProtocolTcp}}), MtuPolicy::kSegment);
  sampled.sampling = {.keep = 1, .of = 2};
  MirrorSettings rest = ToThree(3, {}, MtuPolicy::kFragment);
  rest.packet_length = {Bytes(200), std::nullopt};
  std::vector<std::shared_ptr<const Mirror>> mirrors;
  for (const MirrorSettings& each : {repaired, sampled, rest}) {
    mirrors.push_back(std::make_shared<const Mirror>(each));
  }
  const TapRules rules{.never_mirrored = {{.name = "arp", .ether_type = kEtherTypeArp}},
                       .at_most_one_copy = true};
  return MirrorTap({.eni_id = "eni-a", .mtu = Bytes(600)}, std::make_shared<const TapRules>(rules),
                   mirrors);
}

void Append(std::string& text, std::span<const std::byte> octets) {
  text.append(reinterpret_cast<const char*>(octets.data()), octets.size());
}

// Everything that a decision says and that goes on the wire for it.
std::string Account(const MirrorTap& tap, const PcapFrame& captured, const Frame& frame,
                    const Decision& decision, TunnelCounters& counters) {
  std::string text;
  for (const Outcome& outcome : decision.outcomes()) {
    text += std::string(ToString(outcome.refusal)) + " ";
    if (outcome.refusal != Refusal::kNone) continue;
    const Tunnel tunnel(tap.session(outcome.session), outcome.plan.receiver,
                        IpAddress::V4(0x0a000005));
    Pieces pieces(tunnel, outcome.plan, frame.info, captured.octets, counters);
    Piece piece;
    while (pieces.Next(piece)) {
      Append(text, std::span(piece.outer).first(piece.outer_bytes));
      Append(text, std::span(piece.inner).first(piece.inner_bytes));
      text += std::to_string(piece.payload_offset.count()) + "+" +
              std::to_string(piece.payload.count()) + " ";
    }
  }
  return text;
}

std::vector<std::string> OneByOne(const Traffic& traffic) {
  const MirrorTap tap = Tap();
  TunnelCounters counters;
  std::vector<std::string> accounts;
  for (std::size_t i = 0; i < traffic.frames.size(); ++i) {
    const Decision decision = tap.OnFrame(traffic.frames[i]);
    accounts.push_back(Account(tap, traffic.captured[i], traffic.frames[i], decision, counters));
  }
  return accounts;
}

std::vector<std::string> InBatches(const Traffic& traffic, std::size_t batch, FlowCache* cache) {
  const MirrorTap tap = Tap();
  TunnelCounters counters;
  std::vector<std::string> accounts;
  std::vector<Decision> decisions(batch);
  for (std::size_t start = 0; start < traffic.frames.size(); start += batch) {
    const auto frames =
        std::span(traffic.frames).subspan(start, std::min(batch, traffic.frames.size() - start));
    tap.OnFrames(frames, std::span(decisions).first(frames.size()), cache);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      accounts.push_back(
          Account(tap, traffic.captured[start + i], frames[i], decisions[i], counters));
    }
  }
  return accounts;
}

class CapturesTest : public testing::TestWithParam<std::string> {
 protected:
  static std::filesystem::path PathOf(const std::string& name) {
    if (name == "mixed-session") {
      return std::filesystem::path(VPCMIRROR_SOURCE_DIR) / "tests/golden/mixed-session.pcapng";
    }
    return std::filesystem::path(VPCMIRROR_CAPTURES) / (name + ".pcap");
  }

  void SetUp() override {
    if (!std::filesystem::exists(PathOf(GetParam()))) {
      GTEST_SKIP() << "no public captures at " << VPCMIRROR_CAPTURES;
    }
    traffic_ = Load(PathOf(GetParam()));
    ASSERT_FALSE(traffic_->frames.empty());
  }

  std::unique_ptr<Traffic> traffic_;
};

TEST_P(CapturesTest, BatchesAndTheFlowCacheChangeNothing) {
  const std::vector<std::string> want = OneByOne(*traffic_);
  for (const std::size_t batch :
       {std::size_t{1}, std::size_t{7}, std::size_t{32}, std::size_t{1000}}) {
    EXPECT_EQ(InBatches(*traffic_, batch, nullptr), want) << "batches of " << batch;
    // Room for a handful of flows, which drive each other out, and for all of them.
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{256}, std::size_t{1} << 20}) {
      FlowCache cache(bytes);
      EXPECT_EQ(InBatches(*traffic_, batch, &cache), want)
          << "batches of " << batch << ", a cache of " << bytes << " bytes";
    }
  }
}

// A second tap with a second cache takes over in the middle.
TEST_P(CapturesTest, SplittingTheFileChangesNothing) {
  const std::vector<std::string> want = OneByOne(*traffic_);
  for (const std::size_t parts : {std::size_t{2}, std::size_t{5}}) {
    std::vector<std::string> got;
    TunnelCounters counters;  // of the sender, which goes on
    const std::size_t size = traffic_->frames.size() / parts + 1;
    for (std::size_t start = 0; start < traffic_->frames.size(); start += size) {
      const MirrorTap tap = Tap();
      FlowCache cache(std::size_t{1} << 16);
      const std::size_t end = std::min(start + size, traffic_->frames.size());
      for (std::size_t i = start; i < end; ++i) {
        const Decision decision = tap.OnFrame(traffic_->frames[i], &cache);
        got.push_back(Account(tap, traffic_->captured[i], traffic_->frames[i], decision, counters));
      }
    }
    EXPECT_EQ(got, want) << parts << " parts";
  }
}

// What is explained is what is decided.
TEST_P(CapturesTest, ExplainingChangesNothing) {
  const MirrorTap tap = Tap();
  TunnelCounters counters;
  std::vector<std::string> got;
  for (std::size_t i = 0; i < traffic_->frames.size(); ++i) {
    Trail trail;
    const Decision decision = tap.Explain(traffic_->frames[i], trail);
    got.push_back(Account(tap, traffic_->captured[i], traffic_->frames[i], decision, counters));
    EXPECT_FALSE(trail.steps.empty());
  }
  EXPECT_EQ(got, OneByOne(*traffic_));
}

// One receiver each and room for any frame, so that copies can be recalled.
MirrorTap TapOfWholeCopies() {
  const Condition tcp{.protocol = kProtocolTcp};
  std::vector<std::shared_ptr<const Mirror>> mirrors;
  const Filter web = Filter::FirstMatch(
      {Rule(1, Action::kReject, {.protocol = kProtocolTcp, .destination_ports = {80, 80}})}, {});
  for (const Filter& filter : {web, Filter::AllOf({tcp}), Filter()}) {
    MirrorSettings settings = ToThree(std::ssize(mirrors), filter, MtuPolicy::kTruncate);
    settings.id += std::to_string(mirrors.size());
    if (mirrors.size() == 1) settings.sampling = {.keep = 1, .of = 2};
    settings.receivers.resize(1);
    settings.receivers[0].mtu = Bytes(65535);
    mirrors.push_back(std::make_shared<const Mirror>(settings));
  }
  const TapRules rules{.never_mirrored = {{.name = "arp", .ether_type = kEtherTypeArp}},
                       .at_most_one_copy = true};
  return MirrorTap({.eni_id = "eni-a", .mtu = Bytes(65535)},
                   std::make_shared<const TapRules>(rules), mirrors);
}

void ExpectSame(const WholeDecision& recalled, const Decision& want) {
  for (const Outcome& outcome : want.outcomes()) {
    EXPECT_EQ(recalled.refusal(outcome.session), outcome.refusal);
    if (outcome.refusal != Refusal::kNone) continue;
    EXPECT_EQ(outcome.plan.mtu_action, MtuAction::kWhole);
    EXPECT_EQ(outcome.plan.receiver, 0u);
    EXPECT_EQ(outcome.plan.offset, Bytes(0));
    EXPECT_EQ(recalled.kept(), outcome.plan.kept);
    EXPECT_EQ(recalled.entropy(), outcome.plan.entropy);
  }
}

// Whatever is recalled, and it is whatever is plain and was decided about twice before.
TEST_P(CapturesTest, RecallingIsDeciding) {
  const MirrorTap tap = TapOfWholeCopies();
  FlowCache cache(std::size_t{1} << 20);
  for (std::size_t i = 0; i < traffic_->frames.size(); ++i) {
    const Frame& frame = traffic_->frames[i];
    const RawFrame raw{.octets = traffic_->captured[i].octets,
                       .wire_length = traffic_->captured[i].wire_length,
                       .direction = frame.direction};
    const Decision want = tap.OnFrame(frame);
    if (const WholeDecision early = tap.Recall(raw, cache)) ExpectSame(early, want);
    for (int times = 0; times < 2; ++times) {  // stored, and found again
      ASSERT_EQ(tap.OnFrame(frame, &cache).outcomes().size(), want.outcomes().size());
    }
    const WholeDecision recalled = tap.Recall(raw, cache);
    if (recalled) ExpectSame(recalled, want);
    const FrameInfo& info = frame.info;
    const bool is_plain =
        info.state == FrameState::kWhole && !info.is_fragment && info.vlan_tags <= 2 &&
        info.flow.ports == Ports::kKnown && info.flow.protocol != kProtocolSctp &&
        info.transport_offset - info.network_offset == (info.flow.source.is_v4() ? 20 : 40);
    // A super-frame's length may be 0, which is not plain.
    if (is_plain && info.wire_length < Bytes(1600)) {
      EXPECT_TRUE(recalled) << "frame " << i + 1;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, CapturesTest,
                         testing::Values("mixed-session", "cloud-probe-http", "pcapplusplus-gre",
                                         "pcapplusplus-ip4-fragments", "pcapplusplus-ip6-fragments",
                                         "pcapplusplus-many-protocols", "pcapplusplus-vlan",
                                         "tcpdump-erspan2", "tcpdump-geneve", "tcpdump-gso-ipv4",
                                         "tcpdump-gso-ipv6", "tcpdump-qinq", "tcpdump-vxlan",
                                         "tcpreplay-test"),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase_if(name, [](char c) { return c == '-'; });
                           return name;
                         });

}  // namespace
}  // namespace vpcmirror
