#include "sim/live/prefilter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "models/wire/byte_order.h"
#include "tests/support/addresses.h"
#include "tests/support/load_scenario.h"
#include "tests/support/packet_builder.h"
#include "tests/support/rule_corners.h"
#include "tests/unit/live/run_filter.h"

namespace vpcmirror::sim {
namespace {

using Frame = std::vector<std::byte>;

constexpr std::uint32_t kMark = 0x76706d31;
const IpAddress kReceiver = Address("10.1.2.3");

std::shared_ptr<const Mirror> MirrorWith(Filter filter,
                                         DirectionSet directions = DirectionSet::kAll,
                                         EncapsulationKind kind = EncapsulationKind::kVxlan) {
  return std::make_shared<const Mirror>(
      MirrorSettings{.id = "m",
                     .directions = directions,
                     .filter = std::move(filter),
                     .receivers = {{.address = kReceiver, .mtu = Bytes(9000)}},
                     .tunnel = {.kind = kind, .vni = 42}});
}

// One ENI, and what the program for its Ethernet interface says.
class Watched {
 public:
  using Mirrors = std::vector<std::shared_ptr<const Mirror>>;

  explicit Watched(const Mirrors& mirrors, std::vector<NeverMirrored> never = {},
                   bool direction_told = true)
      : rules_(RulesOf(mirrors, std::move(never))),
        mirrors_(mirrors),
        tap_({.eni_id = "eni", .mtu = Bytes(9000)}, rules_, mirrors) {
    EniMirrors eni{.rules = rules_.get()};
    for (const auto& mirror : mirrors) eni.mirrors.push_back(mirror.get());
    prefilter_ = std::make_unique<Prefilter>(
        std::span(&eni, 1),
        PrefilterSettings{.copy_mark = kMark, .direction_told = direction_told});
  }

  const Prefilter& prefilter() const { return *prefilter_; }
  bool asks_next_hop() const {
    return std::ranges::any_of(
        mirrors_, [](const auto& mirror) { return mirror->settings().filter.asks_next_hop(); });
  }
  bool Passes(const Frame& frame, std::uint32_t type, std::uint32_t mark = 0) const {
    return RunFilter(prefilter_->program(LinkKind::kEthernet), frame,
                     {.type = type, .mark = mark}) != 0;
  }
  bool Copies(const Frame& frame, Direction direction) const {
    const FrameInfo info = ParseFrame(frame, Bytes(static_cast<std::int64_t>(frame.size())));
    const Decision decision = tap_.OnFrame({.info = info, .direction = direction});
    return std::ranges::any_of(decision.outcomes(), [](const Outcome& outcome) {
      return outcome.refusal == Refusal::kNone;
    });
  }

 private:
  static std::shared_ptr<const TapRules> RulesOf(const Mirrors& mirrors,
                                                 std::vector<NeverMirrored> never) {
    auto rules = std::make_shared<TapRules>();
    rules->never_mirrored = std::move(never);
    for (const auto& mirror : mirrors) {
      const auto ports = mirror->MirrorPorts();
      rules->mirror_ports.insert(rules->mirror_ports.end(), ports.begin(), ports.end());
    }
    std::ranges::sort(rules->mirror_ports);
    return rules;
  }

  std::shared_ptr<const TapRules> rules_;
  Mirrors mirrors_;
  MirrorTap tap_;
  std::unique_ptr<Prefilter> prefilter_;
};

PacketBuilder Ip(const FlowKey& flow, const Ipv4Fields& v4 = {}, const Ipv6Fields& v6 = {}) {
  const std::string source = ToString(flow.source);
  const std::string destination = ToString(flow.destination);
  PacketBuilder packet;
  packet.Ethernet();
  flow.source.is_v4() ? packet.Ipv4(source, destination, v4) : packet.Ipv6(source, destination, v6);
  return packet;
}

Frame FrameOf(const FlowKey& flow) {
  PacketBuilder packet = Ip(flow, {.protocol = flow.protocol}, {.next_header = flow.protocol});
  switch (flow.protocol) {
    case kProtocolTcp:
      return packet.Tcp(flow.source_port, flow.destination_port).Payload(8).Build();
    case kProtocolUdp:
      return packet.Udp(flow.source_port, flow.destination_port).Payload(8).Build();
    case kProtocolSctp:
      return packet.Sctp(flow.source_port, flow.destination_port).Payload(8).Build();
    default:
      return packet.Payload(24).Build();
  }
}

const FlowKey kHttps{.source = Address("10.8.0.7"),
                     .destination = Address("10.8.0.2"),
                     .source_port = 40000,
                     .destination_port = 443,
                     .protocol = kProtocolTcp,
                     .ports = Ports::kKnown};

Filter Accept(const Condition& ingress) { return Filter::FirstMatch({{.condition = ingress}}, {}); }

TEST(PrefilterTest, LeavesOutWhatARuleDoesNotTakeIn) {
  const Watched watched({MirrorWith(Accept({.source = Prefix("10.8.0.0/24"),
                                            .protocol = kProtocolTcp,
                                            .destination_ports = {443, 443}}))});
  EXPECT_TRUE(watched.Passes(FrameOf(kHttps), PACKET_HOST));
  FlowKey other = kHttps;
  other.destination_port = 444;
  EXPECT_FALSE(watched.Passes(FrameOf(other), PACKET_HOST)) << "port";
  other = kHttps;
  other.protocol = kProtocolUdp;
  EXPECT_FALSE(watched.Passes(FrameOf(other), PACKET_HOST)) << "protocol";
  other = kHttps;
  other.source = Address("10.8.1.7");
  EXPECT_FALSE(watched.Passes(FrameOf(other), PACKET_HOST)) << "prefix";
  EXPECT_FALSE(watched.Passes(FrameOf(kHttps), PACKET_OUTGOING)) << "direction";
  EXPECT_FALSE(watched.Passes(PacketBuilder().Ethernet().Arp().Build(), PACKET_HOST));
  EXPECT_FALSE(watched.prefilter().is_widened());
  EXPECT_FALSE(watched.prefilter().wants_outgoing());
}

TEST(PrefilterTest, PassesWhatItDoesNotReadToTheEnd) {
  const Watched watched({MirrorWith(Accept({.source = Prefix("10.8.0.0/24")}))});
  const FlowKey others{.source = Address("10.9.0.1"), .destination = Address("10.9.0.2")};
  const Frame frames[] = {
      Ip(others, {.option_bytes = 4}).Udp(1, 2).Build(),
      Ip(others, {.more_fragments = true}).Udp(1, 2).Build(),
      Ip(others, {.fragment_offset = 3, .protocol = kProtocolUdp}).Payload(24).Build(),
      PacketBuilder().Ethernet().Vlan(7).Ipv4("10.9.0.1", "10.9.0.2").Udp(1, 2).Build(),
  };
  for (const Frame& frame : frames) EXPECT_TRUE(watched.Passes(frame, PACKET_HOST));
  EXPECT_FALSE(watched.Passes(Ip(others).Udp(1, 2).Build(), PACKET_HOST));
}

TEST(PrefilterTest, TakesAFrameBetweenOthersForEitherDirection) {
  const Watched watched({MirrorWith(Accept({.protocol = kProtocolTcp}))});
  EXPECT_TRUE(watched.Passes(FrameOf(kHttps), PACKET_OTHERHOST));
  const Watched not_own({MirrorWith(Accept({.protocol = kProtocolTcp}))}, {}, false);
  EXPECT_TRUE(not_own.Passes(FrameOf(kHttps), PACKET_OUTGOING));
  EXPECT_TRUE(not_own.prefilter().wants_outgoing());
}

FlowKey ToReceiver(std::uint16_t port) {
  return {.source = Address("10.1.0.1"),
          .destination = kReceiver,
          .source_port = 49152,
          .destination_port = port,
          .protocol = kProtocolUdp,
          .ports = Ports::kKnown};
}

TEST(PrefilterTest, LeavesOutOwnCopiesAndNothingElseOfTheReceiver) {
  const Watched watched({MirrorWith(Filter())});
  EXPECT_FALSE(watched.Passes(FrameOf(ToReceiver(4789)), PACKET_OUTGOING));
  EXPECT_TRUE(watched.Passes(FrameOf(ToReceiver(4790)), PACKET_OUTGOING));
  EXPECT_TRUE(watched.Passes(FrameOf(Reversed(ToReceiver(4789))), PACKET_HOST));
  FlowKey ssh = kHttps;
  ssh.destination = kReceiver;
  EXPECT_TRUE(watched.Passes(FrameOf(ssh), PACKET_OUTGOING));
}

TEST(PrefilterTest, LeavesOutWhatBearsTheMarkWhereItIsSent) {
  const Watched watched({MirrorWith(Filter())});
  EXPECT_FALSE(watched.Passes(FrameOf(kHttps), PACKET_OUTGOING, kMark));
  EXPECT_TRUE(watched.Passes(FrameOf(kHttps), PACKET_OUTGOING, kMark + 1));
  EXPECT_TRUE(watched.Passes(FrameOf(kHttps), PACKET_HOST, kMark));
}

TEST(PrefilterTest, LeavesOutWhatIsNeverMirrored) {
  const Watched watched({MirrorWith(Filter())},
                        {{.name = "ARP", .ether_type = kEtherTypeArp},
                         {.name = "DNS", .protocol = kProtocolUdp, .ports = {53}}});
  EXPECT_FALSE(watched.Passes(PacketBuilder().Ethernet().Arp().Build(), PACKET_HOST));
  FlowKey dns = kHttps;
  dns.protocol = kProtocolUdp;
  dns.source_port = 53;
  EXPECT_FALSE(watched.Passes(FrameOf(dns), PACKET_HOST));
  EXPECT_FALSE(watched.Passes(FrameOf(Reversed(dns)), PACKET_HOST));
  dns.protocol = kProtocolTcp;
  EXPECT_TRUE(watched.Passes(FrameOf(dns), PACKET_HOST));
}

TEST(PrefilterTest, PassesAllOfAnotherLink) {
  const Watched watched({MirrorWith(Accept({.protocol = kProtocolTcp}))});
  const Frame frame = FrameOf(ToReceiver(9));
  const auto& mixed = watched.prefilter().program(LinkKind::kMixed);
  EXPECT_EQ(RunFilter(mixed, frame, {.hardware_type = ARPHRD_ETHER}), 0u);
  EXPECT_NE(RunFilter(mixed, frame, {.hardware_type = ARPHRD_PPP}), 0u);
}

TEST(PrefilterTest, ReadsAPacketWithoutALink) {
  const Watched watched({MirrorWith(Accept({.destination_ports = {443, 443}}))});
  const auto& program = watched.prefilter().program(LinkKind::kBareIp);
  FlowKey other = kHttps;
  other.destination_port = 80;
  const auto passes = [&](const FlowKey& flow) {
    const Frame frame = FrameOf(flow);
    return RunFilter(program, std::span(frame).subspan(14), {.protocol = kEtherTypeIpv4}) != 0;
  };
  EXPECT_TRUE(passes(kHttps));
  EXPECT_FALSE(passes(other));
}

// 300 ranges with a gap between any two take two instructions each.
TEST(PrefilterTest, LeavesPortsOutOfWhatWouldBeTooLong) {
  std::vector<FilterRule> rules;
  for (int i = 0; i < 300; ++i) {
    const auto port = static_cast<std::uint16_t>(1000 + 3 * i);
    rules.push_back(
        {.priority = i,
         .condition = {.protocol = kProtocolTcp,
                       .destination_ports = {port, static_cast<std::uint16_t>(port + 1)}}});
  }
  const Watched watched({MirrorWith(Filter::FirstMatch(rules, {}))});
  EXPECT_TRUE(watched.prefilter().is_widened());
  EXPECT_LE(watched.prefilter().program(LinkKind::kEthernet).size(), Prefilter::kMostInstructions);
  FlowKey flow = kHttps;
  flow.destination_port = 1000;
  EXPECT_TRUE(watched.Passes(FrameOf(flow), PACKET_HOST));
  flow.protocol = kProtocolUdp;
  EXPECT_FALSE(watched.Passes(FrameOf(flow), PACKET_HOST));
}

TEST(PrefilterTest, TakesTheMirrorsOfAScenario) {
  const ValidScenario scenario = Load(R"({
    "hosts": {"web": {"limits": {"bandwidth": "1 Gbps"}},
              "ids": {"limits": {"bandwidth": "1 Gbps"}}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]})");
  EXPECT_EQ(MirrorsOn(scenario, 0).mirrors.size() + MirrorsOn(scenario, 1).mirrors.size(), 1u);
}

// Any mirrors, and frames at the corners of their rules: in order, and patched at random.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint32_t seed) : dice_(seed) {
    Watched::Mirrors mirrors;
    const std::uint32_t count = 1 + dice_.Below(3);
    for (std::uint32_t i = 0; i < count; ++i) mirrors.push_back(RandomMirror());
    watched_ = std::make_unique<Watched>(std::move(mirrors), RandomNever());
    corners_ = std::make_unique<Corners>(conditions_);
  }

  const Watched& watched() const { return *watched_; }
  FlowKey DrawFlow() { return corners_->Draw(dice_); }

  Frame DrawFrame() {
    const FlowKey flow = DrawFlow();
    Frame frame = Drawn(flow);
    if (dice_.OneIn(4)) {
      frame[12 + dice_.Below(std::min<std::size_t>(frame.size() - 12, 50))] =
          static_cast<std::byte>(dice_.Below(256));
    }
    if (dice_.OneIn(6)) frame.resize(14 + dice_.Below(frame.size() - 13));
    return frame;
  }

 private:
  std::vector<FilterRule> RandomRules() {
    std::vector<FilterRule> rules;
    const std::uint32_t count = dice_.Below(5);
    for (std::uint32_t i = 0; i < count; ++i) {
      rules.push_back({.priority = i,
                       .action = dice_.OneIn(3) ? Action::kReject : Action::kAccept,
                       .condition = Remembered()});
    }
    return rules;
  }
  Condition Remembered() {
    conditions_.push_back(RandomCondition(dice_));
    return conditions_.back();
  }
  Filter RandomFilter() {
    switch (dice_.Below(8)) {
      case 0:
        return Filter();
      case 1:
        return Filter::AllOf({Remembered(), Remembered()});
      case 2:
        return Filter::PeerAndProtocol({Prefix("10.1.0.0/16"), Prefix("2001:db8::/33")},
                                       {kProtocolTcp});
      case 3:
        return Filter::NextHopIsNatGateway(0);
      default:
        return Filter::FirstMatch(RandomRules(), RandomRules(),
                                  dice_.OneIn(4) ? Action::kAccept : Action::kReject);
    }
  }
  std::shared_ptr<const Mirror> RandomMirror() {
    const DirectionSet directions[] = {DirectionSet::kAll, DirectionSet::kIngress,
                                       DirectionSet::kEgress};
    const auto kind = dice_.OneIn(4) ? EncapsulationKind::kGreIp : EncapsulationKind::kVxlan;
    return MirrorWith(RandomFilter(), dice_.Of<DirectionSet>(directions), kind);
  }
  std::vector<NeverMirrored> RandomNever() {
    std::vector<NeverMirrored> all{
        {.name = "ARP", .ether_type = kEtherTypeArp},
        {.name = "DHCP", .protocol = kProtocolUdp, .ports = {67, 68}, .both_ports = true},
        {.name = "service", .service = Prefix("10.1.2.0/24"), .ports = {80}},
        {.name = "IPv6 SCTP", .ether_type = kEtherTypeIpv6, .protocol = kProtocolSctp}};
    std::erase_if(all, [&](const NeverMirrored&) { return dice_.OneIn(2); });
    return all;
  }
  Frame Drawn(const FlowKey& flow) {
    switch (dice_.Below(10)) {
      case 0:
        return PacketBuilder().Ethernet().Arp().Build();
      case 1:
        return Ip(flow, {.option_bytes = 8}).Tcp(flow.source_port, 80).Payload(9).Build();
      case 2:
        return Ip(flow, {.more_fragments = true, .fragment_offset = 2, .protocol = flow.protocol},
                  {.next_header = flow.protocol})
            .Payload(30)
            .Build();
      case 3:
        return Ip(flow, {.protocol = flow.protocol, .total_length = 22},
                  {.next_header = flow.protocol, .payload_length = 2})
            .Payload(30)
            .Build();
      case 4:
        return flow.source.is_v4() ? FrameOf(flow)
                                   : Ip(flow).Ipv6Extension(60).Udp(1, 80).Payload(3).Build();
      case 5: {
        Frame frame = FrameOf(flow);
        const std::byte tag[] = {std::byte{0x81}, std::byte{0}, std::byte{0}, std::byte{7}};
        frame.insert(frame.begin() + 12, std::begin(tag), std::end(tag));
        return frame;
      }
      default:
        return FrameOf(flow);
    }
  }

  Dice dice_;
  std::vector<Condition> conditions_;
  std::unique_ptr<Watched> watched_;
  std::unique_ptr<Corners> corners_;
};

TEST(PrefilterPropertyTest, PassesWhateverATapCopies) {
  int copied = 0;
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    RandomWorld world(seed);
    const Watched& watched = world.watched();
    for (int i = 0; i < 200; ++i) {
      const Frame frame = world.DrawFrame();
      const bool ingress = watched.Copies(frame, Direction::kIngress);
      const bool egress = watched.Copies(frame, Direction::kEgress);
      copied += int{ingress} + int{egress};
      ASSERT_TRUE(!ingress || watched.Passes(frame, PACKET_HOST)) << seed << " " << i;
      ASSERT_TRUE(!egress || watched.Passes(frame, PACKET_OUTGOING)) << seed << " " << i;
      ASSERT_TRUE((!ingress && !egress) || watched.Passes(frame, PACKET_OTHERHOST))
          << seed << " " << i;
    }
  }
  EXPECT_GT(copied, 2'500) << "the frames have to be such as are copied";
}

// Untagged frames with whole headers, and rules that ask for no next hop.
TEST(PrefilterPropertyTest, LeavesOutWhateverRulesRefuse) {
  int left_out = 0;
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    RandomWorld world(seed);
    const Watched& watched = world.watched();
    if (watched.prefilter().is_widened() || watched.asks_next_hop()) continue;
    for (int i = 0; i < 200; ++i) {
      FlowKey flow = world.DrawFlow();
      if (flow.protocol == 0) continue;
      const Frame frame = FrameOf(flow);
      const bool ingress = watched.Copies(frame, Direction::kIngress);
      left_out += int{!ingress};
      ASSERT_EQ(watched.Passes(frame, PACKET_HOST), ingress) << seed << " " << i;
    }
  }
  EXPECT_GT(left_out, 2'500);
}

}  // namespace
}  // namespace vpcmirror::sim
