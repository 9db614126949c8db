#include "sim/live/receiver_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/wire/byte_order.h"
#include "sim/live/receiver_health.h"
#include "tests/support/addresses.h"
#include "tests/support/hex_diff.h"
#include "tests/support/packet_builder.h"
#include "tests/support/private_network.h"
#include "tests/support/tshark.h"
#include "tests/support/write_pcap.h"
#include "tests/unit/live/copy_maker.h"

namespace vpcmirror::sim {
namespace {

using Octet = std::byte;
using FrameBytes = std::vector<Octet>;

constexpr const char* kInnerSource = "02:00:00:00:00:01";  // PacketBuilder's
constexpr const char* kNearSource = "02:00:00:00:01:01";

MirrorSettings MirrorTo(const std::string& receiver, EncapsulationKind kind) {
  MirrorSettings settings{.id = "imgf-1",
                          .receivers = {{.address = Address(receiver), .mtu = Bytes(8500)}}};
  settings.tunnel.kind = kind;
  settings.tunnel.vni = 42;
  settings.mtu.basis = MtuBasis::kReceiver;
  return settings;
}

// Of `flows` flows in turn, as long as `payloads` says in turn; their payload tells their place.
std::vector<FrameBytes> NumberedFrames(std::size_t count, std::size_t flows,
                                       const std::vector<std::size_t>& payloads) {
  std::vector<FrameBytes> frames;
  for (std::size_t i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(20000 + i % flows);
    FrameBytes frame = PacketBuilder()
                           .Ethernet()
                           .Ipv4("10.8.0.1", "10.8.0.2")
                           .Udp(port, 5000)
                           .Payload(payloads[i % payloads.size()])
                           .Build();
    for (std::size_t octet = 0; octet < 4; ++octet) {
      frame[42 + octet] = static_cast<std::byte>(i >> (8 * (3 - octet)) & 255);
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

// By inner source port.
std::map<unsigned, std::vector<FrameBytes>> ByFlow(const std::vector<FrameBytes>& frames) {
  std::map<unsigned, std::vector<FrameBytes>> flows;
  for (const FrameBytes& frame : frames) {
    const unsigned port =
        std::to_integer<unsigned>(frame.at(34)) * 256 + std::to_integer<unsigned>(frame.at(35));
    flows[port].push_back(frame);
  }
  return flows;
}

class ReceiverSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto obstacle = PrivateNetwork::Obstacle()) GTEST_SKIP() << *obstacle;
    network_ = std::make_unique<PrivateNetwork>();
    network_->Near("ip link set m1 mtu 9000");
    network_->Far("ip link set r0 mtu 9000");
  }

  // Which listens where copies arrive and yields what they carry.
  void MakeVxlanDevice(const std::string& address) const {
    network_->Far("ip link add vx0 type vxlan id 42 local " + address +
                  " dstport 4789 dev r0 nolearning udp6zerocsumrx"
                  " && ip link set vx0 mtu 8900 up && ethtool -K vx0 gro off");
  }

  PacketTap TapOf(const std::string& interface) const {
    return network_->OnFar([&] { return PacketTap(interface); });
  }

  std::unique_ptr<PrivateNetwork> network_;
};

struct VxlanCase {
  const char* name;
  const char* near;
  const char* far;
  bool sends_runs;
  bool device_segments;  // runs pass the cable as they are, as if a device segmented them
};

void PrintTo(const VxlanCase& c, std::ostream* os) { *os << c.name; }

class KernelVxlanTest : public ReceiverSinkTest, public testing::WithParamInterface<VxlanCase> {};

TEST_P(KernelVxlanTest, DeviceYieldsTheFramesInOrder) {
  const VxlanCase& c = GetParam();
  MakeVxlanDevice(c.far);
  if (c.device_segments) network_->Near("ethtool -K m1 tx-udp-segmentation on");
  const PacketTap tap = TapOf("vx0");
  ReceiverSink sink({.sends_runs = c.sends_runs});
  CopyMaker maker(MirrorTo(c.far, EncapsulationKind::kVxlan), Address(c.near));
  sink.Open(maker.tunnel());
  // Runs of one size, runs that end with a shorter one, and sizes that go up and down; more of
  // one flow than a system call takes.
  auto frames = NumberedFrames(1000, 100, {64, 64, 1400, 8000, 300});
  const auto more = NumberedFrames(1500, 1, {512});
  frames.insert(frames.end(), more.begin(), more.end());
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  EXPECT_EQ(ByFlow(tap.Frames(frames.size(), kInnerSource)), ByFlow(frames));
  const SendCounters counters = sink.counters();
  EXPECT_EQ(counters.taken, 2500);
  EXPECT_EQ(counters.sent, 2500);
  EXPECT_EQ(counters.waiting, 0);
  EXPECT_THAT(counters.refused, testing::IsEmpty());
  // UDP payloads of 64 to 8000 bytes are frames of 42 bytes more, and these outer packets of 36,
  // over IPv6 56 more: 200 frames of each of the five sizes, 1500 of 512.
  const int headers = 42 + (Address(c.far).is_v4() ? 36 : 56);
  EXPECT_EQ(counters.sent_bytes,
            Bytes(200 * (64 + 64 + 1400 + 8000 + 300) + 1500 * 512 + 2500 * headers));
  EXPECT_EQ(sink.sends_runs(), c.sends_runs);
}

INSTANTIATE_TEST_SUITE_P(
    Table, KernelVxlanTest,
    testing::Values(VxlanCase{"Ipv4Runs", "10.9.0.1", "10.9.0.2", true, false},
                    VxlanCase{"Ipv4RunsInDevice", "10.9.0.1", "10.9.0.2", true, true},
                    VxlanCase{"Ipv4OneByOne", "10.9.0.1", "10.9.0.2", false, false},
                    VxlanCase{"Ipv6Runs", "fd09::1", "fd09::2", true, false},
                    VxlanCase{"Ipv6RunsInDevice", "fd09::1", "fd09::2", true, true},
                    VxlanCase{"Ipv6OneByOne", "fd09::1", "fd09::2", false, false}),
    [](const auto& param) { return param.param.name; });

// The outer packets that arrive at the far host.
std::vector<FrameBytes> OuterPackets(const PacketTap& tap, std::size_t wanted) {
  std::vector<FrameBytes> packets = tap.Frames(wanted, kNearSource);
  for (FrameBytes& packet : packets) packet.erase(packet.begin(), packet.begin() + 14);
  return packets;
}

TEST_F(ReceiverSinkTest, SendsRunsOverADeviceThatReckonsNoChecksums) {
  MakeVxlanDevice("10.9.0.2");
  network_->Near("ethtool -K m1 tx-checksum-ip-generic off");
  const PacketTap tap = TapOf("vx0");
  ReceiverSink sink({});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  const auto frames = NumberedFrames(100, 2, {300});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  EXPECT_EQ(ByFlow(tap.Frames(frames.size(), kInnerSource)), ByFlow(frames));
}

TEST_F(ReceiverSinkTest, UdpHeadersAreAsTheCoreWritesThemButIdentification) {
  const PacketTap tap = TapOf("r0");
  ReceiverSink sink({.sends_runs = false});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kGeneve), Address("10.9.0.1"));
  const auto frames = NumberedFrames(20, 20, {100});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  auto got = OuterPackets(tap, 20);
  ASSERT_EQ(got.size(), 20u);
  auto want = maker.packets();
  // The kernel numbers packets of a connected socket, although DF is set; bytes 10 and 11 are
  // the checksum over that.
  for (std::vector<FrameBytes>* packets : {&got, &want}) {
    for (FrameBytes& packet : *packets) {
      for (const std::size_t at : {4, 5, 10, 11}) packet.at(at) = std::byte{0};
    }
  }
  EXPECT_THAT(got, testing::UnorderedElementsAreArray(want));
}

TEST_F(ReceiverSinkTest, UdpHeadersOverIpv6AreAsTheCoreWritesThem) {
  const PacketTap tap = TapOf("r0");
  ReceiverSink sink({.sends_runs = false});
  CopyMaker maker(MirrorTo("fd09::2", EncapsulationKind::kVxlan), Address("fd09::1"));
  const auto frames = NumberedFrames(20, 20, {100});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  EXPECT_THAT(OuterPackets(tap, 20), testing::UnorderedElementsAreArray(maker.packets()));
}

TEST_F(ReceiverSinkTest, SegmentsOfASuperFrameArrive) {
  MakeVxlanDevice("10.9.0.2");
  const PacketTap tap = TapOf("vx0");
  ReceiverSink sink({});
  MirrorSettings settings = MirrorTo("10.9.0.2", EncapsulationKind::kVxlan);
  settings.receivers.front().mtu = Bytes(1500);
  settings.receivers.front().mtu_policy = MtuPolicy::kSegment;
  CopyMaker maker(settings, Address("10.9.0.1"));
  const FrameBytes frame = PacketBuilder()
                               .Ethernet()
                               .Ipv4("10.8.0.1", "10.8.0.2")
                               .Tcp(40000, 5000)
                               .Payload(20'000)
                               .Build();
  maker.Offer(frame, sink);
  sink.Flush();
  // Copies of 1464 bytes fit behind 36 of headers, 54 of which are the frame's: 1410 of payload.
  std::vector<FrameBytes> want = maker.packets();
  ASSERT_EQ(want.size(), 15u);
  FrameBytes payload;
  for (FrameBytes& segment : want) {
    segment.erase(segment.begin(), segment.begin() + 36);
    payload.insert(payload.end(), segment.begin() + 54, segment.end());
  }
  EXPECT_TRUE(std::ranges::equal(payload, std::span(frame).subspan(54)));
  EXPECT_THAT(tap.Frames(15, kInnerSource), testing::ElementsAreArray(want));
}

TEST_F(ReceiverSinkTest, SeveralSendFromTheSamePorts) {
  MakeVxlanDevice("10.9.0.2");
  const PacketTap tap = TapOf("vx0");
  std::vector<SinkNotice> notices;
  const auto note = [&](const SinkNotice& notice) { notices.push_back(notice); };
  ReceiverSink one({.on_notice = note});
  ReceiverSink other({.on_notice = note});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  one.Open(maker.tunnel());
  other.Open(maker.tunnel());
  const auto frames = NumberedFrames(200, 200, {100});
  for (std::size_t i = 0; i < 200; ++i) maker.Offer(frames[i], i % 2 == 0 ? one : other);
  one.Flush();
  other.Flush();
  EXPECT_EQ(ByFlow(tap.Frames(200, kInnerSource)), ByFlow(frames));
  EXPECT_THAT(notices, testing::IsEmpty());
}

TEST_F(ReceiverSinkTest, RaisesTheLimitOfOpenFiles) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{.rlim_cur = 40, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  ReceiverSink sink({});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  sink.Open(maker.tunnel());
  sink.Open(maker.tunnel());
  EXPECT_EQ(sink.open_sockets(), 64u);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

struct RawCase {
  const char* name;
  EncapsulationKind kind;
  const char* near;
  const char* far;
};

void PrintTo(const RawCase& c, std::ostream* os) { *os << c.name; }

class RawSinkTest : public ReceiverSinkTest, public testing::WithParamInterface<RawCase> {};

TEST_P(RawSinkTest, EveryByteIsTheCores) {
  const RawCase& c = GetParam();
  const PacketTap tap = TapOf("r0");
  ReceiverSink sink({});
  MirrorSettings settings = MirrorTo(c.far, c.kind);
  settings.tunnel.gre_key = 7;
  settings.tunnel.sequence_numbers = true;
  CopyMaker maker(settings, Address(c.near));
  sink.Open(maker.tunnel());
  const auto frames = NumberedFrames(200, 10, {64, 64, 1400, 300});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  const auto got = OuterPackets(tap, frames.size());
  ASSERT_EQ(got.size(), frames.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_THAT(got[i], BytesAre(maker.packets()[i])) << "packet " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RawSinkTest,
    testing::Values(RawCase{"GreIp", EncapsulationKind::kGreIp, "10.9.0.1", "10.9.0.2"},
                    RawCase{"GreEthernet", EncapsulationKind::kGreEthernet, "10.9.0.1", "10.9.0.2"},
                    RawCase{"Nvgre", EncapsulationKind::kNvgre, "10.9.0.1", "10.9.0.2"},
                    RawCase{"Erspan1", EncapsulationKind::kErspan1, "10.9.0.1", "10.9.0.2"},
                    RawCase{"Erspan2", EncapsulationKind::kErspan2, "10.9.0.1", "10.9.0.2"},
                    RawCase{"Erspan3", EncapsulationKind::kErspan3, "10.9.0.1", "10.9.0.2"},
                    RawCase{"GreIpOverIpv6", EncapsulationKind::kGreIp, "fd09::1", "fd09::2"},
                    RawCase{"NvgreOverIpv6", EncapsulationKind::kNvgre, "fd09::1", "fd09::2"},
                    RawCase{"Erspan3OverIpv6", EncapsulationKind::kErspan3, "fd09::1", "fd09::2"}),
    [](const auto& param) { return param.param.name; });

// Copies of up to 8500 bytes over an MTU of 1500: each of them in several outer fragments.
MirrorSettings FragmentingMirror(const std::string& receiver) {
  MirrorSettings settings = MirrorTo(receiver, EncapsulationKind::kVxlan);
  settings.receivers.front().mtu = Bytes(1500);
  settings.receivers.front().mtu_policy = MtuPolicy::kFragment;
  return settings;
}

TEST_F(ReceiverSinkTest, FragmentsAreTheCoresAndTheKernelPutsThemTogether) {
  for (const auto& [near, far] : {std::pair("10.9.0.1", "10.9.0.2"), {"fd09::1", "fd09::2"}}) {
    MakeVxlanDevice(far);
    const PacketTap outer = TapOf("r0");
    const PacketTap inner = TapOf("vx0");
    ReceiverSink sink({});
    CopyMaker maker(FragmentingMirror(far), Address(near));
    const auto frames = NumberedFrames(3, 1, {4000});
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
    // 4042 bytes of frame and 16 of UDP and VXLAN, in parts of at most 1480 (IPv4), 1448 (IPv6).
    const auto got = OuterPackets(outer, 9);
    EXPECT_THAT(inner.Frames(3, kInnerSource), testing::ElementsAreArray(frames));
    auto want = maker.packets();
    ASSERT_EQ(want.size(), 9u);
    if (Address(far).is_v4()) {
      // The first copy's identification would be 0. RFC 1071: what one word gains, the checksum
      // loses, with a borrow out of the highest bit into the lowest.
      for (std::size_t i = 0; i < 3; ++i) {
        ASSERT_EQ(LoadBe16(&want[i].at(4)), 0);
        StoreBe16(&want[i].at(4), 0x8000);
        const unsigned checksum = LoadBe16(&want[i].at(10));
        const unsigned less = checksum >= 0x8000 ? checksum - 0x8000 : checksum + 0x8000 - 1;
        StoreBe16(&want[i].at(10), static_cast<std::uint16_t>(less));
      }
    }
    EXPECT_THAT(got, testing::ElementsAreArray(want)) << far;
    network_->Far("ip link del vx0");
  }
}

class LoweredMtuTest : public ReceiverSinkTest, public testing::WithParamInterface<RawCase> {};

TEST_P(LoweredMtuTest, CopiesThatNoLongerFitAreCounted) {
  const RawCase& c = GetParam();
  const PacketTap tap = TapOf("r0");
  std::map<int, std::int64_t> told;
  ReceiverSink sink({.on_trouble = [&](const SendTrouble& trouble) {
    if (!trouble.was_reported) told[trouble.error] += trouble.packets;
  }});
  CopyMaker maker(MirrorTo(c.far, c.kind), Address(c.near));
  // Runs of three long ones and a shorter one, which still fits.
  const auto frames = NumberedFrames(200, 1, {1400, 1400, 1400, 100});
  const auto send_all = [&] {
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
  };
  send_all();
  EXPECT_EQ(OuterPackets(tap, 200).size(), 200u);
  network_->Near("ip link set m1 mtu 1300");
  send_all();
  EXPECT_EQ(OuterPackets(tap, 50).size(), 50u);
  const SendCounters counters = sink.counters();
  EXPECT_EQ(counters.taken, 400);
  EXPECT_EQ(counters.sent, 250);
  EXPECT_THAT(counters.refused, testing::ElementsAre(testing::Pair(EMSGSIZE, 150)));
  EXPECT_THAT(told, testing::ElementsAre(testing::Pair(EMSGSIZE, 150)));
  EXPECT_TRUE(sink.sends_runs());
  network_->Near("ip link set m1 mtu 9000");
  send_all();
  EXPECT_EQ(sink.counters().sent, 450);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LoweredMtuTest,
    testing::Values(RawCase{"Vxlan", EncapsulationKind::kVxlan, "10.9.0.1", "10.9.0.2"},
                    RawCase{"VxlanOverIpv6", EncapsulationKind::kVxlan, "fd09::1", "fd09::2"},
                    RawCase{"Gre", EncapsulationKind::kGreEthernet, "10.9.0.1", "10.9.0.2"},
                    RawCase{"GreOverIpv6", EncapsulationKind::kGreEthernet, "fd09::1", "fd09::2"}),
    [](const auto& param) { return param.param.name; });

TEST_F(ReceiverSinkTest, WhatTheReceiverSendsBackCostsNoCopy) {
  // No device listens at port 4789: the far host answers by ICMP (RFC 792, port unreachable).
  network_->Far(
      "sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000"
      " net.ipv4.icmp_msgs_burst=10000");
  const PacketTap tap = TapOf("r0");
  ReceiverSink sink({.sends_runs = false});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  const auto frames = NumberedFrames(100, 1, {100});
  for (const FrameBytes& frame : frames) {
    maker.Offer(frame, sink);
    sink.Flush();
  }
  EXPECT_EQ(sink.counters().sent, 100);
  EXPECT_THAT(sink.counters().refused, testing::IsEmpty());
  EXPECT_EQ(OuterPackets(tap, 100).size(), 100u);
  EXPECT_GE(sink.receivers().front().reported.at(ECONNREFUSED), 1);
}

struct RefusalCase {
  const char* name;
  const char* route;  // to the receiver
  int error;
};

void PrintTo(const RefusalCase& c, std::ostream* os) { *os << c.name; }

class RefusalTest : public ReceiverSinkTest, public testing::WithParamInterface<RefusalCase> {};

TEST_P(RefusalTest, IsCountedByErrorAndEndsWithItsCause) {
  for (const auto kind : {EncapsulationKind::kVxlan, EncapsulationKind::kGreEthernet}) {
    ReceiverSink sink({});
    CopyMaker maker(MirrorTo("10.9.0.2", kind), Address("10.9.0.1"));
    network_->Near(std::string("ip route add ") + GetParam().route + " 10.9.0.2/32");
    const auto frames = NumberedFrames(50, 5, {100});
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
    EXPECT_EQ(sink.counters().taken, 50);
    EXPECT_THAT(sink.counters().refused, testing::ElementsAre(testing::Pair(GetParam().error, 50)));
    network_->Near("ip route del 10.9.0.2/32");
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
    EXPECT_EQ(sink.counters().sent, 50);
    network_->Near(std::string("ip route add ") + GetParam().route + " 10.9.0.2/32");
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
    EXPECT_EQ(sink.counters().refused.at(GetParam().error), 100);
    network_->Near("ip route del 10.9.0.2/32");
  }
}

INSTANTIATE_TEST_SUITE_P(Table, RefusalTest,
                         testing::Values(RefusalCase{"Prohibited", "prohibit", EACCES},
                                         RefusalCase{"Unreachable", "unreachable", EHOSTUNREACH}),
                         [](const auto& param) { return param.param.name; });

TEST_F(ReceiverSinkTest, GoesOnWhenTheInterfaceComesBack) {
  MakeVxlanDevice("10.9.0.2");
  const PacketTap tap = TapOf("vx0");
  network_->Near("ip link set m1 down");
  ReceiverSink sink({});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  const auto frames = NumberedFrames(30, 3, {100});
  const auto send_all = [&] {
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
  };
  send_all();
  EXPECT_THAT(sink.counters().refused, testing::ElementsAre(testing::Pair(ENETUNREACH, 30)));
  const std::string up =
      "ip link set m1 up && ip neigh replace 10.9.0.2 lladdr 02:00:00:00:01:02 dev m1 nud "
      "permanent";
  network_->Near(up);
  network_->AwaitLinks();
  send_all();
  EXPECT_EQ(sink.counters().sent, 30);
  network_->Near("ip link set m1 down");
  send_all();
  EXPECT_THAT(sink.counters().refused, testing::ElementsAre(testing::Pair(ENETUNREACH, 60)));
  network_->Near(up);
  network_->AwaitLinks();
  send_all();
  EXPECT_EQ(sink.counters().sent, 60);
  EXPECT_EQ(tap.Frames(60, kInnerSource).size(), 60u);
}

TEST_F(ReceiverSinkTest, CountsWhatAFullSocketBufferKeepsOut) {
  // Nobody has this address: what is sent stays with the socket until ARP gives up, after a
  // second at the earliest.
  ReceiverSink sink({.send_buffer_bytes = 20'000, .longest_wait_ns = 1'000'000});
  CopyMaker maker(MirrorTo("10.9.0.77", EncapsulationKind::kVxlan), Address("10.9.0.1"));
  const auto frames = NumberedFrames(200, 1, {1000, 900});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  const SendCounters counters = sink.counters();
  EXPECT_GE(counters.sent, 1);
  EXPECT_GE(counters.refused.at(EAGAIN), 100);
  EXPECT_EQ(counters.taken, counters.sent + counters.refused.at(EAGAIN));
  EXPECT_EQ(counters.waiting, 0);
}

TEST_F(ReceiverSinkTest, SendsByARawSocketFromAPortThatIsTaken) {
  MakeVxlanDevice("10.9.0.2");
  const PacketTap tap = TapOf("vx0");
  std::vector<SinkNotice> notices;
  ReceiverSink sink({.on_notice = [&](const SinkNotice& notice) { notices.push_back(notice); }});
  MirrorSettings settings = MirrorTo("10.9.0.2", EncapsulationKind::kVxlan);
  settings.tunnel.source_ports = 2;
  CopyMaker maker(settings, Address("10.9.0.1"));
  const int taken = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_in port{.sin_family = AF_INET, .sin_port = htons(49152), .sin_addr = {}};
  ASSERT_EQ(bind(taken, reinterpret_cast<const sockaddr*>(&port), sizeof port), 0);
  sink.Open(maker.tunnel());
  const auto frames = NumberedFrames(100, 20, {100});
  for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
  sink.Flush();
  EXPECT_EQ(ByFlow(tap.Frames(100, kInnerSource)), ByFlow(frames));
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices.front().kind, SinkNotice::Kind::kPortTaken);
  EXPECT_EQ(notices.front().error, EADDRINUSE);
  EXPECT_EQ(notices.front().flow.source_port, 49152);
  close(taken);
}

TEST_F(ReceiverSinkTest, TellsOnceThatTheSourceIsAnother) {
  const PacketTap tap = TapOf("r0");
  std::vector<SinkNotice> notices;
  ReceiverSink sink({.on_notice = [&](const SinkNotice& notice) { notices.push_back(notice); }});
  CopyMaker maker(MirrorTo("10.9.0.2", EncapsulationKind::kVxlan), Address("10.7.7.7"));
  sink.Open(maker.tunnel());
  const auto frames = NumberedFrames(1, 1, {100});
  maker.Offer(frames.front(), sink);
  sink.Flush();
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices.front().kind, SinkNotice::Kind::kOtherSource);
  const OwnPackets want{.source = Address("10.9.0.1"),
                        .destination = Address("10.9.0.2"),
                        .protocol = 17,
                        .first_source_port = 49152,
                        .last_source_port = 49215,
                        .destination_port = 4789};
  EXPECT_THAT(sink.own_packets(), testing::ElementsAre(want));
  const auto got = OuterPackets(tap, 1);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_THAT(std::span(got.front()).subspan(12, 4), BytesAre(Octets({10, 9, 0, 1})));
}

TEST_F(ReceiverSinkTest, SendsWhatIsThereOfAFrameThatTheCaptureCut) {
  const PacketTap tap = TapOf("r0");
  for (const auto kind : {EncapsulationKind::kVxlan, EncapsulationKind::kGreEthernet}) {
    for (const std::string family : {"10.9.0.", "fd09::"}) {
      ReceiverSink sink({.sends_runs = false});
      CopyMaker maker(MirrorTo(family + "2", kind), Address(family + "1"));
      const auto frames = NumberedFrames(1, 1, {1000});
      maker.Offer(frames.front(), sink, 100);
      sink.Flush();
      const auto got = OuterPackets(tap, 1);
      ASSERT_EQ(got.size(), 1u);
      const bool is_v4 = Address(family + "2").is_v4();
      const std::size_t tunnel_bytes = kind == EncapsulationKind::kVxlan ? 16 : 4;
      const std::size_t packet_bytes = (is_v4 ? 20 : 40) + tunnel_bytes + 100;
      EXPECT_EQ(got.front().size(), packet_bytes);
      const std::size_t length = std::to_integer<std::size_t>(got.front().at(is_v4 ? 2 : 4)) * 256 +
                                 std::to_integer<std::size_t>(got.front().at(is_v4 ? 3 : 5));
      EXPECT_EQ(length, is_v4 ? packet_bytes : packet_bytes - 40);
      EXPECT_TRUE(std::ranges::equal(std::span(got.front()).last(100),
                                     std::span(frames.front()).first(100)));
    }
  }
}

// Exit code of a process without privileges: what of its expectations failed, counted.
int SendWithoutPrivileges() {
  constexpr uid_t kNobody = 65534;
  if (setresuid(kNobody, kNobody, kNobody) != 0) return 100;
  std::vector<SinkNotice::Kind> notices;
  ReceiverSink sink(
      {.on_notice = [&](const SinkNotice& notice) { notices.push_back(notice.kind); }});
  const auto frames = NumberedFrames(5, 1, {100});
  for (const auto kind : {EncapsulationKind::kVxlan, EncapsulationKind::kGreEthernet}) {
    CopyMaker maker(MirrorTo("10.9.0.2", kind), Address("10.9.0.1"));
    sink.Open(maker.tunnel());
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
  }
  const SendCounters counters = sink.counters();
  const std::map<int, std::int64_t> raw_refused = {{EPERM, 5}};
  return (counters.sent == 5 ? 0 : 1) + (counters.refused == raw_refused ? 0 : 2) +
         (notices == std::vector{SinkNotice::Kind::kNotMarked} ? 0 : 4);
}

TEST_F(ReceiverSinkTest, WithoutPrivilegesSendsByUdpAndTellsThatNothingIsMarked) {
  EXPECT_EXIT(_exit(SendWithoutPrivileges()), testing::ExitedWithCode(0), "");
}

// Has the tap pass nothing but packets with this mark.
void FilterByMark(const PacketTap& tap, std::uint32_t mark) {
  const auto mark_at = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_MARK);
  sock_filter lines[] = {{.code = BPF_LD | BPF_W | BPF_ABS, .jt = 0, .jf = 0, .k = mark_at},
                         {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = 1, .k = mark},
                         {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 1 << 17},
                         {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0}};
  const sock_fprog program{.len = 4, .filter = lines};
  ASSERT_EQ(setsockopt(tap.descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program),
            0);
}

TEST_F(ReceiverSinkTest, MarksWhatItSends) {
  const PacketTap tap("m1");
  FilterByMark(tap, kOwnCopyMark);
  for (const auto kind : {EncapsulationKind::kVxlan, EncapsulationKind::kGreEthernet}) {
    for (const std::string family : {"10.9.0.", "fd09::"}) {
      ReceiverSink sink({});
      CopyMaker maker(MirrorTo(family + "2", kind), Address(family + "1"));
      const auto frames = NumberedFrames(8, 8, {100});
      for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
      sink.Flush();
      EXPECT_EQ(OuterPackets(tap, 8).size(), 8u) << family << ToString(kind);
    }
  }
}

// What tshark says of packets: a line each, with their protocols, outermost first, then their
// source addresses and UDP source ports.
std::string TsharkOn(std::vector<PcapFrame> packets) {
  const std::string file = testing::TempDir() + "copies-" + std::to_string(getpid()) + ".pcap";
  WritePcap(file, packets);
  const std::string said = OutputOf("tshark -r " + file + " -d udp.port==5000,data -T fields" +
                                    " -e frame.protocols -e ip.src -e udp.srcport 2>/dev/null");
  std::filesystem::remove(file);
  return said;
}

TEST_F(ReceiverSinkTest, TsharkReadsTheFrameInWhatArrives) {
  if (!HasTshark()) GTEST_SKIP() << "tshark is not installed";
  const PacketTap tap = TapOf("r0");
  const auto frames = NumberedFrames(1, 1, {100});
  std::vector<PcapFrame> arrived;
  for (const auto kind :
       {EncapsulationKind::kVxlan, EncapsulationKind::kGeneve, EncapsulationKind::kGreIp,
        EncapsulationKind::kGreEthernet, EncapsulationKind::kNvgre, EncapsulationKind::kErspan2,
        EncapsulationKind::kErspan3}) {
    ReceiverSink sink({});
    MirrorSettings settings = MirrorTo("10.9.0.2", kind);
    settings.tunnel.source_ports = 1;
    CopyMaker maker(settings, Address("10.9.0.1"));
    maker.Offer(frames.front(), sink);
    sink.Flush();
    for (FrameBytes& packet : tap.Frames(1, kNearSource)) {
      arrived.push_back({.octets = std::move(packet)});
    }
  }
  const std::string by_udp = "\t10.9.0.1,10.8.0.1\t49152,20000\n";
  const std::string by_gre = "\t10.9.0.1,10.8.0.1\t20000\n";
  EXPECT_EQ(TsharkOn(std::move(arrived)),
            "eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:udp:data" + by_udp +
                "eth:ethertype:ip:udp:geneve:eth:ethertype:ip:udp:data" + by_udp +
                "eth:ethertype:ip:gre:ip:udp:data" + by_gre +
                "eth:ethertype:ip:gre:eth:ethertype:ip:udp:data" + by_gre +
                "eth:ethertype:ip:gre:eth:ethertype:ip:udp:data" + by_gre +
                "eth:ethertype:ip:gre:erspan:eth:ethertype:ip:udp:data" + by_gre +
                "eth:ethertype:ip:gre:erspan:eth:ethertype:ip:udp:data" + by_gre);
}

// A receiver that reads the UDP port of VXLAN.
class Listener {
 public:
  Listener(const PrivateNetwork& network, const std::string& address)
      : socket_(network.OnFar(
            [] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); })) {
    sockaddr_in port{.sin_family = AF_INET, .sin_port = htons(4789), .sin_addr = {}};
    std::ranges::copy(Address(address).octets(), reinterpret_cast<std::byte*>(&port.sin_addr));
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&port), sizeof port), 0);
  }
  // What arrived since the last call.
  int Count() const {
    int count = 0;
    std::array<std::byte, 2048> room;
    while (recv(socket_.get(), room.data(), room.size(), 0) >= 0) ++count;
    return count;
  }

 private:
  FileDescriptor socket_;
};

TEST_F(ReceiverSinkTest, FlowsOfAReceiverThatRefusesGoToTheOtherAndReturn) {
  network_->Far("ip addr add 10.9.0.3/24 dev r0");
  network_->Near("ip neigh add 10.9.0.3 lladdr 02:00:00:00:01:02 dev m1 nud permanent");
  const Listener first(*network_, "10.9.0.2");
  auto second = std::make_unique<Listener>(*network_, "10.9.0.3");
  MirrorSettings settings = MirrorTo("10.9.0.2", EncapsulationKind::kVxlan);
  settings.receivers.push_back({.address = Address("10.9.0.3"), .mtu = Bytes(8500)});
  settings.choice = ReceiverChoice::kByFlow;
  ReceiverHealth health({.errors = 2, .within_ns = 10, .out_ns = 100},
                        {Address("10.9.0.2"), Address("10.9.0.3")});
  std::int64_t now = 0;
  ReceiverSink sink({.on_trouble = [&](const SendTrouble& trouble) {
    if (!IsReceiversError(trouble.error)) return;
    health.CountErrors(health.IndexOf(trouble.receiver), trouble.packets, now);
  }});
  CopyMaker maker(settings, Address("10.9.0.1"));
  FailOver fail_over(maker.mirror(), health);
  maker.UseFailOver(fail_over);
  const auto frames = NumberedFrames(64, 64, {100});
  const auto send_all = [&] {
    for (const FrameBytes& frame : frames) maker.Offer(frame, sink);
    sink.Flush();
  };
  send_all();
  const int at_first = first.Count();
  const int at_second = second->Count();
  EXPECT_EQ(at_first + at_second, 64);
  EXPECT_GT(at_second, 0);
  second.reset();
  // The first send meets the closed port, the second learns of it.
  for (int attempt = 0; attempt < 100 && health.is_up(1); ++attempt) send_all();
  ASSERT_FALSE(health.is_up(1));
  first.Count();
  send_all();
  EXPECT_EQ(first.Count(), 64);
  EXPECT_EQ(fail_over.moved()[1], at_second);
  EXPECT_EQ(fail_over.moved()[0], 0);
  second = std::make_unique<Listener>(*network_, "10.9.0.3");
  health.Advance(now = 100);
  send_all();
  EXPECT_EQ(first.Count(), at_first);
  EXPECT_EQ(second->Count(), at_second);
  EXPECT_EQ(sink.counters().sent, sink.counters().taken);
}

}  // namespace
}  // namespace vpcmirror::sim
