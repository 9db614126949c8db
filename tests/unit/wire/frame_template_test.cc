#include "models/wire/frame_template.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "tests/support/hex_diff.h"

namespace vpcmirror {
namespace {

const MacAddress kSource = ParseMacAddress("02:00:00:00:00:01").value();
const MacAddress kDestination = ParseMacAddress("02:00:00:00:00:02").value();

FlowKey KeyWith(std::uint8_t protocol) {
  return {.source = IpAddress::V4(0x0a000105),
          .destination = IpAddress::V4(0x0a000009),
          .source_port = 40000,
          .destination_port = 443,
          .protocol = protocol,
          .ports = Ports::kKnown};
}

std::vector<std::byte> Written(std::uint8_t protocol, Bytes frame, std::uint16_t identification) {
  const FrameTemplate frames(KeyWith(protocol), kSource, kDestination);
  std::array<std::byte, FrameTemplate::kMaxHeaderBytes> out{};
  frames.Write(frame, identification, out);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(frames.header_bytes())};
}

// The three frames are written by hand from RFC 791, 9293, 768 and 792; the IPv4
// checksums were computed with Python. 40000 is 9c40, 443 is 01bb.
TEST(FrameTemplateTest, WritesTcp) {
  EXPECT_THAT(Written(kProtocolTcp, Bytes(1514), 7),
              BytesAre(Octets({
                  0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,  // MACs
                  0x08, 0x00,                                                              // IPv4
                  0x45, 0x00, 0x05, 0xdc, 0x00, 0x07, 0x40, 0x00, 0x40, 0x06, 0x20, 0x08,  //
                  0x0a, 0x00, 0x01, 0x05, 0x0a, 0x00, 0x00, 0x09,                          //
                  0x9c, 0x40, 0x01, 0xbb, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // TCP
                  0x50, 0x10, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,                          //
              })));
}

TEST(FrameTemplateTest, WritesUdp) {
  EXPECT_THAT(Written(kProtocolUdp, Bytes(64), 0x1234),
              BytesAre(Octets({
                  0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,  // MACs
                  0x08, 0x00,                                                              // IPv4
                  0x45, 0x00, 0x00, 0x32, 0x12, 0x34, 0x40, 0x00, 0x40, 0x11, 0x13, 0x7a,  //
                  0x0a, 0x00, 0x01, 0x05, 0x0a, 0x00, 0x00, 0x09,                          //
                  0x9c, 0x40, 0x01, 0xbb, 0x00, 0x1e, 0x00, 0x00,                          // UDP
              })));
}

TEST(FrameTemplateTest, WritesAnEchoRequest) {
  EXPECT_THAT(Written(kProtocolIcmp, Bytes(98), 0xffff),
              BytesAre(Octets({
                  0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,  // MACs
                  0x08, 0x00,                                                              // IPv4
                  0x45, 0x00, 0x00, 0x54, 0xff, 0xff, 0x40, 0x00, 0x40, 0x01, 0x25, 0x9c,  //
                  0x0a, 0x00, 0x01, 0x05, 0x0a, 0x00, 0x00, 0x09,                          //
                  0x08, 0x00, 0xf7, 0xff, 0x00, 0x00, 0x00, 0x00,                          // ICMP
              })));
}

TEST(FrameTemplateTest, ParsesAsItsOwnFlowAtEverySize) {
  for (const std::uint8_t protocol : {kProtocolTcp, kProtocolUdp, kProtocolIcmp}) {
    const FrameTemplate frames(KeyWith(protocol), kSource, kDestination);
    std::array<std::byte, FrameTemplate::kMaxHeaderBytes> out{};
    for (std::int64_t bytes = static_cast<std::int64_t>(frames.header_bytes()); bytes <= 65'549;
         ++bytes) {
      frames.Write(Bytes(bytes), static_cast<std::uint16_t>(bytes), out);
      const auto headers = std::span(out).first(frames.header_bytes());
      const FrameInfo info = ParseFrame(headers, Bytes(bytes));
      ASSERT_EQ(info.state, FrameState::kWhole) << ToString(info.fault) << ' ' << bytes;
      ASSERT_EQ(info.flow, frames.flow());
      ASSERT_EQ(info.payload_offset, frames.header_bytes());
      ASSERT_EQ(FoldChecksum(SumWords(headers.subspan(14, 20))), 0) << bytes;
    }
  }
}

TEST(FrameTemplateTest, ClampsTheSizeToWhatIpvFourCanHold) {
  EXPECT_EQ(Written(kProtocolTcp, Bytes(0), 0), Written(kProtocolTcp, Bytes(54), 0));
  EXPECT_EQ(Written(kProtocolTcp, Bytes(70'000), 0), Written(kProtocolTcp, Bytes(65'549), 0));
}

TEST(FrameTemplateTest, LeavesTheBytesBehindItsHeaderAlone) {
  const FrameTemplate udp(KeyWith(kProtocolUdp), kSource, kDestination);
  std::array<std::byte, FrameTemplate::kMaxHeaderBytes> out{};
  out.fill(std::byte{0xaa});
  udp.Write(Bytes(64), 0, out);
  for (std::size_t at = udp.header_bytes(); at < out.size(); ++at) {
    EXPECT_EQ(out[at], std::byte{0xaa}) << at;
  }
}

TEST(FrameTemplateTest, RefusesFlowsThatItCannotWrite) {
  EXPECT_THROW(FrameTemplate(KeyWith(kProtocolSctp), kSource, kDestination), std::invalid_argument);
  FlowKey v6 = KeyWith(kProtocolTcp);
  v6.source = v6.destination = ParseIpAddress("2001:db8::1").value();
  EXPECT_THROW(FrameTemplate(v6, kSource, kDestination), std::invalid_argument);
}

}  // namespace
}  // namespace vpcmirror
