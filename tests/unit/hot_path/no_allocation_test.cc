// The hot path over every profile, encapsulation and MTU policy, with and without
// a flow cache: it allocates nothing, throws nothing, takes no lock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "models/mirror/ledger.h"
#include "models/mirror/mirror_tap.h"
#include "models/mirror/pieces.h"
#include "models/wire/frame.h"
#include "sim/input/library.h"
#include "tests/support/packet_builder.h"
#include "tests/unit/hot_path/watch.h"

namespace vpcmirror {
namespace {

const IpAddress kReceiver = *ParseIpAddress("10.0.9.9");
const IpAddress kReceiver6 = *ParseIpAddress("fd00::9");
constexpr std::uint32_t kNatGateway = 7;
constexpr std::uint16_t kRejectedPort = 4444;

const std::map<std::string, ProviderProfile>& Profiles() {
  static const Library library = sim::LoadLibrary(std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios");
  return library.providers;
}

// One frame of each kind that the hot path treats in its own way.
std::vector<std::vector<std::byte>> MakeFrames() {
  const auto web = PacketBuilder().Ethernet().Ipv4("10.0.0.5", "10.0.1.1");
  const auto web6 = PacketBuilder().Ethernet().Ipv6("fd00::5", "fd00::1");
  const auto with = [](PacketBuilder packet) { return packet; };
  std::vector<PacketBuilder> packets = {
      with(web).Tcp(40000, 443).Payload(100),
      with(web).Tcp(40000, 443).Payload(9000),  // a segmentation-offload super-frame
      with(web).Tcp(40000, kRejectedPort).Payload(100),
      with(web).Udp(40000, 53).Payload(5000),
      with(web).Sctp(40000, 36412).Payload(2000),
      with(web).Icmp().Payload(100),
      with(web6).Tcp(40000, 443).Payload(100),
      with(web6).Tcp(40000, 443).Payload(9000),
      with(web6).Ipv6Extension(0).Ipv6Extension(43).Udp(40000, 53).Payload(5000),
      PacketBuilder().Ethernet().Vlan(7).Vlan(8).Ipv4("10.0.0.5", "10.0.1.1").Tcp(1, 2),
      PacketBuilder()
          .Ethernet()
          .Ipv4("10.0.0.5", "10.0.1.1", {.more_fragments = true})
          .Udp(1, 2)
          .Payload(1400),
      PacketBuilder()
          .Ethernet()
          .Ipv4("10.0.0.5", "10.0.1.1", {.fragment_offset = 100, .protocol = kProtocolUdp})
          .Payload(1400),
      PacketBuilder().Ethernet().Ipv4("10.0.0.5", "10.0.9.9").Udp(49152, kVxlanPort),
      PacketBuilder().Ethernet().Ipv4("0.0.0.0", "255.255.255.255").Udp(68, 67).Payload(200),
      PacketBuilder().Ethernet().Ipv4("10.0.0.5", "169.254.169.253").Udp(40000, 53),
      PacketBuilder().Ethernet().Ipv4("10.0.0.5", "10.0.1.1", {.total_length = 9999}).Tcp(1, 2),
      PacketBuilder().Ethernet().Arp(),
      PacketBuilder().Ethernet().Payload(9000),  // no IP, longer than any MTU
  };
  std::vector<std::vector<std::byte>> frames;
  for (const PacketBuilder& packet : packets) frames.push_back(packet.Build());
  return frames;
}

TunnelSettings TunnelOf(EncapsulationKind kind) {
  // Class 0x0102, type 1, one word of data.
  const std::vector<std::byte> option = {std::byte{1}, std::byte{2}, std::byte{1}, std::byte{1},
                                         std::byte{0}, std::byte{0}, std::byte{0}, std::byte{9}};
  return {.kind = kind,
          .vni = 42,
          .gre_key = 42,
          .sequence_numbers = true,
          .erspan_session = 42,
          .erspan_platform_subheader = true,
          .geneve_options = option};
}

// A reject, and a network service that the filter does not name.
Filter RejectingFilter() {
  const std::vector<FilterRule> rules = {
      {.label = "rule 1",
       .priority = 1,
       .action = Action::kReject,
       .condition = {.destination_ports = {kRejectedPort, kRejectedPort}}},
      {.label = "rule 2", .priority = 2}};
  Filter filter = Filter::FirstMatch(rules, rules);
  const Condition dns{.destination = ParseIpPrefix("169.254.169.253/32")};
  filter.SetServices({{.name = "amazon-dns", .traffic = {dns}}}, {});
  return filter;
}

struct Shape {
  EncapsulationKind kind = EncapsulationKind::kVxlan;
  MtuPolicy policy = MtuPolicy::kTruncate;
  IpAddress receiver;
};

MirrorSettings SettingsOf(const ProviderProfile& profile, const Shape& shape) {
  const ReceiverAddress receiver{
      .address = shape.receiver, .mtu = Bytes(1500), .weight = 2, .mtu_policy = shape.policy};
  MirrorSettings settings{.id = "mirror",
                          .receivers = {receiver, receiver},
                          .choice = profile.default_choice,
                          .hash_symmetry = profile.hash_symmetry,
                          .port_hash_symmetry = profile.port_hash_symmetry,
                          .tunnel = TunnelOf(shape.kind),
                          .mtu = profile.mtu};
  settings.packet_length[static_cast<std::size_t>(Direction::kIngress)] =
      profile.packet_length.by_default.value_or(Bytes(200));
  return settings;
}

// A session for each verdict that a session can give; the last copies.
std::vector<std::shared_ptr<const Mirror>> SessionsOf(const ProviderProfile& profile,
                                                      const Shape& shape, bool asks_next_hop) {
  const MirrorSettings plain = SettingsOf(profile, shape);
  std::vector<MirrorSettings> all(6, plain);
  all[0].state = MirrorState::kStopped;
  all[1].directions = DirectionSet::kIngress;
  all[1].filter = Filter::AllOf({{.protocol = kProtocolTcp, .destination_ports = {9, 9}}});
  all[2].filter = RejectingFilter();
  all[2].sampling = {.keep = 1, .of = 1000};
  if (asks_next_hop) all[3].filter = Filter::NextHopIsNatGateway(kNatGateway);
  std::vector<std::shared_ptr<const Mirror>> sessions;
  for (const MirrorSettings& settings : all) {
    sessions.push_back(std::make_shared<const Mirror>(settings));
  }
  return sessions;
}

MirrorTap TapOf(const ProviderProfile& profile, const Shape& shape, bool asks_next_hop) {
  TapRules rules{.never_mirrored = profile.never_mirrored,
                 .mirror_ports = {{kReceiver, kProtocolUdp, kVxlanPort}},
                 .mirrors_what_security_drops = profile.security.mirrors_what_source_drops,
                 .at_most_one_copy = profile.sessions.at_most_one_copy,
                 .reject_stops_later = profile.sessions.reject_stops_later};
  return MirrorTap({.eni_id = "eni-a", .mtu = Bytes(1500)},
                   std::make_shared<const TapRules>(std::move(rules)),
                   SessionsOf(profile, shape, asks_next_hop));
}

// What a driver keeps while frames pass.
struct Counters {
  std::array<Ledger, kMaxSessions> ledgers;
  std::array<TunnelCounters, kMaxSessions> tunnels;
  std::array<bool, kRefusals> refusals{};
  std::array<bool, static_cast<std::size_t>(MtuAction::kDrop) + 1> actions{};
  std::size_t failed = 0;
  std::size_t recalled = 0;
};

void Account(const MirrorTap& tap, const FrameInfo& info, std::span<const std::byte> captured,
             const Decision& decision, const IpAddress& source, Counters& counters) {
  for (const Outcome& outcome : decision.outcomes()) {
    Ledger& ledger = counters.ledgers[outcome.session];
    ledger.offered.Add(info.wire_length);
    counters.refusals[static_cast<std::size_t>(outcome.refusal)] = true;
    if (outcome.refusal != Refusal::kNone) {
      ledger.rejected[static_cast<std::size_t>(outcome.refusal)].Add(info.wire_length);
      continue;
    }
    counters.actions[static_cast<std::size_t>(outcome.plan.mtu_action)] = true;
    if (outcome.plan.mtu_action == MtuAction::kDrop) {
      ledger.dropped[static_cast<std::size_t>(DropReason::kMtu)].Add(info.wire_length);
      continue;
    }
    const Tunnel tunnel(tap.session(outcome.session), outcome.plan.receiver, source);
    Pieces pieces(tunnel, outcome.plan, info, captured, counters.tunnels[outcome.session]);
    Piece piece;
    while (pieces.Next(piece)) ++ledger.wire_datagrams;
    if (pieces.failed()) ++counters.failed;
    ledger.mirrored.Add(info.wire_length);
  }
}

// A frame as its driver might have seen it: out and in, admitted or not, leading
// to the NAT gateway or not, marked as a copy or not.
std::vector<Frame> WaysToSee(const FrameInfo& info) {
  const NextHop gateway{.kind = NextHop::Kind::kNatGateway, .gateway = kNatGateway};
  return {{.info = info},
          {.info = info, .direction = Direction::kIngress},
          {.info = info, .next_hop = gateway},
          {.info = info, .admitted = false},
          {.info = info, .is_mirror_copy = true}};
}

// Everything that a driver does with these frames, watched.
Watched Drive(const MirrorTap& tap, const std::vector<std::vector<std::byte>>& frames,
              const IpAddress& source, FlowCache* cache, Counters& counters) {
  std::vector<FrameInfo> infos(frames.size());
  std::vector<Frame> seen;
  std::vector<std::span<const std::byte>> captured;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (const Frame& frame : WaysToSee(infos[i])) seen.push_back(frame);
    captured.insert(captured.end(), WaysToSee(infos[i]).size(), frames[i]);
  }
  std::vector<Decision> decisions(seen.size());

  const Watch watch;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    infos[i] = ParseFrame(frames[i], Bytes(static_cast<std::int64_t>(frames[i].size())));
    if (cache == nullptr) continue;
    const RawFrame raw{.octets = frames[i], .wire_length = infos[i].wire_length};
    if (tap.Recall(raw, *cache)) ++counters.recalled;
  }
  for (int round = 0; round < 2; ++round) {  // the second finds what the first has stored
    for (std::size_t i = 0; i < seen.size(); ++i) {
      Account(tap, seen[i].info, captured[i], tap.OnFrame(seen[i], cache), source, counters);
    }
    tap.OnFrames(seen, decisions, cache);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      Account(tap, seen[i].info, captured[i], decisions[i], source, counters);
    }
  }
  return watch.seen();
}

std::vector<Shape> EveryShape() {
  std::vector<Shape> shapes;
  for (std::size_t kind = 0; kind < kEncapsulationKinds; ++kind) {
    for (const MtuPolicy policy : {MtuPolicy::kTruncate, MtuPolicy::kTruncateRepaired,
                                   MtuPolicy::kSegment, MtuPolicy::kFragment, MtuPolicy::kDrop}) {
      for (const IpAddress& receiver : {kReceiver, kReceiver6}) {
        shapes.push_back({static_cast<EncapsulationKind>(kind), policy, receiver});
      }
    }
  }
  return shapes;
}

// Over these shapes, with and without a NAT gateway asked for, with and without a cache.
void DriveEverything(const ProviderProfile& profile, const std::vector<Shape>& shapes,
                     Counters& counters) {
  const std::vector<std::vector<std::byte>> frames = MakeFrames();
  FlowCache cache(std::size_t{1} << 16);
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(std::string(ToString(shape.kind)) + ", " + std::string(ToString(shape.policy)));
    const IpAddress source =
        shape.receiver.is_v4() ? *ParseIpAddress("10.0.0.5") : *ParseIpAddress("fd00::5");
    for (const bool asks_next_hop : {false, true}) {
      const MirrorTap tap = TapOf(profile, shape, asks_next_hop);
      for (FlowCache* each : {static_cast<FlowCache*>(nullptr), &cache}) {
        const Watched seen = Drive(tap, frames, source, each, counters);
        ASSERT_EQ(seen.allocations, 0u);
        ASSERT_EQ(seen.locks, 0u);
        ASSERT_EQ(seen.exceptions, 0u);
      }
    }
  }
}

class HotPathTest : public testing::TestWithParam<std::string> {};

TEST_P(HotPathTest, AllocatesNothingThrowsNothingTakesNoLock) {
  Counters counters;
  DriveEverything(Profiles().at(GetParam()), EveryShape(), counters);
  for (const Ledger& ledger : counters.ledgers) EXPECT_TRUE(ledger.AddsUp());
}

bool Same(const Outcome& a, const Outcome& b) {
  if (a.session != b.session || a.refusal != b.refusal) return false;
  if (a.refusal != Refusal::kNone) return true;
  return a.plan.receiver == b.plan.receiver && a.plan.mtu_action == b.plan.mtu_action &&
         a.plan.offset == b.plan.offset && a.plan.kept == b.plan.kept &&
         a.plan.room == b.plan.room && a.plan.entropy == b.plan.entropy;
}

// Of whole copies to one receiver, what an earlier round has stored.
TEST_P(HotPathTest, RecallsWithoutAllocating) {
  const ProviderProfile& profile = Profiles().at(GetParam());
  MirrorSettings only = SettingsOf(profile, {.receiver = kReceiver});
  only.receivers.pop_back();
  only.receivers[0].mtu = Bytes(65535);
  only.port_hash_symmetry = HashSymmetry::kSymmetric;
  only.packet_length = {};
  only.mtu = {};
  const MirrorTap tap({.eni_id = "eni-a", .mtu = Bytes(65535)}, std::make_shared<const TapRules>(),
                      {std::make_shared<const Mirror>(only)});
  Counters counters;
  FlowCache cache(std::size_t{1} << 16);
  for (int round = 0; round < 2; ++round) {
    const Watched seen = Drive(tap, MakeFrames(), *ParseIpAddress("10.0.0.5"), &cache, counters);
    EXPECT_EQ(seen.allocations + seen.locks + seen.exceptions, 0u);
  }
  EXPECT_GT(counters.recalled, 0u);
}

// Explain takes none of the hot path's short cuts.
TEST_P(HotPathTest, DecidesAsItExplains) {
  const ProviderProfile& profile = Profiles().at(GetParam());
  FlowCache cache(std::size_t{1} << 16);
  for (const Shape& shape : EveryShape()) {
    std::vector<std::shared_ptr<const Mirror>> sessions = SessionsOf(profile, shape, false);
    MirrorSettings only = SettingsOf(profile, shape);
    only.receivers.pop_back();
    sessions.push_back(std::make_shared<const Mirror>(only));
    const MirrorTap tap({.eni_id = "eni-a", .mtu = Bytes(1500)}, std::make_shared<const TapRules>(),
                        sessions);
    for (const std::vector<std::byte>& octets : MakeFrames()) {
      const FrameInfo info = ParseFrame(octets, Bytes(static_cast<std::int64_t>(octets.size())));
      for (const Frame& frame : WaysToSee(info)) {
        Trail trail;
        const Decision want = tap.Explain(frame, trail);
        const Decision got = tap.OnFrame(frame, &cache);
        EXPECT_TRUE(std::ranges::equal(got.outcomes(), want.outcomes(), Same));
      }
    }
  }
}

std::vector<std::string> ProfileNames() {
  std::vector<std::string> names;
  for (const auto& [name, profile] : Profiles()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Profile, HotPathTest, testing::ValuesIn(ProfileNames()),
                         [](const auto& param) { return param.param; });

// Without this the test above could prove nothing: that its frames and sessions
// bring about every verdict and everything that an MTU policy does.
TEST(HotPathFramesTest, BringAboutEveryRefusalAndMtuAction) {
  Counters counters;
  std::vector<Shape> shapes = EveryShape();
  std::erase_if(shapes, [](const Shape& shape) {  // the rest brings about nothing else
    return shape.receiver != kReceiver ||
           (shape.kind != EncapsulationKind::kVxlan && shape.kind != EncapsulationKind::kGreIp);
  });
  for (const auto& [name, profile] : Profiles()) DriveEverything(profile, shapes, counters);
  EXPECT_THAT(counters.refusals, testing::Each(true));
  EXPECT_THAT(counters.actions, testing::Each(true));
}

TEST(HotPathTypesTest, PromiseToThrowNothing) {
  static_assert(noexcept(
      ParseFrame(std::declval<const std::span<const std::byte>&>(), std::declval<const Bytes&>())));
  static_assert(noexcept(std::declval<const MirrorTap&>().OnFrame(std::declval<const Frame&>())));
  static_assert(noexcept(std::declval<const MirrorTap&>().OnFrames(
      std::declval<const std::span<const Frame>&>(), std::declval<const std::span<Decision>&>())));
  static_assert(noexcept(std::declval<const MirrorTap&>().Recall(
      std::declval<const RawFrame&>(), std::declval<const FlowCache&>())));
  static_assert(noexcept(std::declval<Pieces&>().Next(std::declval<Piece&>())));
  static_assert(
      std::is_nothrow_constructible_v<Tunnel, const Mirror&, std::uint32_t, const IpAddress&>);
  static_assert(
      std::is_nothrow_constructible_v<Pieces, const Tunnel&, const CopyPlan&, const FrameInfo&,
                                      std::span<const std::byte>, TunnelCounters&>);
}

}  // namespace
}  // namespace vpcmirror
