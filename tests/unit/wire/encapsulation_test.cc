#include "models/wire/encapsulation.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

using OuterHeaders = std::array<std::byte, kMaxOuterHeaderBytes>;

const TunnelRoute kRoute = {
    .source = IpAddress::V4(0x0a000001), .destination = IpAddress::V4(0x0a000002), .entropy = 0};

OuterHeaders Untouched() {
  OuterHeaders out;
  out.fill(std::byte{0xaa});
  return out;
}

// Written by hand from RFC 791, 768 and 7348. 1500 bytes of frame and 36 of headers are
// 0600; entropy 65 of 64 ports is port 49153 (c001); the IPv4 checksum 20eb was computed
// with Python.
TEST(EncapsulationTest, WritesEveryOuterByte) {
  const Encapsulation vxlan({.vni = 0x123456});
  OuterHeaders out = Untouched();
  TunnelRoute route = kRoute;
  route.entropy = 65;
  ASSERT_EQ(vxlan.WriteHeaders(route, Bytes(1500), out), 36u);
  EXPECT_THAT(out, BytesAre(Octets({
                       0x45, 0x00, 0x06, 0x00, 0x00, 0x00, 0x40, 0x00,  // IPv4
                       0x40, 0x11, 0x20, 0xeb, 0x0a, 0x00, 0x00, 0x01,  //
                       0x0a, 0x00, 0x00, 0x02,                          //
                       0xc0, 0x01, 0x12, 0xb5, 0x05, 0xec, 0x00, 0x00,  // UDP
                       0x08, 0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x00,  // VXLAN
                   })));
}

// A header verifies when its words, checksum included, sum to ffff (RFC 1071).
TEST(EncapsulationTest, ChecksumVerifiesAtEveryLength) {
  const Encapsulation vxlan({});
  OuterHeaders out{};
  TunnelRoute route = {.source = IpAddress::V4(0xfffefdfc), .destination = IpAddress::V4(0xffff)};
  for (std::int64_t bytes = 0; bytes <= 65'499; ++bytes) {
    ASSERT_EQ(vxlan.WriteHeaders(route, Bytes(bytes), out), 36u) << bytes;
    ASSERT_EQ(FoldChecksum(SumWords(std::span(out).first(20))), 0) << bytes;
    ASSERT_EQ(LoadBe16(&out[2]), bytes + 36);
    ASSERT_EQ(LoadBe16(&out[24]), bytes + 16);
  }
}

TEST(EncapsulationTest, LeavesTheBufferWhenItCannotWrite) {
  OuterHeaders out = Untouched();
  const OuterHeaders before = out;
  const Encapsulation vxlan({});
  const Encapsulation none({.kind = EncapsulationKind::kNone});
  TunnelRoute to_v6 = kRoute;
  to_v6.destination = ParseIpAddress("2001:db8::1").value();
  TunnelRoute from_v6 = kRoute;
  from_v6.source = to_v6.destination;
  EXPECT_EQ(vxlan.WriteHeaders(kRoute, Bytes(65'500), out), 0u);  // 65,536 with the headers
  EXPECT_EQ(vxlan.WriteHeaders(kRoute, Bytes(-1), out), 0u);
  EXPECT_EQ(vxlan.WriteHeaders(to_v6, Bytes(100), out), 0u);
  EXPECT_EQ(vxlan.WriteHeaders(from_v6, Bytes(100), out), 0u);
  EXPECT_EQ(none.WriteHeaders(kRoute, Bytes(100), out), 0u);
  EXPECT_THAT(out, BytesAre(before));
}

// The sizes that mirroring documents use: 20 IPv4, 8 UDP, 8 VXLAN before the inner
// frame; an IP packet of L bytes grows by 50 (its Ethernet header is carried), which
// leaves 1450 of 1500, 8450 of 8500 and 8951 of 9001; a frame of 14 more.
TEST(EncapsulationTest, LeavesRoomForTheInnerFrame) {
  const Encapsulation vxlan({});
  EXPECT_EQ(vxlan.header_bytes(), 36u);
  EXPECT_EQ(vxlan.header_bytes() + kEthernetHeaderBytes, 50u);
  EXPECT_EQ(vxlan.MaxInner(Bytes(1500)), Bytes(1450 + 14));
  EXPECT_EQ(vxlan.MaxInner(Bytes(8500)), Bytes(8450 + 14));
  EXPECT_EQ(vxlan.MaxInner(Bytes(9001)), Bytes(8951 + 14));
  EXPECT_EQ(vxlan.MaxInner(Bytes(36)), Bytes(0));
  EXPECT_EQ(vxlan.MaxInner(Bytes(35)), Bytes(0));
  EXPECT_EQ(vxlan.MaxInner(Bytes(100'000)), Bytes(65'535 - 36));
}

TEST(EncapsulationTest, NoneAddsNothing) {
  const Encapsulation none({.kind = EncapsulationKind::kNone});
  EXPECT_EQ(none.header_bytes(), 0u);
  EXPECT_EQ(none.MaxInner(Bytes(1500)), Bytes(1514));
  EXPECT_EQ(none.MaxInner(Bytes(0)), Bytes(0));
  EXPECT_EQ(none.MaxInner(Bytes(-5)), Bytes(0));
}

TEST(EncapsulationTest, SourcePortIsFirstPlusEntropyModuloCount) {
  const Encapsulation vxlan({.first_source_port = 50000, .source_ports = 10});
  EXPECT_EQ(vxlan.SourcePort(0), 50000);
  EXPECT_EQ(vxlan.SourcePort(9), 50009);
  EXPECT_EQ(vxlan.SourcePort(10), 50000);
  EXPECT_EQ(vxlan.SourcePort(UINT64_MAX), 50005);  // 2^64 - 1 = ...1615
  EXPECT_EQ(Encapsulation({.first_source_port = 65535, .source_ports = 1}).SourcePort(7), 65535);
}

TEST(EncapsulationTest, WritesWhatParseFrameReads) {
  std::array<std::byte, 14 + kMaxOuterHeaderBytes> frame{};
  StoreBe16(&frame[12], kEtherTypeIpv4);
  const Encapsulation vxlan({.destination_port = 8472});
  const auto outer = std::span(frame).subspan<14, kMaxOuterHeaderBytes>();
  ASSERT_EQ(vxlan.WriteHeaders(kRoute, Bytes(600), outer), 36u);
  const FrameInfo info = ParseFrame(frame, Bytes(650));
  EXPECT_EQ(info.state, FrameState::kWhole);
  EXPECT_EQ(info.flow, (FlowKey{.source = kRoute.source,
                                .destination = kRoute.destination,
                                .source_port = 49152,
                                .destination_port = 8472,
                                .protocol = kProtocolUdp,
                                .ports = Ports::kKnown}));
}

std::string Refusal(const TunnelSettings& settings) {
  try {
    const Encapsulation refused(settings);
    return "accepted";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(EncapsulationTest, RefusesSettingsThatNoHeaderCanHold) {
  EXPECT_EQ(Refusal({.vni = kVniMax}), "accepted");
  EXPECT_EQ(Refusal({.vni = kVniMax + 1}), "VNI 16777216: at most 16777215 fits its 24 bits");
  EXPECT_EQ(Refusal({.destination_port = 0}),
            "destination port 0: 1 to 65535 is possible, VXLAN's is 4789");
  EXPECT_EQ(Refusal({.source_ports = 0}), "0 source ports: at least 1 is needed");
  EXPECT_EQ(Refusal({.first_source_port = 65472, .source_ports = 64}), "accepted");
  EXPECT_EQ(Refusal({.first_source_port = 65473, .source_ports = 64}),
            "64 source ports from 65473 run over 65535: start lower or take fewer");
}

}  // namespace
}  // namespace vpcmirror
