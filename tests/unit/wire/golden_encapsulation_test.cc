// Every encapsulation over both families in one capture, whose bytes tshark and people can
// look at: tests/golden/encapsulations.pcap, which tests/golden/encapsulations.md describes.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "models/wire/decapsulate.h"
#include "models/wire/encapsulation.h"
#include "models/wire/frame.h"
#include "tests/support/hex_diff.h"
#include "tests/support/read_pcap.h"
#include "tests/support/write_pcap.h"

namespace vpcmirror {
namespace {

namespace fs = std::filesystem;

// A frame in VLAN 10 with 18 bytes of HTTP request over TCP; its checksums were computed with
// Python, and tshark finds them valid.
std::vector<std::byte> InnerFrame() {
  return Octets({
      0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x81,
      0x00, 0x00, 0x0a, 0x08, 0x00, 0x45, 0x00, 0x00, 0x3a, 0x00, 0x01, 0x40, 0x00,
      0x40, 0x06, 0x4e, 0x6b, 0xc0, 0x00, 0x02, 0x0a, 0xc6, 0x33, 0x64, 0x14, 0x9c,
      0x40, 0x00, 0x50, 0x00, 0x00, 0x03, 0xe8, 0x00, 0x00, 0x07, 0xd0, 0x50, 0x18,
      0xff, 0xff, 0x3c, 0x80, 0x00, 0x00, 0x47, 0x45, 0x54, 0x20, 0x2f, 0x20, 0x48,
      0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e, 0x30, 0x0d, 0x0a, 0x0d, 0x0a,
  });
}

constexpr std::size_t kInnerIpAt = 18;

// The order of the table in encapsulations.md; each over IPv4, then over IPv6.
std::vector<TunnelSettings> AllSettings() {
  using enum EncapsulationKind;
  const auto options =
      Octets({0x01, 0x02, 0x03, 0x00, 0x01, 0x02, 0x04, 0x01, 0xaa, 0xbb, 0xcc, 0xdd});
  return {
      {.kind = kVxlan, .vni = 0x123456},
      {.kind = kGeneve, .vni = 0x123456},
      {.kind = kGeneve, .vni = 0x123456, .geneve_options = options},
      {.kind = kGeneve, .vni = 0x123456, .geneve_carries_ip = true},
      {.kind = kGreIp},
      {.kind = kGreIp, .gre_key = 0x01020304, .sequence_numbers = true},
      {.kind = kGreEthernet},
      {.kind = kGreEthernet, .gre_key = 0x01020304},
      {.kind = kGreEthernet, .gre_key = 0x01020304, .sequence_numbers = true},
      {.kind = kNvgre, .vni = 0x123456},
      {.kind = kErspan1},
      {.kind = kErspan2, .erspan_session = 341},
      {.kind = kErspan3, .erspan_session = 341},
      {.kind = kErspan3, .erspan_session = 341, .erspan_platform_subheader = true},
  };
}

// Ethernet, the outer headers, and the inner frame or packet.
std::vector<std::byte> OuterFrame(const TunnelSettings& settings, IpFamily family) {
  const bool is_v4 = family == IpFamily::kV4;
  const Encapsulation encapsulation(settings);
  const std::vector<std::byte> inner = InnerFrame();
  const auto carried = std::span(inner).subspan(encapsulation.carries_ip() ? kInnerIpAt : 0);
  const TunnelRoute route = {
      .source = ParseIpAddress(is_v4 ? "10.0.0.1" : "2001:db8::1").value(),
      .destination = ParseIpAddress(is_v4 ? "10.0.0.2" : "2001:db8::2").value(),
      .entropy = 65,
      .sequence = 7,
      .inner_ether_type = kEtherTypeIpv4,
      .vlan_id = 10,
      .timestamp = 1000};
  std::array<std::byte, kMaxOuterHeaderBytes> headers{};
  const std::size_t bytes = encapsulation.WriteHeaders(route, Bytes(std::ssize(carried)), headers);
  std::vector<std::byte> frame = Octets({2, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 3});
  for (const unsigned octet : {is_v4 ? 0x08u : 0x86u, is_v4 ? 0x00u : 0xddu}) {
    frame.push_back(static_cast<std::byte>(octet));
  }
  frame.insert(frame.end(), headers.begin(), headers.begin() + static_cast<std::ptrdiff_t>(bytes));
  frame.insert(frame.end(), carried.begin(), carried.end());
  return frame;
}

std::vector<PcapFrame> AllFrames() {
  std::vector<PcapFrame> frames;
  for (const TunnelSettings& settings : AllSettings()) {
    for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) {
      const std::vector<std::byte> frame = OuterFrame(settings, family);
      const std::int64_t time_ns = std::ssize(frames) * 1'000'000;
      frames.push_back(
          {.octets = frame, .wire_length = Bytes(std::ssize(frame)), .time_ns = time_ns});
    }
  }
  return frames;
}

// VPCMIRROR_WRITE_GOLDEN=1 in the environment writes the file instead of comparing with it.
TEST(GoldenEncapsulationTest, WritesTheStoredCaptureByteForByte) {
  const fs::path golden = fs::path(VPCMIRROR_SOURCE_DIR) / "tests/golden/encapsulations.pcap";
  if (std::getenv("VPCMIRROR_WRITE_GOLDEN") != nullptr) {
    WritePcap(golden, AllFrames());
    GTEST_SKIP() << "wrote " << golden;
  }
  const std::vector<PcapFrame> frames = AllFrames();
  const std::vector<PcapFrame> stored = ReadPcap(golden).frames;
  ASSERT_EQ(stored.size(), frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    ASSERT_THAT(frames[i].octets, BytesAre(stored[i].octets)) << "frame " << i + 1;
    EXPECT_EQ(frames[i].wire_length, stored[i].wire_length);
    EXPECT_EQ(frames[i].time_ns, stored[i].time_ns);
  }
  std::ifstream in(golden, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(file, PcapOf(frames));
}

TEST(GoldenEncapsulationTest, ReadsEveryStoredCopyBack) {
  const std::vector<std::byte> inner = InnerFrame();
  for (const PcapFrame& frame : AllFrames()) {
    const auto packet = std::span(frame.octets).subspan(14);
    const auto copy = Decapsulate(packet, Bytes(std::ssize(packet)));
    ASSERT_TRUE(copy);
    const auto carried = std::span(inner).subspan(copy->carries_ip() ? kInnerIpAt : 0);
    EXPECT_THAT(packet.subspan(copy->carried_offset), BytesAre(carried));
  }
}

}  // namespace
}  // namespace vpcmirror
